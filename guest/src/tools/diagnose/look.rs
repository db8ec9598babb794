//! Reads what tells of a suspect: its live object, its events, its log.

use futures_util::future::join;

use super::{evidence::Evidence, gather::Gather, workload};
use crate::{
    argocd::{AppRef, Get, LogQuery},
    model::{
        event::Event,
        live::Live,
        log::Stream,
        record::record,
        suspect::{self, Sign, Suspect, View},
    },
};

record! {
    struct Events {
        items: Vec<Event> = "items",
    }
}

/// How much is read about a suspect.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Only its node in the tree.
    Tree,
    /// The live object and its events.
    Events,
    /// The live object and the log of the failing container.
    Output,
    /// Also the log of the failing container.
    Log,
}

/// Reads the live object and its events, then the log of the failing container.
pub(super) async fn look(
    gather: &Gather<'_>,
    app_ref: &AppRef,
    view: &View<'_>,
    suspect: &Suspect,
    depth: Depth,
) -> Evidence {
    if depth == Depth::Tree {
        return Evidence::default();
    }
    let Some(object) = suspect::object(&view.nodes[suspect.node]) else {
        return Evidence::default();
    };
    // Who rejects Pods and what a claim waits for is in the tree and the events.
    let is_read = !matches!(suspect.sign, Sign::Refused | Sign::Volume);
    let (get_live, get_events) = (
        Get::resource(app_ref, &object),
        Get::events_of(app_ref, &object),
    );
    let live = async {
        if is_read {
            gather.json::<Live>("the live object", &get_live).await
        } else {
            None
        }
    };
    let events = async {
        if depth == Depth::Output {
            None
        } else {
            gather.json::<Events>("its events", &get_events).await
        }
    };
    let (live, events) = join(live, events).await;
    let live = live.map(|live| live.manifest);
    let mut log = None;
    if let Some(query) = workload::log_query(view, suspect, live.as_ref())
        .filter(|_| depth == Depth::Log && gather.left() > 1 || depth == Depth::Output)
    {
        let mut stream = Stream::default();
        let read = gather
            .lines("its log", &Get::logs(app_ref, &query), |line| {
                stream.push(line)
            })
            .await;
        log = read.map(|()| stream);
        let is_gone = log
            .as_ref()
            .is_some_and(|log| log.lines.is_empty() && !log.errors.is_empty());
        if query.previous && is_gone && gather.left() > 1 {
            log = current(gather, app_ref, query).await.or(log);
        }
    }
    Evidence {
        live,
        events: events.map(|events| events.items).unwrap_or_default(),
        log,
    }
}

/// The log of the current run, for when the previous one is gone.
async fn current(gather: &Gather<'_>, app_ref: &AppRef, query: LogQuery) -> Option<Stream> {
    let query = LogQuery {
        previous: false,
        ..query
    };
    let mut stream = Stream::default();
    let get = Get::logs(app_ref, &query);
    let push = |line: &[u8]| stream.push(line);
    gather.lines("its log", &get, push).await?;
    (!stream.lines.is_empty()).then_some(stream)
}
