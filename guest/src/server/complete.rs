//! `resources/read` and `completion/complete`: the two requests besides tool calls that ask Argo CD.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashSet},
    rc::Rc,
};

use serde_json::{Map, Value};

use super::{Connection, Server, backend::Names};
use crate::{
    answer::cursor,
    mcp::{
        era::Era,
        modern::{self, FRESH},
        resources::{self, VALUES_MAX, Wanted},
        rpc::{self, Fault, Id},
    },
};

/// The tool whose answer a resource is.
const CARD: &str = "get_application";

/// The first values in alphabetical order, and how many there are.
#[derive(Default)]
struct Values {
    first: BTreeSet<String>,
    /// The hash of each different value: eight bytes instead of a name.
    seen: HashSet<u64>,
}

impl Values {
    fn offer(&mut self, value: String) {
        self.seen.insert(cursor::hash(&value));
        self.first.insert(value);
        if self.first.len() > VALUES_MAX {
            self.first.pop_last();
        }
    }
}

impl Server {
    /// Answers with the card of the application `name`, as the contents of `uri`.
    pub(super) fn read(
        &self,
        era: Era,
        id: &Id,
        (uri, name): (String, String),
        out: &Connection,
    ) -> Result<(), Fault> {
        let arguments: Map<String, Value> = [("name".to_owned(), Value::String(name))]
            .into_iter()
            .collect();
        let Some(answer) = self.backend.read(CARD, arguments) else {
            return Err(Fault::new(rpc::INTERNAL, "resources cannot be read"));
        };
        let (key, to, reply_to) = (out.key(id), out.clone(), id.clone());
        let work = Box::pin(async move {
            let outcome = answer.await;
            if outcome.is_error {
                let fault = resources::not_read(era == Era::Modern, &outcome.text);
                to.fail(Some(&reply_to), &fault);
            } else {
                let contents = resources::contents(&uri, &outcome.text);
                to.reply(&reply_to, &modern::wrap(era, &contents, Some(FRESH)));
            }
        });
        self.calls.start(key, work)
    }

    /// Answers with the names that fit.
    pub(super) fn complete(
        &self,
        era: Era,
        id: &Id,
        wanted: Wanted,
        out: &Connection,
    ) -> Result<(), Fault> {
        if wanted == Wanted::Nothing {
            out.reply(id, &modern::wrap(era, &resources::completed(&[], 0), None));
            return Ok(());
        }
        let found = Rc::new(RefCell::new(Values::default()));
        let into = Rc::clone(&found);
        let each: Names = Box::new(move |namespace, name| {
            if let Some(value) = fits(&wanted, namespace, name) {
                into.borrow_mut().offer(value);
            }
        });
        let asked = self.backend.applications(each);
        let (key, to, reply_to) = (out.key(id), out.clone(), id.clone());
        let work = Box::pin(async move {
            match asked.await {
                Err(why) => to.fail(Some(&reply_to), &Fault::new(rpc::INTERNAL, why)),
                Ok(()) => {
                    let found = found.take();
                    let values: Vec<String> = found.first.into_iter().collect();
                    let completed = resources::completed(&values, found.seen.len());
                    to.reply(&reply_to, &modern::wrap(era, &completed, None));
                }
            }
        });
        self.calls.start(key, work)
    }
}

fn fits(wanted: &Wanted, namespace: &str, name: &str) -> Option<String> {
    let like = |text: &str, part: &str| text.contains(part.trim().to_ascii_lowercase().as_str());
    match wanted {
        Wanted::Names(part, of) => {
            let here = of.as_deref().is_none_or(|of| of == namespace);
            (here && like(name, part)).then(|| name.to_owned())
        }
        Wanted::Namespaces(part) => like(namespace, part).then(|| namespace.to_owned()),
        Wanted::Applications(part) => {
            let full = format!("{namespace}/{name}");
            like(&full, part).then_some(full)
        }
        Wanted::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{VALUES_MAX, Values};

    #[test]
    fn the_first_values_and_how_many() {
        let mut values = Values::default();
        for at in (0..250).rev() {
            values.offer(format!("web-{at:03}"));
            values.offer(format!("web-{at:03}"));
        }
        assert_eq!((values.first.len(), values.seen.len()), (VALUES_MAX, 250));
        assert_eq!(values.first.first().map(String::as_str), Some("web-000"));
        assert_eq!(values.first.last().map(String::as_str), Some("web-099"));
    }
}
