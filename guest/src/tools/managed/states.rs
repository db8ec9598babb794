//! The whole objects: as they live, or as Git wants them.

use super::Ask;
use crate::{
    answer::{Answer, order, plural, word, yaml},
    argocd::{Get, Object, States},
    call::{
        Call, Failure,
        listing::{Listing, Row},
        pieces::pieces,
    },
    limits,
    model::record::record,
    redact::{Manifest, Text},
    tools::Context,
};

/// Pieces of YAML of one answer by default.
const PIECES: u32 = 50;

record! {
    struct Whole {
        group: Text = "group",
        kind: Text = "kind",
        namespace: Text = "namespace",
        name: Text = "name",
        live: Manifest = "liveState",
        desired: Manifest = "targetState",
    }
}

/// The YAML of the resources that are asked for.
pub(super) async fn show(context: &Context, input: &Ask, call: &Call) -> Result<Answer, Failure> {
    let only = Object {
        group: input.group.clone(),
        kind: input.kind.clone(),
        namespace: input.namespace.clone(),
        name: input.resource.clone(),
        ..Object::default()
    };
    let app = &input.name.0;
    let is_live = input.view.0 == "live";
    let mut named: Vec<(String, String)> = Vec::new();
    let each = |item: Whole| {
        if !input.takes(&item.group, &item.kind, &item.namespace, &item.name) {
            return;
        }
        let state = if is_live { &item.live } else { &item.desired };
        let yaml = match (state.is_absent(), is_live) {
            (true, true) => "(not live)".to_owned(),
            (true, false) => "(not in Git)".to_owned(),
            (false, _) => yaml::write(state.node()),
        };
        let place = if item.namespace.is_empty() {
            word(&item.name)
        } else {
            format!("{}/{}", word(&item.namespace), word(&item.name))
        };
        named.push((format!("{} {place}", word(&item.kind)), yaml));
    };
    let get = Get::managed_states(app, &only, States::All);
    context.client.items(&get, limits::UPSTREAM, each).await?;
    order::by_key(&mut named, |(name, _)| name.clone());
    let head = vec![format!(
        "{app}: {}, {}",
        plural(named.len(), "resource"),
        if is_live {
            "as live"
        } else {
            "as Git wants them"
        }
    )];
    let rows: Vec<Row> = named
        .iter()
        .flat_map(|(name, yaml)| pieces(name, yaml))
        .collect();
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, PIECES));
    Listing {
        call,
        cursor,
        limit,
        noun: "piece",
    }
    .write(head, &rows, None)
}
