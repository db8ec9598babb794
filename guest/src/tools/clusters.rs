//! `list_clusters`: lists clusters and whether Argo CD can connect to them. Cluster config,
//! labels and annotations have no field here, so credentials in them cannot be shown.

use crate::{
    answer::{Answer, plural, time::Clock, word},
    argocd::Get,
    call::{
        Call, Failure,
        choice::{Flag, Part},
        input::{Count, input, schema},
        listing::{Listing, Row},
        sieve::{Looks, Sieve},
        tool::{Context, Family, Listed, Subject, Tool},
    },
    limits,
    model::{ConnectionState, record::record},
    redact::Text,
};

/// Clusters of one answer by default, and at most.
const CLUSTERS: u32 = 50;
const CLUSTERS_MAX: u32 = 500;
/// The rank of a connection that works.
const REACHED: u8 = 2;

input! {
    /// What `list_clusters` takes.
    struct Ask {
        /// Only this name.
        name: Option<String>,
        /// Part of the URL.
        server: Option<Part>,
        /// Only unreachable.
        failed_only: Flag,
        /// Clusters.
        limit: Count<CLUSTERS, CLUSTERS_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "list_clusters",
    title: "List clusters",
    family: Family::Platform,
    listed: Listed::ByDefault,
    hint: "Lists clusters, unreachable first",
    subject: Subject::Nothing,
    description: "Kubernetes clusters of Argo CD: server, version, connection and error, applications. Unreachable first. \
            No credentials.",
    facts: &[],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(list(context, call)),
};

record! {
    struct Cluster {
        name: Text = "name",
        server: Text = "server",
        project: Text = "project",
        server_version: Text = "serverVersion",
        connection_state: ConnectionState = "connectionState",
        namespaces: Vec<Text> = "namespaces",
        info: Info = "info",
    }
}

record! {
    struct Info {
        connection_state: ConnectionState = "connectionState",
        server_version: Text = "serverVersion",
        cache_info: CacheInfo = "cacheInfo",
        applications_count: Option<i64> = "applicationsCount",
    }
}

record! {
    struct CacheInfo {
        resources_count: Option<i64> = "resourcesCount",
        last_cache_sync_time: Text = "lastCacheSyncTime",
    }
}

async fn list(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let clock = Clock::at(context.client.now_ms());
    let mut rows = Vec::new();
    let mut states = [0; 3];
    let server = input.server.as_ref();
    let mut sieve = Sieve::of([
        ("name", input.name.clone()),
        ("server", server.map(|part| part.as_str().to_owned())),
        (
            "failed_only",
            input.failed_only.0.then(|| "true".to_owned()),
        ),
    ]);
    let each = |cluster: Cluster| {
        sieve.row();
        let passes = input.each(&cluster);
        if rows.is_empty() {
            sieve.tell("name", passes[0], Looks::Whole, [&*cluster.name]);
            sieve.tell("server", passes[1], Looks::Part, [&*cluster.server]);
            sieve.tell("failed_only", passes[2], Looks::Word, []);
        }
        if !passes.contains(&false) {
            states[usize::from(cluster.state().rank())] += 1;
            rows.push(cluster.row(clock));
        }
    };
    context
        .client
        .items(&Get::clusters(), limits::UPSTREAM_LIST, each)
        .await?;
    let [failed, unknown, reached] = states;
    let counts = format!(": {failed} Failed, {unknown} Unknown, {reached} Successful");
    let none = "Argo CD leaves out what the account may not read, so an empty list may mean missing rights.";
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, CLUSTERS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "cluster",
    }
    .complete(sieve, (&counts, none), rows, None)
}

impl Ask {
    /// Whether the cluster passes each filter: name, server, failed_only.
    fn each(&self, cluster: &Cluster) -> [bool; 3] {
        let is_named = |name: &String| name.eq_ignore_ascii_case(&cluster.name);
        [
            self.name.as_ref().is_none_or(is_named),
            (self.server.as_ref()).is_none_or(|part| part.is_in(&cluster.server)),
            !self.failed_only.0 || cluster.state().rank() < REACHED,
        ]
    }
}

impl Cluster {
    /// The connection state: inside `info` is the newer place, old servers fill only the outer one.
    fn state(&self) -> &ConnectionState {
        if self.info.connection_state.status.is_empty() {
            &self.connection_state
        } else {
            &self.info.connection_state
        }
    }

    /// `dr-west https://…: Failed 2026-… (…), version -, 1 application, cache … > refused`.
    fn row(self, clock: Clock) -> Row {
        let state = self.state();
        let version = if self.info.server_version.is_empty() {
            &self.server_version
        } else {
            &self.info.server_version
        };
        let (name, server) = (word(&self.name), self.server.line(200));
        let mut text = format!(
            "{} {server}: {}",
            if name.is_empty() { "(no name)" } else { &name },
            state.word()
        );
        if !state.attempted_at.is_empty() {
            text.push_str(&format!(", tried {}", clock.both(&state.attempted_at)));
        }
        text.push_str(&format!(
            ", version {}",
            if version.is_empty() {
                "unknown".to_owned()
            } else {
                word(version)
            }
        ));
        if let Some(count) = self.info.applications_count {
            text.push_str(&format!(
                ", {count} application{}",
                if count == 1 { "" } else { "s" }
            ));
        }
        text.push_str(&match (
            &*self.info.cache_info.last_cache_sync_time,
            self.info.cache_info.resources_count,
        ) {
            ("", _) => ", nothing cached".to_owned(),
            (time, count) => format!(
                ", cache of {} resources from {}",
                count.unwrap_or(0),
                clock.both(time)
            ),
        });
        if !self.project.is_empty() {
            text.push_str(&format!(", project {}", word(&self.project)));
        }
        if !self.namespaces.is_empty() {
            text.push_str(&format!(
                ", only {}",
                plural(self.namespaces.len(), "namespace")
            ));
            text.push_str(&format!(
                " ({})",
                self.namespaces
                    .iter()
                    .take(5)
                    .map(|ns| word(ns))
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
        }
        text.push_str(&state.said());
        Row::of(format!("{name} {server}"), text).ranked(state.rank())
    }
}
