//! Writes whole objects as YAML: their live or their desired state.

use super::ask::{Ask, View};
use crate::{
    answer::{Answer, order, plural, word, yaml},
    argocd::{Get, Object, States},
    call::{
        Call, Failure,
        listing::{Listing, Row},
        pieces::pieces,
        tool::Context,
        wanted::{Identity, Search},
    },
    limits,
    model::{application::Application, operation::place, record::record},
    redact::{Manifest, Text},
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

/// Writes the YAML of the requested resources.
pub(super) async fn show(context: &Context, input: &Ask, call: &Call) -> Result<Answer, Failure> {
    let app = &input.name.0;
    let is_live = input.view.0 == View::Live;
    let mut found = read(context, input, &input.wanted().upstream()).await?;
    if found.is_empty() {
        // Argo CD's filters are exact, so an empty answer may only mean another spelling.
        let fitting = search(context, input, call).await?;
        if fitting > 0 {
            found = read(context, input, &Object::default()).await?;
        }
    }
    if !is_live && !found.is_empty() && found.iter().all(|state| state.yaml.is_none()) {
        compared(context, input, call).await?;
    }
    order::by(&mut found, |a, b| a.name.cmp(&b.name));
    let nothing = if is_live {
        "(not live)"
    } else {
        "(not in Git)"
    };
    let named: Vec<(String, String)> = found
        .into_iter()
        .map(|state| (state.name, state.yaml.unwrap_or_else(|| nothing.to_owned())))
        .collect();
    let head = vec![format!(
        "{app}: {}, {}",
        plural(named.len(), "resource"),
        if is_live {
            "live state"
        } else {
            "desired state"
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

impl<'a> From<&'a Whole> for Identity<'a> {
    fn from(item: &'a Whole) -> Self {
        Self {
            group: &item.group,
            kind: &item.kind,
            namespace: &item.namespace,
            name: &item.name,
        }
    }
}

/// One object in the requested state.
struct State {
    name: String,
    /// `None` for an object that does not exist in that state.
    yaml: Option<String>,
}

/// The objects that match, of those that Argo CD sends for `only`.
async fn read(context: &Context, input: &Ask, only: &Object) -> Result<Vec<State>, Failure> {
    let wanted = input.wanted();
    let mut found = Vec::new();
    let each = |item: Whole| {
        if !wanted.fits(&item) {
            return;
        }
        let state = if input.view.0 == View::Live {
            &item.live
        } else {
            &item.desired
        };
        found.push(State {
            name: format!(
                "{} {}",
                word(&item.kind),
                place(&item.namespace, &item.name)
            ),
            yaml: (!state.is_absent()).then(|| yaml::write(state.node())),
        });
    };
    let get = Get::managed_states(&input.name.0, only, States::All);
    context.client.items(&get, limits::UPSTREAM, each).await?;
    Ok(found)
}

/// Counts the objects that match; fails with what exists when none does.
async fn search(context: &Context, input: &Ask, call: &Call) -> Result<usize, Failure> {
    let wanted = input.wanted();
    let mut search = Search::of(&wanted);
    let app = &input.name.0;
    let get = Get::managed_states(app, &Object::default(), States::Compared);
    let each = |item: Whole| {
        search.takes(&item);
    };
    context.client.items(&get, limits::UPSTREAM, each).await?;
    let fitting = search.fitting();
    match search.failure(&app.to_string(), call) {
        Some(failure) => Err(failure),
        None => Ok(fitting),
    }
}

/// Fails when Argo CD could not render the target: the desired state is then unknown.
async fn compared(context: &Context, input: &Ask, call: &Call) -> Result<(), Failure> {
    let app = &input.name.0;
    let get = Get::application(app);
    let application: Application = context.client.json(&get, limits::UPSTREAM).await?;
    if order::sync_rank(&application.status.sync.status) != order::sync_rank("Unknown") {
        return Ok(());
    }
    let card = call.about("get_application", &[]);
    Err(Failure::with_next(
        &format!(
            "{app}: the sync status is Unknown: Argo CD could not render the manifests, so there is no desired state to show."
        ),
        card.map(|card| format!("{card} (conditions say why)")),
    ))
}
