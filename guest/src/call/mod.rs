//! The parts that every call uses: what a [`tool::Tool`] is and which are offered, the arguments, the
//! call that continues one, and how it fails.

pub(crate) mod choice;
pub(crate) mod identity;
pub(crate) mod input;
pub(crate) mod listing;
pub(crate) mod names;
pub(crate) mod offer;
pub(crate) mod pieces;
pub(crate) mod remedy;
pub(crate) mod suggest;
pub(crate) mod tool;

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::{
    answer::{Answer, cursor::BadCursor},
    argocd,
    call::{input::Input, offer::Offer},
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

    /// The tool that is called.
    pub(crate) fn tool(&self) -> &'static str {
        self.tool
    }

    /// The tools that the client has.
    pub(crate) fn offer(&self) -> &Offer {
        &self.offer
    }

    /// The arguments as they came.
    pub(crate) fn arguments(&self) -> &Map<String, Value> {
        &self.arguments
    }

    /// Parses the arguments into the tool's input, or reports all problems.
    pub(crate) fn input<I: Input>(&self) -> Result<I, Failure> {
        crate::call::input::read(self.tool, &self.arguments).map_err(Failure::Said)
    }

    /// The scope of a cursor: the tool and every argument that changes the list.
    pub(crate) fn scope(&self) -> String {
        self.with(&[("cursor", None), ("limit", None)])
    }

    /// This call with some arguments replaced or, by `None`, left out: `tool {"name":"web"}`. A new
    /// value comes from the cluster, so one that is not a plain name is left out too: guidance holds
    /// only our own text.
    pub(crate) fn with(&self, changes: &[(&str, Option<Value>)]) -> String {
        let mut arguments = self.arguments.clone();
        arguments.retain(|_, value| !value.is_null());
        for (key, value) in changes {
            match value.as_ref().filter(|value| is_plain(value)) {
                Some(value) => arguments.insert((*key).to_owned(), value.clone()),
                None => arguments.remove(*key),
            };
        }
        another(self.tool, arguments)
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
        self.offer.allows(tool).then(|| another(tool, arguments))
    }

    /// A call of another `tool` with just these arguments; `None` when the client does not have the
    /// tool, or one of them comes from the cluster and is no plain name.
    pub(crate) fn other(&self, tool: &str, arguments: &[(&str, &str)]) -> Option<String> {
        let is_sayable = self.offer.allows(tool) && arguments.iter().all(|(_, text)| is_name(text));
        let pair = |(key, text): &(&str, &str)| ((*key).to_owned(), Value::from(*text));
        is_sayable.then(|| another(tool, arguments.iter().map(pair).collect()))
    }

    /// The call that continues at `cursor`.
    pub(crate) fn next(&self, cursor: &str) -> String {
        self.with(&[("cursor", Some(cursor.into()))])
    }
}

/// Maximum length of a name or cursor in a proposed call, in bytes.
const PLAIN_BYTES: usize = 512;

/// Whether a value is a name, a number or a cursor, not a sentence.
fn is_plain(value: &Value) -> bool {
    value.as_str().is_none_or(is_name)
}

/// Whether a text has only characters of Kubernetes names and cursors.
pub(crate) fn is_name(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:/@+=,".contains(&b);
    text.len() <= PLAIN_BYTES && text.bytes().all(is_plain)
}

/// A call as an answer spells it, with the arguments in a stable order.
fn another(tool: &str, arguments: Map<String, Value>) -> String {
    let mut arguments: Vec<String> = arguments
        .iter()
        .map(|(key, value)| format!("{}:{value}", Value::String(key.clone())))
        .collect();
    arguments.sort();
    format!("{tool} {{{}}}", arguments.join(","))
}

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request to Argo CD failed.
    Upstream(argocd::Error),
    /// The cursor belongs to another call or is invalid.
    Cursor,
    /// A message: what failed, why, and what to do next.
    Said(String),
}

impl Failure {
    /// What failed and why, and on its own line the next call, if any.
    pub(crate) fn with_next(text: &str, next: Option<String>) -> Self {
        Self::Said(match next {
            Some(next) => format!("{text}\nNext: {next}"),
            None => text.to_owned(),
        })
    }

    /// The failure as text for a client that has the tools of `offer`.
    pub(crate) fn answer(&self, offer: &Offer) -> Answer {
        match self {
            Self::Upstream(error) => Answer::error(&remedy::explain(error, offer)),
            Self::Cursor => Answer::error(
                "cursor: not valid for this call.\n\
                 Next: repeat the call without cursor, or with the cursor and all other arguments of its last answer.",
            ),
            Self::Said(text) => Answer::error(text),
        }
    }
}

impl From<argocd::Error> for Failure {
    fn from(error: argocd::Error) -> Self {
        Self::Upstream(error)
    }
}

impl From<BadCursor> for Failure {
    fn from(_: BadCursor) -> Self {
        Self::Cursor
    }
}
