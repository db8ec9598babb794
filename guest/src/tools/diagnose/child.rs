//! What the worst child Application says of itself: its conditions, its last sync, its worst object.

use super::gather::Gather;
use crate::{
    answer::{order, said, word},
    argocd::{AppRef, Get},
    model::{
        application::{Application, Resource},
        operation::place,
    },
};

/// Maximum lines about the child.
const LINES_MAX: usize = 2;

/// Reads the child, if a request is left; empty when it says nothing.
pub(super) async fn causes(gather: &Gather<'_>, child: &str) -> Vec<String> {
    let Ok(app_ref) = AppRef::parse(child, None, None) else {
        return Vec::new();
    };
    if gather.left() == 0 {
        return Vec::new();
    }
    let get = Get::application(&app_ref);
    match gather
        .json::<Application>("the child application", &get)
        .await
    {
        Some(app) => lines(&app),
        None => Vec::new(),
    }
}

fn lines(app: &Application) -> Vec<String> {
    let name = word(&app.metadata.name);
    let mut lines = Vec::new();
    let mut conditions = app.status.conditions.iter();
    if let Some(condition) = conditions.find(|condition| condition.kind.ends_with("Error")) {
        lines.push(format!(
            "{name}: {}{}",
            word(&condition.kind),
            said(&condition.message)
        ));
    }
    if let Some(state) = &app.status.operation_state
        && matches!(&*state.phase, "Failed" | "Error" | "Running")
        && lines.is_empty()
    {
        lines.push(format!(
            "{name}: last sync {}{}",
            word(&state.phase),
            said(&state.message)
        ));
    }
    let rank = |one: &Resource| order::health_rank(&one.health.status);
    let unwell = app
        .status
        .resources
        .iter()
        .filter(|one| rank(one) < order::health_rank("Healthy"));
    if let Some(worst) = unwell.min_by_key(|one| rank(one)) {
        lines.push(format!(
            "{name}: {} {} is {}{}",
            word(&worst.kind),
            place(&worst.namespace, &worst.name),
            word(&worst.health.status),
            said(&worst.health.message)
        ));
    }
    lines.truncate(LINES_MAX);
    lines
}
