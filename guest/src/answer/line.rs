//! One line of an answer: glue and named facts. The text has both in order, the structured form has
//! the facts, so the two cannot differ.

use std::fmt::{Display, Write};

use serde_json::{Map, Value};

use super::words::quotation;
use crate::{limits, redact::Text};

/// A line being written, with lines below it that belong to the same record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    text: String,
    facts: Vec<(&'static str, String)>,
    details: Vec<String>,
}

impl Line {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds words without a fact.
    #[must_use]
    pub(crate) fn glue(mut self, words: &'static str) -> Self {
        self.text.push_str(words);
        self
    }

    /// Adds a fact. The name is the key in the structured form; a name that comes again adds to the value.
    #[must_use]
    pub(crate) fn fact(mut self, name: &'static str, value: impl Display) -> Self {
        let from = self.text.len();
        // Writing to a String does not fail.
        let _ = write!(self.text, "{value}");
        let value = self.text[from..].to_owned();
        self.keep(name, value);
        self
    }

    /// Adds ` > ` and text from the cluster, Git or a user, to the end of the line; nothing for empty text.
    #[must_use]
    pub(crate) fn said(self, name: &'static str, text: &Text) -> Self {
        self.quoted(name, text, limits::SAID_CHARS)
    }

    /// The same for the reason of a cause, of which more is shown.
    #[must_use]
    pub(crate) fn reason(self, name: &'static str, text: &Text) -> Self {
        self.quoted(name, text, limits::REASON_CHARS)
    }

    fn quoted(mut self, name: &'static str, text: &Text, chars: usize) -> Self {
        if let Some(text) = quotation(text, chars) {
            self.text.push_str(" > ");
            self.text.push_str(&text);
            self.keep(name, text);
        }
        self
    }

    /// Adds a line below, indented by two blanks.
    #[must_use]
    pub(crate) fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// The text, lines below included.
    pub(crate) fn text(&self) -> String {
        let mut text = self.text.clone();
        for detail in &self.details {
            text.push_str("\n  ");
            text.push_str(detail);
        }
        text
    }

    /// The structured form: each fact a text, `details` for the lines below. A line without facts
    /// is one fact, `text`.
    pub(super) fn into_value(self) -> Value {
        let mut record: Map<String, Value> = self
            .facts
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect();
        if record.is_empty() {
            record.insert("text".to_owned(), self.text.into());
        }
        if !self.details.is_empty() {
            record.insert("details".to_owned(), self.details.into());
        }
        Value::Object(record)
    }

    fn keep(&mut self, name: &'static str, value: String) {
        match self.facts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, there)) => {
                there.push_str("; ");
                there.push_str(&value);
            }
            None => self.facts.push((name, value)),
        }
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Line;
    use crate::redact::Text;

    #[test]
    fn text_and_facts_say_the_same() {
        let line = Line::new()
            .fact("kind", "Pod")
            .glue(" ")
            .fact("name", "web-1")
            .glue(", restarts ")
            .fact("restarts", 6)
            .said("message", &Text::new("back-off\n5m"))
            .detail("last exit 1");
        assert_eq!(
            line.text(),
            "Pod web-1, restarts 6 > back-off 5m\n  last exit 1"
        );
        assert_eq!(
            line.into_value(),
            json!({"kind": "Pod", "name": "web-1", "restarts": "6", "message": "back-off 5m", "details": ["last exit 1"]})
        );
        assert_eq!(
            Line::from("as it is").into_value(),
            json!({"text": "as it is"})
        );
    }
}
