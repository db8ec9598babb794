//! A fact of an answer: how the text spells it, and what it is as data.

use serde_json::{Map, Value};

use super::words::plural;

/// One value, both ways. Data that is `null` is no member of the structured form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(super) text: String,
    pub(super) data: Value,
}

impl Fact {
    /// Data that the text spells in its own way.
    pub(crate) fn new(text: impl Into<String>, data: impl Into<Value>) -> Self {
        let (text, data) = (text.into(), data.into());
        Self { text, data }
    }

    /// `3 Pods`, as data 3.
    #[inline(never)]
    pub(crate) fn plural(count: usize, one: &str) -> Self {
        Self::new(plural(count, one), count)
    }

    /// Each part of the text, between `separator`; as data a list.
    #[inline(never)]
    pub(crate) fn list(parts: Vec<String>, separator: &str) -> Self {
        Self::new(parts.join(separator), parts)
    }

    /// `2 changed, 1 missing`, as data the counts by name.
    pub(crate) fn counts(counts: impl IntoIterator<Item = (String, usize)>) -> Self {
        let (mut parts, mut data) = (Vec::new(), Map::new());
        for (name, count) in counts {
            parts.push(format!("{count} {name}"));
            data.insert(name, count.into());
        }
        Self::new(parts.join(", "), data)
    }

    /// `yes` where it holds, else nothing; as data true or false.
    #[inline(never)]
    pub(crate) fn flag(holds: bool, yes: &'static str) -> Self {
        Self::new(if holds { yes } else { "" }, holds)
    }
}

/// A name or another text. No text and `-` are how an answer says that there is none.
impl From<String> for Fact {
    #[inline(never)]
    fn from(text: String) -> Self {
        let data = match text.as_str() {
            "" | "-" => Value::Null,
            text => text.into(),
        };
        Self { text, data }
    }
}

impl From<&str> for Fact {
    #[inline(never)]
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Fact {
    #[inline(never)]
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<usize> for Fact {
    #[inline(never)]
    fn from(count: usize) -> Self {
        Self::new(count.to_string(), count)
    }
}

impl From<i64> for Fact {
    #[inline(never)]
    fn from(number: i64) -> Self {
        Self::new(number.to_string(), number)
    }
}
