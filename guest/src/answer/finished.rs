//! A finished answer, as text and as records.

use std::cell::OnceCell;

use serde_json::{Map, Value, json};

use super::{line::Line, next::proposed, remark::Remark};

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

    /// The same as data: `{"summary": […], "facts": {…}, "items": [{…}], "notes": […], "next": […],
    /// "truncated": false}`. `facts` are those of the summary, an item has those of its lines. Built on
    /// demand: most clients read the text.
    pub fn structured(&self) -> &Value {
        self.structured
            .get_or_init(|| structured(&self.pieces, self.is_cut, self.is_error))
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
    /// Facts of the summary.
    Fact(Line),
    Item(Line),
    /// A line of the item before it, in the list of that name.
    Below(&'static str, Line),
}

/// `{summary, facts, items, notes, next, truncated}`; no `facts` of a call that failed.
fn structured(pieces: &[Piece], is_cut: bool, is_error: bool) -> Value {
    let (mut summary, mut notes, mut next): (Vec<Value>, Vec<Value>, Vec<Value>) =
        Default::default();
    let (mut facts, mut items): (Map<String, Value>, Vec<Map<String, Value>>) =
        (Map::new(), vec![]);
    for piece in pieces {
        match piece {
            Piece::Item(line) => items.push(item(line)),
            Piece::Below(name, line) => {
                if items.is_empty() {
                    items.push(Map::new());
                }
                if let Some(item) = items.last_mut() {
                    line.add_as(name, item);
                }
            }
            Piece::Fact(line) => line.add_to(&mut facts),
            Piece::Remark(Remark::Summary(line)) => {
                summary.push(line.own_text().into());
                line.add_to(&mut facts);
            }
            Piece::Remark(Remark::Heading(_)) => {}
            Piece::Remark(Remark::Note(line)) => notes.push(line.as_str().into()),
            Piece::Remark(Remark::Next(line)) => next.extend(proposed(line)),
        }
    }
    let mut all = json!({"summary": summary, "items": items, "notes": notes, "next": next, "truncated": is_cut});
    // A failed call has found nothing out, and an answer without a fact that its schema requires is none.
    if !(is_error && facts.is_empty()) {
        all["facts"] = facts.into();
    }
    all
}

/// An item; one without facts has its text.
fn item(line: &Line) -> Map<String, Value> {
    let mut record = Map::new();
    if line.has_facts() {
        line.add_to(&mut record);
    } else {
        record.insert("text".to_owned(), line.value());
    }
    record
}
