//! A project or ApplicationSet that Argo CD does not know: which name was probably meant.

use crate::{
    answer::plural,
    argocd::{Client, Error, Get},
    call::{Call, Failure, suggest::Nearest},
    limits,
    model::{Metadata, record::record},
};

record! {
    struct Named {
        metadata: Metadata = "metadata",
    }
}

/// What was asked for and not found.
pub(crate) struct Unknown<'a> {
    pub(crate) call: &'a Call,
    /// `project`, for counting.
    pub(crate) noun: &'static str,
    /// The argument that names it.
    pub(crate) argument: &'static str,
    pub(crate) name: &'a str,
    /// The argument that says in which namespace it lives, and what was given for it.
    pub(crate) namespace: Option<(&'static str, Option<&'a str>)>,
    /// The list of all.
    pub(crate) list: Get,
    /// The tool that lists them.
    pub(crate) tool: &'static str,
}

impl Unknown<'_> {
    /// What is said instead of `error`, when it may be about the name; the error as it is otherwise.
    pub(crate) async fn failure(self, client: &Client, error: Error) -> Failure {
        if !matches!(error, Error::NotFound { .. } | Error::Forbidden { .. }) {
            return error.into();
        }
        let (mut seen, mut here, mut elsewhere) = (0, false, None);
        let mut near = Nearest::to(self.name);
        let asked = self.namespace.and_then(|(_, namespace)| namespace);
        let each = |named: Named| {
            seen += 1;
            let Metadata {
                name, namespace, ..
            } = named.metadata;
            if *name != *self.name {
                near.offer(&name, || name.to_string());
            } else if self.namespace.is_none() || asked == Some(&*namespace) {
                here = true;
            } else {
                elsewhere = Some(namespace.to_string());
            }
        };
        let read = client.items(&self.list, limits::UPSTREAM, each).await;
        // What the list shows is refused for another reason; an empty one tells nothing.
        if read.is_err() || here || seen == 0 {
            return error.into();
        }
        let next = match (elsewhere, near.found(), self.namespace) {
            (Some(space), _, Some((argument, _))) => {
                let again = self.call.with(&[(argument, Some(space.as_str().into()))]);
                Some(format!("it is in namespace {space}: {again}"))
            }
            (_, Some(near), _) => {
                let again = self
                    .call
                    .with(&[(self.argument, Some(near.as_str().into()))]);
                Some(format!("did you mean {near}? {again}"))
            }
            _ => self.call.other(self.tool, &[]),
        };
        Failure::with_next(
            &format!(
                "No {} {} is among the {} that the account may see.",
                self.noun,
                self.name,
                plural(seen, self.noun)
            ),
            next,
        )
    }
}
