//! A call of a tool: its arguments, and the calls that an answer proposes after it.

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::{
    answer::next::spelled,
    call::{
        failure::Failure,
        input::{self, Input},
        offer::Offer,
        plain::{is_name, is_plain},
    },
};

/// A tool call as it arrived.
pub(crate) struct Call {
    tool: &'static str,
    arguments: Map<String, Value>,
    offer: Rc<Offer>,
}

impl Call {
    /// A call of `tool` by a client that has the tools of `offer`.
    pub(crate) fn new(
        tool: &'static str,
        arguments: Map<String, Value>,
        offer: &Rc<Offer>,
    ) -> Self {
        let offer = Rc::clone(offer);
        Self {
            tool,
            arguments,
            offer,
        }
    }

    /// The same tool with other arguments.
    pub(crate) fn again(&self, arguments: Map<String, Value>) -> Self {
        Self::new(self.tool, arguments, &self.offer)
    }

    /// The tools that the client has.
    pub(crate) fn offer(&self) -> &Offer {
        &self.offer
    }

    /// The arguments as they came.
    pub(crate) fn arguments(&self) -> &Map<String, Value> {
        &self.arguments
    }

    /// Whether the argument `key` was given: `null` and an empty text are how some clients leave one out.
    pub(crate) fn has(&self, key: &str) -> bool {
        let is_empty = |value: &Value| {
            value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
        };
        self.arguments
            .get(key)
            .is_some_and(|value| !is_empty(value))
    }

    /// The arguments as the tool's input, or all that is wrong with them.
    pub(crate) fn input<I: Input>(&self) -> Result<I, Failure> {
        input::read(self.tool, &self.arguments).map_err(Failure::Said)
    }

    /// What a cursor is bound to: the tool and every argument that changes what is listed.
    pub(crate) fn scope(&self) -> String {
        self.with(&[("cursor", None), ("limit", None)])
    }

    /// This call with some arguments replaced or, by `None`, left out: `tool {"name":"web"}`. A new
    /// value comes from the cluster, so one that is no plain name is left out, too: guidance is
    /// where no text of others belongs.
    pub(crate) fn with(&self, changes: &[(&str, Option<Value>)]) -> String {
        let mut arguments = self.arguments.clone();
        arguments.retain(|_, value| !value.is_null());
        for (key, value) in changes {
            match value.as_ref().filter(|value| is_plain(value)) {
                Some(value) => arguments.insert((*key).to_owned(), value.clone()),
                None => arguments.remove(*key),
            };
        }
        spelled(self.tool, &arguments)
    }

    /// A call of another `tool` about the same application, unless the client does not have the tool.
    pub(crate) fn about(&self, tool: &str, more: &[(&str, Value)]) -> Option<String> {
        let same = ["name", "app_namespace", "project"].into_iter();
        let mut arguments: Map<String, Value> = same
            .filter_map(|key| {
                Some((
                    key.to_owned(),
                    self.arguments.get(key).filter(|v| !v.is_null())?.clone(),
                ))
            })
            .collect();
        arguments.extend(
            more.iter()
                .filter(|(_, value)| is_plain(value))
                .map(|(key, value)| ((*key).to_owned(), value.clone())),
        );
        self.offer.allows(tool).then(|| spelled(tool, &arguments))
    }

    /// A call of another `tool` with just these arguments; `None` when the client does not have the
    /// tool, or one of them comes from the cluster and is no plain name.
    pub(crate) fn other(&self, tool: &str, arguments: &[(&str, &str)]) -> Option<String> {
        let is_sayable = self.offer.allows(tool) && arguments.iter().all(|(_, text)| is_name(text));
        let pair = |(key, text): &(&str, &str)| ((*key).to_owned(), Value::from(*text));
        is_sayable.then(|| spelled(tool, &arguments.iter().map(pair).collect()))
    }

    /// The call that goes on at `cursor`.
    pub(crate) fn next(&self, cursor: &str) -> String {
        self.with(&[("cursor", Some(cursor.into()))])
    }
}
