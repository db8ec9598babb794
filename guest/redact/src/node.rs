//! A manifest as a tree whose leaves are safe to print.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The replacement of a hidden value.
pub const HIDDEN: &str = "(hidden)";

/// The fingerprint of a hidden value, only for comparing two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print(u64);

impl Print {
    /// The fingerprint of `raw`.
    pub(super) fn of(raw: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        raw.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// A value of a manifest. Keys are in alphabetical order, so that the same object gives the same bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Node {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(serde_json::Number),
    /// Text in which nothing had to be hidden.
    Text(String),
    /// Text in which something is hidden, with the fingerprint of the whole: two masked values
    /// may look alike and differ.
    Masked(String, Print),
    /// A list.
    List(Vec<Node>),
    /// An object.
    Map(BTreeMap<String, Node>),
}

impl Node {
    /// The value at `keys`, each a key of an object.
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| match node {
            Self::Map(map) => map.get(*key),
            _ => None,
        })
    }

    /// The text at `keys`.
    pub fn text(&self, keys: &[&str]) -> Option<&str> {
        match self.at(keys)? {
            Self::Text(text) | Self::Masked(text, _) => Some(text),
            _ => None,
        }
    }

    /// Whether it is empty: `null`, an empty text, list or object.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(map) => map.is_empty(),
            Self::Bool(_) | Self::Number(_) | Self::Masked(..) => false,
        }
    }
}
