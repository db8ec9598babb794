//! Removes characters that could steer a terminal or a model: escape sequences, control
//! characters, bidirectional overrides, invisible characters and Unicode tag characters.

/// The cleaned text, or `None` when there is nothing to remove. Newline and tab stay.
pub(super) fn clean(text: &str) -> Option<String> {
    let visible = visible(text);
    let text = visible.as_deref().unwrap_or(text);
    without_images(text).or(visible)
}

/// Breaks each image of Markdown and HTML with a blank: a client that renders the answer would load
/// it, and its address could exfiltrate data.
fn without_images(text: &str) -> Option<String> {
    let is_markdown = |line: &str| {
        let image = line.split_once("![");
        image.is_some_and(|(_, rest)| rest.contains("]("))
    };
    let markdown = text.lines().any(is_markdown);
    let html = text.contains('<') && text.to_ascii_lowercase().contains("<img");
    if !markdown && !html {
        return None;
    }
    let text = text.replace("![", "! [");
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len() + 16);
    let mut from = 0;
    for (at, _) in lower.match_indices("<img") {
        out.push_str(&text[from..=at]);
        out.push(' ');
        from = at + 1;
    }
    out.push_str(&text[from..]);
    Some(out)
}

/// The text without invisible and control characters.
fn visible(text: &str) -> Option<String> {
    if text
        .bytes()
        .all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t'))
    {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_control_sequence(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut chars),
            '\r' if chars.peek() == Some(&'\n') => {}
            // A lone carriage return overwrites a line on a terminal; a break keeps both halves.
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if is_hidden(c) => {}
            c => out.push(c),
        }
    }
    (out != text).then_some(out)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// After ESC: CSI, OSC and other strings, or a two-character sequence (ECMA-48).
fn skip_escape(chars: &mut Chars<'_>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_control_sequence(chars);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            chars.next();
            skip_string(chars);
        }
        Some(' '..='/') => {
            while chars.next_if(|c| matches!(c, ' '..='/')).is_some() {}
            chars.next_if(|c| matches!(c, '0'..='~'));
        }
        Some('0'..='~') => {
            chars.next();
        }
        _ => {}
    }
}

/// Parameters and intermediates up to the final byte.
fn skip_control_sequence(chars: &mut Chars<'_>) {
    while chars.next_if(|c| matches!(c, ' '..='?')).is_some() {}
    chars.next_if(|c| matches!(c, '@'..='~'));
}

/// Up to BEL or the string terminator; an unfinished one ends with the line, so that a stray
/// introducer does not swallow the rest of a log.
fn skip_string(chars: &mut Chars<'_>) {
    while let Some(c) = chars.next_if(|c| *c != '\n') {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                chars.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}

/// Characters that show nothing or change how others show.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::clean;

    #[test]
    fn removes_what_cannot_be_seen() {
        for (text, want) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[2J\u{1b}[1;1Hhome", "home"),
            ("\u{1b}]0;title\u{7}text", "text"),
            (
                "\u{1b}]8;;https://hostile.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
                "link",
            ),
            ("\u{1b}]52;c;aGk=\u{7}x", "x"),
            ("\u{9b}31mred", "red"),
            ("\u{9d}0;t\u{9c}x", "x"),
            ("\u{1b}(Bx", "x"),
            ("\u{1b}]unfinished\nnext", "\nnext"),
            ("a\u{202e}b\u{2066}c\u{200f}", "abc"),
            ("a\u{200b}\u{feff}\u{2060}b\u{ad}", "ab"),
            ("a\u{e0041}\u{e0042}b", "ab"),
            ("a\0\u{8}\u{7f}b", "ab"),
            (
                "x ![a](https://hostile.example/?q=1)",
                "x ! [a](https://hostile.example/?q=1)",
            ),
            (
                "!\u{200b}[a](https://hostile.example)",
                "! [a](https://hostile.example)",
            ),
            ("é<IMG src=x><img>", "é< IMG src=x>< img>"),
            ("one\r\ntwo\rthree\u{2028}four", "one\ntwo\nthree\nfour"),
        ] {
            assert_eq!(clean(text).unwrap(), want, "{text:?}");
        }
    }

    #[test]
    fn leaves_language_alone() {
        for text in [
            "plain\ttext\n",
            "Grüße, 東京 ✓",
            "naïve – “quoted” 🎉",
            "if [[ ![a] ]]; then f(x) <in",
        ] {
            assert_eq!(clean(text), None, "{text:?}");
        }
    }
}
