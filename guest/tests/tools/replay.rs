//! A port that replays recorded answers, changed on the way if a test wants that.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    rc::Rc,
    sync::LazyLock,
    time::Duration,
};

use argocd_guest::{
    answer::Answer,
    argocd::{Client, Settings},
    http::{Body, Error, Local, Port, Response},
    tools::{self, Context, Offer},
};
use serde_json::{Value, json};

/// 2026-11-22T21:15:00Z, two minutes after the recording.
const NOW_MS: i64 = 1_795_382_100_000;

/// One recorded exchange.
pub(crate) struct Recorded {
    pub(crate) scenario: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) account: String,
    pub(crate) status: u16,
    content_type: String,
    pub(crate) body: Vec<u8>,
}

/// Everything that was recorded by GET.
pub(crate) fn recorded() -> &'static [Recorded] {
    static ALL: LazyLock<Vec<Recorded>> = LazyLock::new(|| {
        let root =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/simulator/fixtures/argocd");
        let folders: BTreeSet<_> = fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        folders.into_iter().flat_map(scenario).collect()
    });
    &ALL
}

fn scenario(folder: PathBuf) -> Vec<Recorded> {
    let index: Vec<Value> =
        serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let entries = index.iter().filter_map(|entry| {
        let url = entry["request"].as_str()?.strip_prefix("GET ")?;
        // A host or a proxy has undone the compression before a guest sees a body.
        let is_plain = !entry["file"].as_str()?.ends_with(".gz");
        let url = is_plain.then_some(url)?;
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Some(Recorded {
            scenario: folder.file_name()?.to_str()?.to_owned(),
            path: path.to_owned(),
            query: parsed(query),
            account: entry["as"].as_str().unwrap_or_default().to_owned(),
            status: u16::try_from(entry["status"].as_u64()?).ok()?,
            content_type: entry["headers"]["Content-Type"]
                .as_str()
                .unwrap_or_default()
                .to_lowercase(),
            body: fs::read(folder.join(entry["file"].as_str()?)).ok()?,
        })
    });
    entries.collect()
}

fn parsed(query: &str) -> BTreeMap<String, String> {
    let mut parsed: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let values = parsed.entry(key.to_owned()).or_default();
        if !values.is_empty() {
            values.push(',');
        }
        values.push_str(value);
    }
    parsed
}

/// Changes a body before it is replayed; gets the path.
pub(crate) type Change = Box<dyn Fn(&str, Vec<u8>) -> Vec<u8>>;

/// Answers a path with its query.
type Answers = Box<dyn Fn(&str, &BTreeMap<String, String>) -> (u16, Option<Vec<u8>>)>;

/// Argo CD as recorded.
pub(crate) struct Replay {
    change: Change,
    answers: Option<Answers>,
    requests: RefCell<Vec<String>>,
}

impl Replay {
    /// The recordings as they are.
    pub(crate) fn faithful() -> Rc<Self> {
        Self::changed(|_, body| body)
    }

    /// The recordings with each body changed.
    pub(crate) fn changed(change: impl Fn(&str, Vec<u8>) -> Vec<u8> + 'static) -> Rc<Self> {
        Rc::new(Self {
            change: Box::new(change),
            answers: None,
            requests: RefCell::default(),
        })
    }

    /// `body` in answer to every request whose path ends in `suffix`, the recordings otherwise.
    pub(crate) fn with(suffix: &'static str, body: Value) -> Rc<Self> {
        let body = body.to_string().into_bytes();
        Self::changed(move |path, recorded| {
            if path.ends_with(suffix) {
                body.clone()
            } else {
                recorded
            }
        })
    }

    /// Nothing recorded: what `answers` says to path and query, else 403 as Argo CD says it.
    pub(crate) fn answering(
        answers: impl Fn(&str, &BTreeMap<String, String>) -> Option<Vec<u8>> + 'static,
    ) -> Rc<Self> {
        Self::statuses(move |path, query| (200, answers(path, query)))
    }

    /// The same with the status of each answer.
    pub(crate) fn statuses(
        answers: impl Fn(&str, &BTreeMap<String, String>) -> (u16, Option<Vec<u8>>) + 'static,
    ) -> Rc<Self> {
        Rc::new(Self {
            change: Box::new(|_, body| body),
            answers: Some(Box::new(answers)),
            requests: RefCell::default(),
        })
    }

    /// Path and query of every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.borrow().clone()
    }

    /// Calls a tool.
    pub(crate) fn call(self: &Rc<Self>, tool: &str, arguments: Value) -> Answer {
        self.call_of(Offer::all(tools::all()), tool, arguments)
    }

    /// Calls a tool as a client does that has those of `offer`.
    pub(crate) fn call_of(self: &Rc<Self>, offer: Offer, tool: &str, arguments: Value) -> Answer {
        let env = |name: &str| match name {
            "ARGOCD_SERVER" => Some("argocd.example.com".to_owned()),
            "ARGOCD_AUTH_TOKEN" => Some("t0ken".to_owned()),
            _ => None,
        };
        let settings = Settings::from_env(env).unwrap();
        let context = Context {
            client: Client::new(self.clone(), settings),
            offer: Rc::new(offer),
            progress: Rc::new(|_, _, _| {}),
        };
        let arguments = arguments.as_object().unwrap().clone();
        let tool = tools::find(tool).unwrap_or_else(|| panic!("{tool} is no tool"));
        pollster::block_on(tools::call(&context, tool, arguments))
    }

    /// The recorded answer that fits `path_and_query` best: same path, the most equal parameters.
    pub(crate) fn find(path_and_query: &str) -> Option<&'static Recorded> {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        let query = parsed(query);
        let decides = |key: &str| {
            matches!(
                key,
                "revision"
                    | "revisions"
                    | "podName"
                    | "container"
                    | "appNamespace"
                    | "previous"
                    | "filter"
                    | "projects"
                    | "selector"
                    | "refresh"
                    | "project"
                    | "name"
                    | "repo"
                    | "server"
                    | "resourceName"
            )
        };
        let fits = |entry: &&Recorded| {
            let keys: BTreeSet<&String> = query
                .keys()
                .chain(entry.query.keys())
                .filter(|key| decides(key))
                .collect();
            entry.path == path
                && (entry.account == "ci" || entry.path == "/api/version")
                && keys
                    .iter()
                    .all(|key| query.get(*key) == entry.query.get(*key))
        };
        let equal = |entry: &&Recorded| {
            // Equal fields, else all fields: what was recorded with others lacks what is asked for.
            let fields = match (query.get("fields"), entry.query.get("fields")) {
                (asked, given) if asked == given => 2,
                (_, None) => 1,
                _ => 0,
            };
            (fields, entry.status == 200, entry.scenario != "_server")
        };
        recorded().iter().filter(fits).max_by_key(equal)
    }
}

impl Port for Replay {
    fn get<'a>(&'a self, path: &'a str, _: Option<&'a str>) -> Local<'a, Result<Response, Error>> {
        self.requests.borrow_mut().push(path.to_owned());
        let respond = |status, content_type: &str, body: Vec<u8>| Response {
            status,
            content_type: Some(content_type.to_owned()),
            content_length: None,
            retry_after: None,
            location: None,
            body: Box::new(Pieces(body)),
        };
        if let Some(answers) = &self.answers {
            let (plain, query) = path.split_once('?').unwrap_or((path, ""));
            let response = match answers(plain, &parsed(query)) {
                (status, Some(body)) => respond(status, "application/json", body),
                (_, None) => {
                    let denied = json!({"error": "permission denied", "code": 7, "message": "permission denied"});
                    respond(403, "application/json", denied.to_string().into_bytes())
                }
            };
            return Box::pin(async { Ok(response) });
        }
        let response = match Self::find(path) {
            Some(found) => respond(
                found.status,
                &found.content_type,
                (self.change)(&found.path, found.body.clone()),
            ),
            None => {
                let missing = json!({"error": "permission denied", "code": 7, "message": "permission denied"});
                let body = (self.change)(path.split('?').next().unwrap(), Vec::new());
                if body.is_empty() {
                    respond(403, "application/json", missing.to_string().into_bytes())
                } else {
                    respond(200, "application/json", body)
                }
            }
        };
        Box::pin(async { Ok(response) })
    }

    fn post_session<'a>(&'a self, _: &'a str, _: &'a str) -> Local<'a, Result<Response, Error>> {
        panic!("a token needs no login")
    }

    fn now_ms(&self) -> i64 {
        NOW_MS
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, duration: Duration) -> Local<'static, ()> {
        // Time stands still: no deadline passes, and a turn for others is over at once.
        if duration.is_zero() {
            Box::pin(async {})
        } else {
            Box::pin(std::future::pending())
        }
    }

    fn spawn(&self, _: Local<'static, ()>) {
        panic!("nothing to run beside the calls")
    }
}

/// A body in pieces of an odd size, so that every element is cut somewhere.
struct Pieces(Vec<u8>);

impl Body for Pieces {
    fn chunk(&mut self) -> Local<'_, Result<Option<Vec<u8>>, Error>> {
        let rest = self.0.split_off(self.0.len().min(8_191));
        let piece = std::mem::replace(&mut self.0, rest);
        Box::pin(async { Ok((!piece.is_empty()).then_some(piece)) })
    }
}

/// A call that every client makes on the recorded data.
#[derive(serde::Deserialize)]
pub(crate) struct Row {
    pub(crate) tool: String,
    arguments: Value,
}

/// The calls that every client makes, one of each tool.
pub(crate) fn rows() -> Vec<Row> {
    serde_json::from_str(include_str!("../../../tests/clients/calls.json")).unwrap()
}

/// Calls that are about no single application, with each of their parameters.
const GENERAL: &[(&str, &str)] = &[
    ("list_applications", r#"{}"#),
    ("list_applications", r#"{"limit": 500}"#),
    ("list_applications", r#"{"project": "finance"}"#),
    ("list_applications", r#"{"search": "api", "sort": "name"}"#),
    (
        "list_applications",
        r#"{"health": "Degraded,Progressing", "sync": "Synced"}"#,
    ),
    (
        "list_applications",
        r#"{"cluster": "in-cluster", "namespace": "checkout", "repo": "payments", "image": "checkout"}"#,
    ),
    (
        "list_applications",
        r#"{"phase": "Failed", "selector": "", "app_namespace": "team-growth"}"#,
    ),
    ("list_applications", r#"{"group_by": "repo"}"#),
    (
        "list_applications",
        r#"{"group_by": "cluster", "limit": 2}"#,
    ),
    ("list_projects", r#"{}"#),
    ("list_projects", r#"{"search": "freeze"}"#),
    ("list_projects", r#"{"name": "finance"}"#),
    ("get_project", r#"{"name": "finance"}"#),
    ("list_clusters", r#"{}"#),
    ("list_clusters", r#"{"failed_only": true, "server": "k8s"}"#),
    ("list_clusters", r#"{"name": "prod-eu"}"#),
    ("list_repositories", r#"{}"#),
    ("list_repositories", r#"{"failed_only": true}"#),
    ("list_repositories", r#"{"search": "legacy"}"#),
    (
        "find_applications",
        r#"{"image": "checkout", "kind": "Deployment"}"#,
    ),
    (
        "find_applications",
        r#"{"repo": "payments", "path": "o", "target_revision": "h"}"#,
    ),
    (
        "find_applications",
        r#"{"cluster": "dr-west", "namespace": "edge", "project": "platform"}"#,
    ),
    ("find_applications", r#"{"resource": "config", "limit": 2}"#),
    ("list_applicationsets", r#"{}"#),
    (
        "list_applicationsets",
        r#"{"project": "growth", "limit": 1}"#,
    ),
    ("get_applicationset", r#"{"name": "tenant-portals"}"#),
    ("get_applicationset", r#"{"name": "promo-sites"}"#),
    ("get_server_info", r#"{}"#),
    (
        "compare_applications",
        r#"{"name": "cms-edge-a", "other": "cms-edge-b"}"#,
    ),
    (
        "compare_applications",
        r#"{"name": "billing", "other": "shop-gateway", "format": "unified", "kind": "Deployment"}"#,
    ),
    (
        "compare_applications",
        r#"{"name": "orders-api", "other": "ab-testing", "format": "stat"}"#,
    ),
];

/// Calls that fit every application, with each of their parameters.
const OF_ONE: &[(&str, &str)] = &[
    ("diagnose_application", "{}"),
    (
        "get_application",
        r#"{"include": "values,history,resources,annotations"}"#,
    ),
    (
        "get_application_resource_tree",
        r#"{"kind": "Pod", "depth": 3}"#,
    ),
    (
        "get_application_resource_tree",
        r#"{"health": "Degraded", "orphaned": true}"#,
    ),
    (
        "get_application_managed_resources",
        r#"{"view": "live", "kind": "Secret"}"#,
    ),
    (
        "get_application_managed_resources",
        r#"{"only": "changed"}"#,
    ),
    (
        "get_application_events",
        r#"{"warnings_only": true, "since": "1h"}"#,
    ),
    ("get_application_manifests", r#"{"view": "yaml"}"#),
    (
        "get_application_logs",
        r#"{"previous": true, "filter": "e"}"#,
    ),
    ("diff_application", "{}"),
    (
        "diff_application",
        r#"{"against": "previous", "format": "unified"}"#,
    ),
    ("get_application_history", "{}"),
    ("get_sync_status", "{}"),
    ("get_sync_windows", "{}"),
];

/// Every call that the recordings can answer, each tool for each application.
pub(crate) fn calls() -> Vec<(&'static str, Value)> {
    let parse = |text: &str| serde_json::from_str(text).unwrap();
    let general = GENERAL.iter().map(|(tool, text)| (*tool, parse(text)));
    let rows = rows().into_iter().map(|row| {
        let tool = tools::find(&row.tool).unwrap_or_else(|| panic!("{} is no tool", row.tool));
        (tool.name, row.arguments)
    });
    let recorded = recorded().iter().filter(|entry| entry.account == "ci");
    let mut calls = Vec::new();
    for call in general.chain(rows).chain(recorded.flat_map(calls_for)) {
        if !calls.contains(&call) {
            calls.push(call);
        }
    }
    calls
}

/// The calls that ask for what `entry` recorded: all of its application when it is the application.
fn calls_for(entry: &Recorded) -> Vec<(&'static str, Value)> {
    let mut parts = entry.path.trim_start_matches("/api/v1/").split('/');
    let (Some("applications"), Some(name)) = (parts.next(), parts.next()) else {
        return Vec::new();
    };
    let mut arguments = json!({"name": name});
    if let Some(namespace) = entry.query.get("appNamespace") {
        arguments["app_namespace"] = namespace.as_str().into();
    }
    let mut copy = |from: &str, to: &str| {
        if let Some(value) = entry.query.get(from).filter(|value| !value.is_empty()) {
            arguments[to] = value.as_str().into();
        }
    };
    let tool = match parts.next() {
        None => return calls_about(&arguments),
        Some("resource") => {
            for key in ["group", "kind", "namespace"] {
                copy(key, key);
            }
            copy("resourceName", "resource");
            "get_resource"
        }
        Some("resource-tree") => "get_application_resource_tree",
        Some("managed-resources") => "get_application_managed_resources",
        Some("events") => "get_application_events",
        Some("manifests") => {
            copy("revision", "revision");
            "get_application_manifests"
        }
        Some("logs") if entry.query.contains_key("podName") => {
            copy("podName", "pod");
            copy("container", "container");
            "get_application_logs"
        }
        Some(_) => return Vec::new(),
    };
    vec![(tool, arguments)]
}

/// The calls that fit any application, about the one that `application` names.
fn calls_about(application: &Value) -> Vec<(&'static str, Value)> {
    let mut project = application.clone();
    project["application"] = project["name"].take();
    project.as_object_mut().unwrap().remove("name");
    let mut calls = Vec::new();
    for (tool, more) in OF_ONE {
        let mut all = application.clone();
        let more: Value = serde_json::from_str(more).unwrap();
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        calls.push((*tool, all));
    }
    calls.push(("get_project", project));
    calls.push(("get_application", application.clone()));
    calls
}
