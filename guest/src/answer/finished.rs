//! A finished answer, as text and as records.

use std::cell::OnceCell;

use serde_json::{Value, json};

use super::{line::Line, remark::Remark};

/// A tool's answer. Only a page creates one, so each answer has passed the budget.
#[derive(Debug)]
pub struct Answer {
    pub(super) text: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) is_cut: bool,
    pub(super) structured: OnceCell<Value>,
    pub(super) is_error: bool,
}

impl Answer {
    /// The text content.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same as records: `{"summary": […], "items": [{…}], "notes": […], "next": […], "truncated": false}`.
    /// An item has the facts of its line by name, or `text`, and `details` for lines below. Built
    /// on demand: most clients read the text.
    pub fn structured(&self) -> &Value {
        self.structured
            .get_or_init(|| structured(&self.pieces, self.is_cut))
    }

    /// Whether the call failed (`isError`).
    pub fn is_error(&self) -> bool {
        self.is_error
    }

    /// The answer with a note of ours before everything else.
    pub(crate) fn noting(mut self, note: &str) -> Self {
        let note = Remark::note(note);
        self.text = format!("{note}\n{}", self.text);
        self.pieces.insert(0, Piece::Remark(note));
        self.structured.take();
        self
    }
}

/// The part of the structured form that a line belongs to.
#[derive(Debug)]
pub(super) enum Piece {
    Remark(Remark),
    Item(Line),
}

/// `{summary, items, notes, next, truncated}`.
fn structured(pieces: &[Piece], is_cut: bool) -> Value {
    let (mut summary, mut items, mut notes, mut next) = (vec![], vec![], vec![], vec![]);
    for piece in pieces {
        match piece {
            Piece::Item(line) => items.push(line.clone().into_value()),
            Piece::Remark(Remark::Summary(line)) => summary.push(Value::from(line.as_str())),
            Piece::Remark(Remark::Note(line)) => notes.push(Value::from(line.as_str())),
            Piece::Remark(Remark::Next(line)) => next.push(Value::from(line.as_str())),
        }
    }
    json!({"summary": summary, "items": items, "notes": notes, "next": next, "truncated": is_cut})
}
