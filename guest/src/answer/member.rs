//! The members of structured answers: their types, from which the schemas are made.

use serde_json::{Map, Value, json};

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// A name or another text.
    Text,
    /// A time as of RFC 3339.
    Time,
    /// A whole number; of seconds, where the name ends so.
    Number,
    /// Yes or no.
    Flag,
    /// Texts.
    Texts,
    /// Numbers by name.
    Counts,
    /// Objects.
    Objects(&'static [Member]),
    /// One object.
    Object(&'static [Member]),
    /// No member itself, but those of a list that others share.
    Shared(&'static [Member]),
}

/// A member: its name and what it holds.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// snake_case.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    is_required: bool,
}

impl Member {
    const fn of(name: &'static str, holds: Holds) -> Self {
        Self {
            name,
            holds,
            is_required: true,
        }
    }

    /// The same, for a member that may be absent.
    pub(crate) const fn maybe(mut self) -> Self {
        self.is_required = false;
        self
    }

    fn schema(&self) -> Value {
        match self.holds {
            Holds::Text => json!({"type": "string"}),
            Holds::Time => json!({"type": "string", "format": "date-time"}),
            Holds::Number => json!({"type": "integer"}),
            Holds::Flag => json!({"type": "boolean"}),
            Holds::Texts => json!({"type": "array", "items": {"type": "string"}}),
            Holds::Counts => json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            Holds::Objects(members) => json!({"type": "array", "items": object(members)}),
            Holds::Object(members) | Holds::Shared(members) => object(members),
        }
    }
}

/// The schema of an object with these members and no others.
pub(crate) fn object(members: &[Member]) -> Value {
    let flat: Vec<&Member> = members
        .iter()
        .flat_map(|member| match member.holds {
            Holds::Shared(members) => members.iter(),
            _ => std::slice::from_ref(member).iter(),
        })
        .collect();
    let properties: Map<String, Value> = flat
        .iter()
        .map(|member| (member.name.to_owned(), member.schema()))
        .collect();
    let mut schema =
        json!({"type": "object", "properties": properties, "additionalProperties": false});
    let required = flat.iter().filter(|member| member.is_required);
    let required: Vec<&str> = required.map(|member| member.name).collect();
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

/// A member that is a text.
pub(crate) const fn text(name: &'static str) -> Member {
    Member::of(name, Holds::Text)
}

/// A member that is a time.
pub(crate) const fn time(name: &'static str) -> Member {
    Member::of(name, Holds::Time)
}

/// A member that is a whole number.
pub(crate) const fn number(name: &'static str) -> Member {
    Member::of(name, Holds::Number)
}

/// A member that is true or false.
pub(crate) const fn flag(name: &'static str) -> Member {
    Member::of(name, Holds::Flag)
}

/// A member that is a list of texts, absent when there are none.
pub(crate) const fn texts(name: &'static str) -> Member {
    Member::of(name, Holds::Texts).maybe()
}

/// A member that counts things by name.
pub(crate) const fn counts(name: &'static str) -> Member {
    Member::of(name, Holds::Counts)
}

/// A member that is a list of objects, absent when there are none.
pub(crate) const fn objects(name: &'static str, members: &'static [Member]) -> Member {
    Member::of(name, Holds::Objects(members)).maybe()
}

/// The members that several objects share.
pub(crate) const fn shared(members: &'static [Member]) -> Member {
    Member::of("", Holds::Shared(members))
}

/// A member that is one object, absent when there is none.
pub(crate) const fn nested(name: &'static str, members: &'static [Member]) -> Member {
    Member::of(name, Holds::Object(members)).maybe()
}
