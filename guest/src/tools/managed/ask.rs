//! What `get_application_managed_resources` is asked for.

use crate::{
    argocd::{Group, Namespace},
    call::{
        choice::{One, sets},
        input::{Count, input},
        kinds::KindWord,
        wanted::{NameWord, Wanted},
    },
};

/// Resources of one answer by default, and at most.
pub(super) const RESOURCES: u32 = 50;
const RESOURCES_MAX: u32 = 500;
sets! {
    /// Which resources get a row.
    Only { Changed = "changed", All = "all" }
    /// What is shown of each.
    View { Summary = "summary", Diff = "diff", Live = "live", Desired = "desired" }
}

input! {
    /// What `get_application_managed_resources` takes.
    struct Ask of app {
        /// Only this kind.
        kind: Option<KindWord>,
        /// Only this name.
        resource: Option<NameWord>,
        /// Only this namespace.
        namespace: Option<Namespace>,
        /// API group.
        group: Option<Group>,
        /// What to list.
        only: One<Only>,
        /// live, desired: YAML.
        view: One<View>,
        /// Resources.
        limit: Count<RESOURCES, RESOURCES_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

impl Ask {
    /// The objects that the caller names.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted::new(self.kind.as_ref(), self.resource.as_ref())
            .within(self.namespace.as_ref())
            .of_group(self.group.as_ref())
    }
}
