//! An operation: who started it, which revisions it has, and whether a row of its result failed.

use crate::{
    answer::{
        Line, revision,
        time::{Clock, took},
        word,
    },
    model::application::{OperationState, ResultRow},
    redact::Text,
};

/// Who started it: a user, or automated sync.
pub(crate) fn initiator(username: &Text, automated: Option<bool>) -> String {
    match (automated, username.is_empty()) {
        (Some(true), _) => "automated sync".to_owned(),
        (_, false) => username.line(80),
        (_, true) => "unknown".to_owned(),
    }
}

/// Adds when it ended, with how long it took, or when it started; then who started it.
pub(crate) fn ran(line: Line, state: &OperationState, is_over: bool, clock: Clock) -> Line {
    let line = if is_over {
        let took = took(&state.started_at, &state.finished_at);
        line.glue(" ")
            .fact("finished", clock.fact(&state.finished_at))
            .maybe(", took ", "took_seconds", took)
    } else {
        line.glue(", started ")
            .fact("started", clock.fact(&state.started_at))
    };
    let by = &state.operation.initiated_by;
    line.glue(", by ")
        .fact("by", initiator(&by.username, by.automated))
}

/// Maximum revisions named.
const REVISIONS_MAX: usize = 10;

/// `3fcb20f`, or `7f5826d + ac13c72` for several sources.
pub(crate) fn revisions(all: &[Text]) -> String {
    let all = all.iter().take(REVISIONS_MAX).map(|each| revision(each));
    all.collect::<Vec<_>>().join(" + ")
}

/// A failed hook reads `Synced` with hookPhase `Failed`; a refused object reads `SyncFailed`.
pub(crate) fn has_failed(row: &ResultRow) -> bool {
    matches!(&*row.status, "SyncFailed" | "PruneFailed")
        || matches!(&*row.hook_phase, "Failed" | "Error")
}

/// `namespace/name`, or the name alone for what has no namespace.
pub(crate) fn place(namespace: &Text, name: &Text) -> String {
    if namespace.is_empty() {
        return word(name);
    }
    format!("{}/{}", word(namespace), word(name))
}
