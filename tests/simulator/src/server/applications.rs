//! `GET /api/v1/applications`: filters, rights, `fields`, order and the message limit.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::accounts::Account;
use super::answer::{Answer, Code, Content};
use super::limits::{CHUNK_BYTES, GRPC_MESSAGE_BYTES};
use super::state::State;
use super::world::{app_name, app_project};
use crate::query::Target;
use crate::returned::{
    self, Filter, Refusal,
    fields::{Fields, Selection},
};

/// One row of the list: recorded ones are at hand, generated ones are made when they are sent.
enum Row {
    Known(Value),
    Generated(usize),
}

/// Answers the list.
pub(crate) fn list(state: &Arc<State>, account: &Account, target: &Target) -> Answer {
    let filter = match Filter::of("applications", target) {
        Ok(filter) => filter,
        Err(why) => return Answer::refusal(&Refusal::Selector(why)),
    };
    let selection = target
        .get("fields")
        .and_then(Fields::parse)
        .map(|fields| fields.of_applications(state.version()));
    let rows = rows(state, account, &filter);
    let generated = rows
        .iter()
        .filter(|row| matches!(row, Row::Generated(_)))
        .count();
    let weight = generated as u64 * state.application_weight();
    if weight > GRPC_MESSAGE_BYTES {
        // The limit counts the unfiltered message: `fields` does not help.
        let message = format!(
            "grpc: trying to send message larger than max ({weight} vs. {GRPC_MESSAGE_BYTES})"
        );
        return Answer::error(Code::ResourceExhausted, &message);
    }
    if selection.as_ref().is_some_and(Selection::is_a_trap) && !rows.is_empty() {
        return Answer::refusal(&Refusal::Unwritable);
    }
    let metadata = json!({"resourceVersion": "2717"});
    if rows.is_empty() {
        return Answer::json(&returned::list(&metadata, Vec::new()));
    }
    let mut answer = Answer::json_text(Bytes::new());
    let chunks = chunks(Arc::clone(state), rows, selection, &metadata);
    answer.content = if generated == 0 {
        Content::Whole(chunks.flatten().collect())
    } else {
        Content::Chunks(Box::new(chunks))
    };
    answer
}

/// What the account may see of what the filter admits, by name; equal names in an order that
/// changes from call to call, as from argocd-server.
fn rows(state: &State, account: &Account, filter: &Filter) -> Vec<Row> {
    let call = state.next_list_call();
    let admitted = |app: &Value| account.sees(app_project(app)) && filter.admits(app);
    let mut rows: Vec<(String, Row)> = state
        .world
        .applications()
        .iter()
        .filter(|app| admitted(app))
        .map(|app| (app_name(app).to_owned(), Row::Known(app.clone())))
        .collect();
    if let Some(generated) = &state.world.generated {
        for number in 0..generated.len() {
            let facts = generated.facts(number);
            let admitted = filter.is_open() || filter.admits(&facts.outline());
            if admitted && account.sees(facts.project) {
                rows.push((facts.name, Row::Generated(number)));
            }
        }
    }
    if call % 2 == 1 {
        rows.reverse();
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows.truncate(filter.most());
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The list as text, about 64 KiB at a time.
fn chunks(
    state: Arc<State>,
    rows: Vec<Row>,
    selection: Option<Selection>,
    metadata: &Value,
) -> impl Iterator<Item = Bytes> + Send + use<> {
    let head = format!(r#"{{"metadata":{metadata},"items":["#);
    let mut rows = rows.into_iter();
    let mut is_first = true;
    let items = std::iter::from_fn(move || {
        let mut chunk = String::new();
        while chunk.len() < CHUNK_BYTES {
            let Some(row) = rows.next() else { break };
            if !std::mem::take(&mut is_first) {
                chunk.push(',');
            }
            chunk.push_str(&row_text(&state, &row, selection.as_ref()));
        }
        (!chunk.is_empty()).then(|| Bytes::from(chunk))
    });
    std::iter::once(Bytes::from(head))
        .chain(items)
        .chain(std::iter::once(Bytes::from_static(b"]}")))
}

fn row_text(state: &State, row: &Row, selection: Option<&Selection>) -> String {
    match (row, &state.world.generated) {
        (Row::Known(app), _) => match selection {
            Some(selection) => selection.project(app).to_string(),
            None => app.to_string(),
        },
        (Row::Generated(number), Some(generated)) => {
            generated.selected(&generated.facts(*number), selection)
        }
        (Row::Generated(_), None) => "null".to_owned(),
    }
}
