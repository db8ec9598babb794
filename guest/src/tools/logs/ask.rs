//! What `get_application_logs` is asked for.

use crate::{
    argocd::{ContainerName, LogText, Namespace, PodName},
    call::{
        choice::{Flag, Span},
        input::{Count, input},
        kinds::KindWord,
        wanted::NameWord,
    },
    limits,
};

/// Lines requested by default.
pub(super) const TAIL_LINES: u32 = 200;

input! {
    /// What `get_application_logs` takes.
    struct Ask of app {
        /// Default: the worst Pod.
        pod: Option<PodName>,
        /// Instead of pod, e.g. Deployment.
        kind: Option<KindWord>,
        /// Its name.
        resource: Option<NameWord>,
        /// Default: the failing container.
        container: Option<ContainerName>,
        /// Log before the restart.
        previous: Flag,
        /// E.g. 15m, 2d
        since: Option<Span>,
        /// Lines with this text.
        filter: Option<LogText>,
        /// Lines without it.
        invert: Flag,
        /// Case-sensitive.
        match_case: Flag,
        /// Lines.
        tail_lines: Count<TAIL_LINES, { limits::TAIL_LINES_MAX }>,
        /// Pod's namespace.
        namespace: Option<Namespace>,
        /// Earlier lines.
        cursor: Option<String>,
    }
}
