//! Explains an empty list of applications: which filter matches nothing, and which values exist.

use super::read;
use crate::{
    answer::{Line, Remark},
    argocd::ListFilter,
    call::{
        Call,
        sieve::{Looks, Sieve},
        tool::Context,
    },
    model::application::listed::ListElement,
};

/// The arguments that Argo CD filters by, reported like the other filters.
pub(in crate::tools) fn upstream(filter: &ListFilter) -> [(&'static str, Option<String>); 2] {
    let project = filter.projects.first().map(ToString::to_string);
    let namespace = filter.app_namespace.as_ref().map(ToString::to_string);
    [("project", project), ("app_namespace", namespace)]
}

/// Records which of Argo CD's own filters an application passes; returns whether it passes all.
pub(in crate::tools) fn tell_upstream(
    filter: &ListFilter,
    app: &ListElement,
    sieve: &mut Sieve,
) -> bool {
    let (project, namespace) = (&*app.spec.project, &*app.metadata.namespace);
    let is_project = filter
        .projects
        .iter()
        .all(|wanted| wanted.as_str() == project);
    let is_there =
        (filter.app_namespace.as_ref()).is_none_or(|wanted| wanted.as_str() == namespace);
    sieve.tell("project", is_project, Looks::Whole, [project]);
    sieve.tell("app_namespace", is_there, Looks::Whole, [namespace]);
    is_project && is_there
}

/// An empty list: the filters, and which of them the applications pass.
pub(in crate::tools) struct Nothing<'a> {
    pub(in crate::tools) call: &'a Call,
    pub(in crate::tools) filter: &'a ListFilter,
    /// Fields that the filters need in addition to those of a row.
    pub(in crate::tools) more: &'a [&'a str],
    /// The filters, and how the applications that Argo CD sent stand to them.
    pub(in crate::tools) sieve: Sieve,
}

impl Nothing<'_> {
    /// How many applications there are, and why none of them is listed. `tell` says how one stands
    /// to the filters of the guest, and returns whether it passes all of them.
    pub(in crate::tools) async fn lines(
        self,
        context: &Context,
        mut tell: impl FnMut(&ListElement, &mut Sieve) -> bool,
    ) -> (usize, Vec<Remark>) {
        let hidden = "Argo CD leaves out what the account may not read, so an empty list may mean missing rights.";
        if self.sieve.seen() > 0 {
            return (self.sieve.seen(), self.sieve.lines(self.call));
        }
        if *self.filter == ListFilter::default() {
            return (0, vec![hidden.into()]);
        }
        // Argo CD's own filters matched nothing: only the whole list shows what would match.
        let (mut sieve, mut others) = (self.sieve.again(), 0);
        let each = |app: ListElement| {
            sieve.row();
            let is_fitting = tell(&app, &mut sieve);
            let is_upstream = tell_upstream(self.filter, &app, &mut sieve);
            others += usize::from(is_fitting && is_upstream);
        };
        let read = read::read(context, &ListFilter::default(), self.more, each).await;
        let seen = sieve.seen();
        if seen == 0 || read.is_err() {
            let lines = [
                "Nothing matches, or the account may not read the matches.",
                hidden,
            ];
            return (0, lines.map(Remark::from).to_vec());
        }
        let mut lines = Vec::new();
        if let Some(selector) = &self.filter.selector {
            let selector = crate::answer::word(selector.as_str());
            lines.push(match others {
                0 => Remark::note("a selector matches labels of the Application itself, which this list does not show."),
                others => Line::new()
                    .glue("The selector ")
                    .fact("selector", selector)
                    .glue(" matches none; without it ")
                    .fact("without_selector", others)
                    .glue(" would be listed. It matches labels of the Application itself.")
                    .into(),
            });
        }
        if others == 0 {
            lines.extend(sieve.lines(self.call));
        }
        (seen, lines)
    }
}
