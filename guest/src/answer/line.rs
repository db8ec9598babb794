//! One line of an answer: glue and named facts. The text has both in order, the structured form has
//! the facts as data, so the two cannot differ.

use serde_json::{Map, Value};

use super::{fact::Fact, words::quotation};
use crate::{
    limits,
    redact::{Text, capped},
};

/// What stands before each line below another.
const BELOW: &str = "\n  ";

/// A line being written, with lines below it that belong to the same record.
///
/// In a box: each word that is added moves the line, and a pointer moves in one instruction of the component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line(Box<Parts>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Parts {
    indent: &'static str,
    text: String,
    facts: Vec<(&'static str, Value)>,
    below: Vec<(&'static str, Line)>,
}

impl Line {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds words without a fact.
    #[inline(never)]
    #[must_use]
    pub(crate) fn glue(mut self, words: &'static str) -> Self {
        self.0.text.push_str(words);
        self
    }

    /// Adds a fact. The name is the key in the structured form; a text whose name comes again adds to the text.
    #[must_use]
    pub(crate) fn fact(mut self, name: &'static str, value: impl Into<Fact>) -> Self {
        self.put(name, value.into());
        self
    }

    /// Adds a fact with words before it, if there is one.
    #[inline(never)]
    #[must_use]
    pub(crate) fn maybe(
        self,
        words: &'static str,
        name: &'static str,
        value: Option<Fact>,
    ) -> Self {
        match value {
            Some(value) => self.glue(words).fact(name, value),
            None => self,
        }
    }

    /// Adds the first `most` of some names: `a, b and 3 more`. `more` is the key of the count left out.
    #[inline(never)]
    #[must_use]
    pub(crate) fn names(
        self,
        name: &'static str,
        more: &'static str,
        names: &[String],
        most: usize,
    ) -> Self {
        let first = names[..names.len().min(most)].to_vec();
        let left = names.len() - first.len();
        let line = self.fact(name, Fact::list(first, ", "));
        match left {
            0 => line,
            left => line.glue(" and ").fact(more, left).glue(" more"),
        }
    }

    /// Adds what another line says.
    #[inline(never)]
    #[must_use]
    pub(crate) fn and(mut self, more: Line) -> Self {
        self.0.text.push_str(&more.0.text);
        for (name, data) in more.0.facts {
            self.keep(name, data);
        }
        self.0.below.extend(more.0.below);
        self
    }

    /// Adds data that the words of the line say already.
    #[must_use]
    pub(crate) fn keeping(mut self, name: &'static str, data: impl Into<Value>) -> Self {
        self.keep(name, data.into());
        self
    }

    /// Adds ` > ` and text from the cluster, Git or a user, to the end of the line; nothing for empty text.
    #[inline(never)]
    #[must_use]
    pub(crate) fn said(self, name: &'static str, text: &Text) -> Self {
        self.quoted(name, text, limits::SAID_CHARS)
    }

    /// The same for the reason of a cause, of which more is shown.
    #[must_use]
    pub(crate) fn reason(self, name: &'static str, text: &Text) -> Self {
        self.quoted(name, text, limits::REASON_CHARS)
    }

    /// The same, whole but for what no message needs.
    #[must_use]
    pub(crate) fn whole_text(self, name: &'static str, text: &Text) -> Self {
        self.quoted(name, text, limits::WHOLE_CHARS)
    }

    fn quoted(mut self, name: &'static str, text: &Text, chars: usize) -> Self {
        if let Some(text) = quotation(text, chars) {
            self.0.text.push_str(" > ");
            self.put(name, text.into());
        }
        self
    }

    /// Adds a line below, indented by two blanks. In the structured form it is one of the list `name`: an
    /// object if it has facts, else its text. Without a name its facts are the line's own.
    #[must_use]
    pub(crate) fn below(mut self, name: &'static str, line: impl Into<Line>) -> Self {
        self.0.below.push((name, line.into()));
        self
    }

    /// The same line, with each of its facts as one of a list of that name.
    #[inline(never)]
    #[must_use]
    pub(crate) fn each_listed(mut self) -> Self {
        for (_, value) in &mut self.0.facts {
            *value = Value::Array(vec![value.take()]);
        }
        self
    }

    /// The same line, with its facts as one object of the list `name`.
    #[inline(never)]
    #[must_use]
    pub(crate) fn one_of(mut self, name: &'static str) -> Self {
        let object = Value::Array(vec![self.value()]);
        self.whole(name, object)
    }

    /// The same line, with its facts as the object `name`.
    #[inline(never)]
    #[must_use]
    pub(crate) fn nested(mut self, name: &'static str) -> Self {
        let object = self.value();
        self.whole(name, object)
    }

    fn whole(&mut self, name: &'static str, data: Value) -> Self {
        Self(Box::new(Parts {
            text: self.text(),
            facts: vec![(name, data)],
            ..Parts::default()
        }))
    }

    /// The same, indented by two blanks.
    #[inline(never)]
    #[must_use]
    pub(crate) fn indented(mut self) -> Self {
        self.0.indent = "  ";
        self
    }

    /// The line alone, and those below it.
    pub(crate) fn apart(mut self) -> (Line, Vec<(&'static str, Line)>) {
        let below = std::mem::take(&mut self.0.below);
        (self, below)
    }

    /// The text without the lines below.
    pub(super) fn own_text(&self) -> &str {
        &self.0.text
    }

    /// The text, lines below included.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.write(self.0.indent, &mut text);
        text
    }

    /// The line and the first of those below it that fit into `room` characters, and how many are left out.
    pub(super) fn cut(&self, room: usize) -> (Line, usize) {
        let mut kept = Line(Box::new(Parts {
            indent: self.0.indent,
            text: capped(&self.0.text, room),
            facts: self.0.facts.clone(),
            below: Vec::new(),
        }));
        let mut chars = kept.0.text.chars().count();
        for (name, line) in &self.0.below {
            chars += line.text().chars().count() + BELOW.len();
            if chars > room {
                break;
            }
            kept.0.below.push((name, line.clone()));
        }
        let left = self.0.below.len() - kept.0.below.len();
        (kept, left)
    }

    /// Whether it has any fact.
    pub(super) fn has_facts(&self) -> bool {
        !self.0.facts.is_empty() || !self.0.below.is_empty()
    }

    /// Adds the facts, and the lines below as lists, to `record`.
    pub(super) fn add_to(&self, record: &mut Map<String, Value>) {
        for (name, value) in &self.0.facts {
            match (record.get_mut(*name), value) {
                (Some(Value::Array(there)), Value::Array(more)) => there.extend_from_slice(more),
                _ => {
                    record.insert((*name).to_owned(), value.clone());
                }
            }
        }
        for (name, line) in &self.0.below {
            line.add_as(name, record);
        }
    }

    /// Adds the line to the list `name` of `record`; without a name, its facts to `record` itself.
    pub(super) fn add_as(&self, name: &str, record: &mut Map<String, Value>) {
        if name.is_empty() {
            return self.add_to(record);
        }
        let list = record
            .entry(name)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(self.value());
        }
    }

    /// The structured form: an object of facts, or for a line without any its text.
    pub(super) fn value(&self) -> Value {
        if !self.has_facts() {
            return self.0.text.as_str().into();
        }
        let mut record = Map::new();
        self.add_to(&mut record);
        Value::Object(record)
    }

    fn write(&self, indent: &str, text: &mut String) {
        text.push_str(indent);
        text.push_str(&self.0.text);
        for (_, line) in &self.0.below {
            text.push('\n');
            line.write(&format!("{indent}{}", &BELOW[1..]), text);
        }
    }

    #[inline(never)]
    fn put(&mut self, name: &'static str, fact: Fact) {
        self.0.text.push_str(&fact.text);
        self.keep(name, fact.data);
    }

    #[inline(never)]
    fn keep(&mut self, name: &'static str, data: Value) {
        let known = self.0.facts.iter_mut().find(|(known, _)| *known == name);
        match (known, data) {
            (_, Value::Null) => {}
            (Some((_, Value::String(there))), Value::String(more)) => {
                there.push_str("; ");
                there.push_str(&more);
            }
            (Some((_, Value::Array(there))), Value::Array(more)) => there.extend(more),
            (Some((_, there)), data) => *there = data,
            (None, data) => self.0.facts.push((name, data)),
        }
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self(Box::new(Parts {
            text,
            ..Parts::default()
        }))
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

    use super::{Fact, Line};
    use crate::redact::Text;

    #[test]
    fn text_and_facts_say_the_same() {
        let line = Line::new()
            .fact("kind", "Pod")
            .glue(" ")
            .fact("name", "web-1")
            .glue(", restarts ")
            .fact("restarts", 6_usize)
            .maybe(", took ", "took_seconds", Some(Fact::new("1 min", 90)))
            .maybe(", node ", "node", None)
            .said("message", &Text::new("back-off\n5m"))
            .below("because", "last exit 1")
            .below("events", Line::new().fact("reason", "BackOff"))
            .below("", Line::new().glue("image ").fact("image", "web:2"));
        assert_eq!(
            line.text(),
            "Pod web-1, restarts 6, took 1 min > back-off 5m\n  last exit 1\n  BackOff\n  image web:2"
        );
        assert_eq!(
            line.value(),
            json!({"kind": "Pod", "name": "web-1", "restarts": 6, "took_seconds": 90, "message": "back-off 5m",
                "because": ["last exit 1"], "events": [{"reason": "BackOff"}], "image": "web:2"})
        );
        assert_eq!(Line::from("as it is").value(), json!("as it is"));
    }

    #[test]
    fn nothing_is_no_member() {
        let line = Line::new()
            .fact("name", "web")
            .glue(" | ")
            .fact("revision", "-");
        assert_eq!(line.text(), "web | -");
        assert_eq!(line.value(), json!({"name": "web"}));
    }

    #[test]
    fn names_beyond_the_bound_are_counted() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let line = Line::new().names("names", "more_names", &names, 2);
        assert_eq!(line.text(), "a, b and 1 more");
        assert_eq!(line.value(), json!({"names": ["a", "b"], "more_names": 1}));
    }
}
