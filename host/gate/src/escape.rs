//! Text of others, as a terminal may show it.

/// Escapes every character that a terminal, or a reader of bidirectional text, could take as a command.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let command = c != '\t' && c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
        if command {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The same for a text of several lines, which stay apart.
pub fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{escaped, escaped_lines};

    #[test]
    fn terminal_commands_are_escaped() {
        for raw in [
            "\u{1b}[2J",
            "\u{1b}]52;c;eA==\u{7}",
            "\u{9b}1m",
            "a\rb",
            "x\u{202e}y",
            "z\u{200b}",
            "\u{7f}",
            "\u{e0041}",
        ] {
            let shown = escaped(raw);
            assert!(shown.contains("\\u{"), "{shown}");
            assert!(!shown.chars().any(|c| c.is_control()), "{shown}");
        }
        assert_eq!(escaped("plain\ttext ü"), "plain\ttext ü");
    }

    #[test]
    fn a_backtrace_cannot_command_the_terminal() {
        assert_eq!(
            escaped_lines("trap\n  0: \u{1b}[2J"),
            "trap\n  0: \\u{1b}[2J"
        );
    }
}
