//! An answer for a person: tables aligned, long lines wrapped to the terminal, status words
//! coloured. Only the look changes: in a pipe it is the answer as the model gets it, tables aligned.

use std::{borrow::Cow, io::IsTerminal};

use anstyle::{AnsiColor, Style};
use argocd_gate::escape::escaped;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// What stands between two columns of an answer's table.
const SEPARATOR: &str = " | ";
/// What stands before text that somebody else wrote.
const QUOTE: &str = " > ";
/// Narrowest column that is still cut, in terminal columns: a name of that length can be told apart.
const NARROWEST: usize = 12;
/// Narrowest terminal that is wrapped for; below it the terminal breaks lines itself.
const WIDTH_MIN: usize = 40;

/// How stdout is to be written to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    /// Columns to fit into; `None` in a pipe: nothing is cut or wrapped.
    width: Option<usize>,
    colour: bool,
}

impl Look {
    /// The look for this process' stdout: colour only on a terminal, and not against `NO_COLOR`.
    pub(crate) fn of_stdout() -> Self {
        let stdout = std::io::stdout();
        let width = stdout
            .is_terminal()
            .then(terminal_size::terminal_size)
            .flatten()
            .map(|(width, _)| usize::from(width.0))
            .filter(|width| *width >= WIDTH_MIN);
        let colour = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        Self {
            width,
            colour: colour && stdout.is_terminal(),
        }
    }
}

/// The text content of a tool result, safe for a terminal, ending in a newline.
pub(crate) fn text_of(result: &Value) -> String {
    let mut text = String::new();
    for part in result["content"].as_array().into_iter().flatten() {
        for line in part["text"].as_str().unwrap_or_default().lines() {
            text.push_str(&escaped(line));
            text.push('\n');
        }
    }
    text
}

/// The answer `text`, line by line, each already safe for a terminal.
pub(crate) fn answer(text: &str, look: Look) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < lines.len() {
        let columns = columns(lines[at]);
        let rows = lines[at..]
            .iter()
            .take_while(|line| columns > 2 && self::columns(line) == columns)
            .count();
        if rows >= 2 {
            table(&mut out, &lines[at..at + rows], look);
            at += rows;
        } else {
            line(&mut out, lines[at], look);
            at += 1;
        }
    }
    out
}

/// Columns of a line that may be a row of a table: text of others is none.
fn columns(line: &str) -> usize {
    let ours = line.split(QUOTE).next().unwrap_or(line);
    match ours.starts_with(' ') {
        true => 1,
        false => ours.split(SEPARATOR).count(),
    }
}

fn table(out: &mut String, lines: &[&str], look: Look) {
    let rows: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| line.split(SEPARATOR).collect())
        .collect();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..count)
        .map(|at| {
            rows.iter()
                .filter_map(|row| row.get(at))
                .map(|cell| cell.width())
                .max()
                .unwrap_or(0)
        })
        .collect();
    if let Some(width) = look.width {
        shrink(
            &mut widths,
            width.saturating_sub(2 * count.saturating_sub(1)),
        );
    }
    for (number, row) in rows.iter().enumerate() {
        let mut text = String::new();
        for (at, cell) in row.iter().enumerate() {
            let width = widths[at];
            let cell = cut(cell, width);
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            let shown = match number {
                0 => paint(&cell, Some(Style::new().bold()), look),
                _ => paint(&cell, status(&cell), look),
            };
            text.push_str(&shown);
            if at + 1 < row.len() {
                text.push_str(&padding);
                text.push_str("  ");
            }
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

/// Makes the widest columns narrower until all fit, or none can be cut any more.
fn shrink(widths: &mut [usize], room: usize) {
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().filter(|width| **width > NARROWEST).max() else {
            return;
        };
        *widest -= 1;
    }
}

fn cut(cell: &str, width: usize) -> Cow<'_, str> {
    if cell.width() <= width {
        return Cow::Borrowed(cell);
    }
    let mut short = String::new();
    for c in cell.chars() {
        short.push(c);
        if short.width() >= width {
            short.pop();
            break;
        }
    }
    short.push('…');
    Cow::Owned(short)
}

fn line(out: &mut String, line: &str, look: Look) {
    let indent = line.len() - line.trim_start().len();
    let wrapped = match look.width {
        Some(width) if line.width() > width => {
            let hanging = " ".repeat((indent + 2).min(width / 2));
            textwrap::wrap(
                line,
                textwrap::Options::new(width).subsequent_indent(&hanging),
            )
        }
        _ => vec![Cow::Borrowed(line)],
    };
    let mut quoted = false;
    for part in wrapped {
        out.push_str(&decorated(&part, &mut quoted, look));
        out.push('\n');
    }
}

/// One line of the terminal: ours with status words coloured, text of others dimmed.
fn decorated(part: &str, quoted: &mut bool, look: Look) -> String {
    let dim = Some(Style::new().dimmed());
    if *quoted {
        return paint(part, dim, look);
    }
    if part.starts_with("Next:") || part.starts_with("Note:") {
        return paint(part, Some(AnsiColor::Cyan.on_default()), look);
    }
    let (ours, theirs) = match part.split_once(QUOTE) {
        Some((ours, theirs)) => (ours, Some(theirs)),
        None => (part, None),
    };
    let mut text = String::new();
    for piece in ours.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        text.push_str(&paint(word, status(word), look));
        text.push_str(&piece[word.len()..]);
    }
    if let Some(theirs) = theirs {
        *quoted = true;
        text.push_str(QUOTE);
        text.push_str(&paint(theirs, dim, look));
    }
    text
}

/// The colour of a status word of Argo CD.
fn status(word: &str) -> Option<Style> {
    let colour = match word {
        "Degraded" | "Missing" | "Failed" | "Error" | "SyncFailed" => AnsiColor::Red,
        "OutOfSync" | "Progressing" | "Unknown" | "Running" | "Suspended" => AnsiColor::Yellow,
        "Healthy" | "Synced" | "Succeeded" | "Successful" => AnsiColor::Green,
        _ => return None,
    };
    Some(colour.on_default())
}

fn paint(text: &str, style: Option<Style>, look: Look) -> String {
    match style.filter(|_| look.colour && !text.is_empty()) {
        Some(style) => format!("{style}{text}{style:#}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Look, answer};

    const TEXT: &str = "2 applications: 1 Degraded, 1 Healthy\n\
        name | project | health\n\
        web | default | Degraded\n\
        a-long-name-of-an-application | payments | Healthy\n\
        Pod x > a | b | c\n\
        Next: 3 more: list_applications {}";

    #[test]
    fn tables_are_aligned_and_nothing_is_lost_in_a_pipe() {
        let shown = answer(TEXT, Look::default());
        let want = "2 applications: 1 Degraded, 1 Healthy\n\
            name                           project   health\n\
            web                            default   Degraded\n\
            a-long-name-of-an-application  payments  Healthy\n\
            Pod x > a | b | c\n\
            Next: 3 more: list_applications {}\n";
        assert_eq!(shown, want);
    }

    #[test]
    fn a_terminal_is_never_overrun() {
        let look = Look {
            width: Some(40),
            colour: false,
        };
        let long = format!("{TEXT}\n  detail of {}", "many words ".repeat(30));
        let shown = answer(&long, look);
        assert!(
            shown.lines().all(|line| line.chars().count() <= 40),
            "{shown}"
        );
        assert!(
            shown.contains("a-long-na") && shown.contains('…'),
            "{shown}"
        );
        assert!(shown.contains("\n    "), "wrapped lines hang: {shown}");
    }

    #[test]
    fn colour_marks_status_words_and_quotes() {
        let look = Look {
            width: None,
            colour: true,
        };
        let shown = answer(TEXT, look);
        assert!(shown.contains("\u{1b}[31mDegraded\u{1b}[0m"), "{shown:?}");
        assert!(shown.contains("\u{1b}[32mHealthy\u{1b}[0m"), "{shown:?}");
        assert!(
            shown.contains("Pod x > \u{1b}[2ma | b | c\u{1b}[0m"),
            "{shown:?}"
        );
        let plain = anstream::adapter::strip_str(&shown).to_string();
        assert_eq!(plain, answer(TEXT, Look::default()));
    }
}
