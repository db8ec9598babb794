//! An answer for a person: tables aligned, long lines wrapped to the terminal, status words
//! coloured. Only the look changes: in a pipe it is the answer as the model gets it, tables aligned.

use std::{borrow::Cow, io::IsTerminal};

use anstyle::{AnsiColor, Style};
use argocd_gate::escape::escaped;
use comfy_table::{ColumnConstraint, ContentArrangement, Row, Table, presets::NOTHING};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// What stands between two columns of an answer's table.
const SEPARATOR: &str = " | ";
/// What stands before text that somebody else wrote.
const QUOTE: &str = " > ";
/// Columns of the terminal between two columns of a table.
const GAP: u16 = 2;
/// Narrowest column that a text is cut to, in terminal columns; names, which come first, are never cut.
/// In a terminal that is narrower still a row takes several lines.
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
    if ours.starts_with(' ') {
        1
    } else {
        ours.split(SEPARATOR).count()
    }
}

fn table(out: &mut String, lines: &[&str], look: Look) {
    let rows: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| line.split(SEPARATOR).collect())
        .collect();
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_truncation_indicator("…");
    let fits = look.width.is_none_or(|width| width >= least_width(&rows));
    for cells in &rows {
        let mut row = Row::from(cells);
        if fits {
            row.max_height(1);
        }
        table.add_row(row);
    }
    if let Some(width) = look.width {
        let width = u16::try_from(width).unwrap_or(u16::MAX);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(width);
    }
    let last = table.column_count().saturating_sub(1);
    for column in table.column_iter_mut() {
        column.set_padding((0, if column.index == last { 0 } else { GAP }));
        if column.index == 0 && fits {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    for (number, line) in table.lines().enumerate() {
        let line = line.trim_end();
        if number == 0 {
            out.push_str(&paint(line, Some(Style::new().bold()), look));
        } else {
            out.push_str(&decorated(line, &mut false, look));
        }
        out.push('\n');
    }
}

/// The narrowest terminal in which each row is one line with its name, the first column, whole.
fn least_width(rows: &[Vec<&str>]) -> usize {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |at: usize| {
        rows.iter()
            .filter_map(|row| row.get(at))
            .map(|cell| cell.width())
            .max()
    };
    let least = |at: usize| {
        let width = widest(at).unwrap_or(0);
        if at == 0 { width } else { width.min(NARROWEST) }
    };
    (0..count).map(least).sum::<usize>() + usize::from(GAP) * count.saturating_sub(1)
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

    fn of_width(width: usize) -> Look {
        Look {
            width: Some(width),
            colour: false,
        }
    }

    #[test]
    fn a_terminal_is_never_overrun() {
        let long = format!("{TEXT}\n  detail of {}", "many words ".repeat(30));
        for width in [40, 43, 49, 50, 80] {
            let shown = answer(&long, of_width(width));
            let fits = |line: &str| line.chars().count() <= width;
            assert!(shown.lines().all(fits), "{width}:\n{shown}");
            assert!(shown.contains("\n    "), "wrapped lines hang: {shown}");
        }
    }

    #[test]
    fn a_text_is_cut_where_a_name_has_room_and_nothing_is_cut_where_it_has_not() {
        let words = "several words of a message";
        let text = format!(
            "name | health | said\nweb | Healthy | {words}\na-long-name-of-an-application | Healthy | {words}"
        );
        let shown = answer(&text, of_width(55));
        assert!(
            shown.contains("a-long-name-of-an-application  Healthy  several"),
            "{shown}"
        );
        assert!(shown.contains('…') && shown.lines().count() == 3, "{shown}");
        let shown = answer(&text, of_width(45));
        assert!(!shown.contains('…') && shown.lines().count() > 3, "{shown}");
        let said = |word: &str| shown.matches(word).count() == 2;
        assert!(
            words.split(' ').filter(|word| word.len() > 2).all(said),
            "{shown}"
        );
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
