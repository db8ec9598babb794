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
use argocd_simulator::{Version, returned_body};
use serde_json::{Value, json};

/// 2026-11-22T21:15:00Z, two minutes after the recording.
const NOW_MS: i64 = 1_795_382_100_000;

/// The server of the recordings.
const RECORDED: Version = Version(3, 5, 1);

/// One recorded exchange.
#[derive(Clone)]
pub(crate) struct Recorded {
    pub(crate) scenario: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) account: String,
    pub(crate) status: u16,
    content_type: String,
    pub(crate) body: Vec<u8>,
}

/// Answers of one server, and when they were recorded.
#[derive(Clone, Copy)]
pub(crate) struct Recording {
    pub(crate) entries: &'static [Recorded],
    /// The time of the replay, in milliseconds since 1970.
    pub(crate) now_ms: i64,
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
        let read = |folder: PathBuf| {
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            entries(&name, &|file| fs::read(folder.join(file)).ok())
        };
        folders.into_iter().flat_map(read).collect()
    });
    &ALL
}

/// The exchanges by GET of a folder whose files `file` reads.
pub(crate) fn entries(folder: &str, file: &dyn Fn(&str) -> Option<Vec<u8>>) -> Vec<Recorded> {
    let index: Vec<Value> = serde_json::from_slice(&file("index.json").unwrap()).unwrap();
    let entries = index.iter().filter_map(|entry| {
        let url = entry["request"].as_str()?.strip_prefix("GET ")?;
        // A host or a proxy has undone the compression before a guest sees a body.
        let is_plain = !entry["file"].as_str()?.ends_with(".gz");
        let url = is_plain.then_some(url)?;
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Some(Recorded {
            scenario: folder.to_owned(),
            path: path.to_owned(),
            query: parsed(query),
            account: entry["as"].as_str().unwrap_or_default().to_owned(),
            status: u16::try_from(entry["status"].as_u64()?).ok()?,
            content_type: entry["headers"]["Content-Type"]
                .as_str()
                .unwrap_or_default()
                .to_lowercase(),
            body: file(entry["file"].as_str()?)?,
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

/// A tool and its arguments.
pub(crate) type Call = (&'static str, Value);

/// Changes a body before it is replayed; gets the path.
pub(crate) type Change = Box<dyn Fn(&str, Vec<u8>) -> Vec<u8>>;

/// Answers a path with its query.
type Answers = Box<dyn Fn(&str, &BTreeMap<String, String>) -> (u16, Option<Vec<u8>>)>;

/// Argo CD as recorded.
pub(crate) struct Replay {
    recording: Recording,
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
        Self::of(own(), change)
    }

    /// Another recording, with each body changed.
    pub(crate) fn of(
        recording: Recording,
        change: impl Fn(&str, Vec<u8>) -> Vec<u8> + 'static,
    ) -> Rc<Self> {
        Rc::new(Self {
            recording,
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
            recording: own(),
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
        call_through(self.clone(), Offer::all(tools::all()), tool, arguments)
    }

    /// Calls a tool as a client does that has those of `offer`.
    pub(crate) fn call_of(self: &Rc<Self>, offer: Offer, tool: &str, arguments: Value) -> Answer {
        call_through(self.clone(), offer, tool, arguments)
    }

    /// The recorded answer that fits `path_and_query` best: same path, the most equal parameters.
    /// Filters of lists, and `fields`, are not looked at: they cut the answer afterwards.
    pub(crate) fn find(path_and_query: &str) -> Option<&'static Recorded> {
        own().find(path_and_query)
    }
}

/// The arguments that name each recorded application.
pub(crate) fn recorded_applications() -> Vec<(String, Value)> {
    let list = Replay::find("/api/v1/applications").unwrap();
    let list: Value = serde_json::from_slice(&list.body).unwrap();
    let arguments = list["items"].as_array().unwrap().iter().map(|app| {
        let name = app["metadata"]["name"].as_str().unwrap();
        let arguments = match app["metadata"]["namespace"].as_str() {
            Some("argocd") | None => json!({"name": name}),
            Some(namespace) => json!({"name": name, "app_namespace": namespace}),
        };
        (name.to_owned(), arguments)
    });
    arguments.collect()
}

/// The recordings of our own.
pub(crate) fn own() -> Recording {
    Recording {
        entries: recorded(),
        now_ms: NOW_MS,
    }
}

impl Recording {
    /// The recorded answer that fits best, as [`Replay::find`] says.
    fn find(self, path_and_query: &str) -> Option<&'static Recorded> {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        let query = parsed(query);
        let is_list = path.matches('/').count() == 3 || path.ends_with("/managed-resources");
        let decides = |key: &str| {
            key == "kind" && path.ends_with("/resource")
                || (!is_list || key == "appNamespace" && path.ends_with("/managed-resources"))
                    && matches!(
                        key,
                        "revision"
                            | "revisions"
                            | "podName"
                            | "container"
                            | "appNamespace"
                            | "previous"
                            | "filter"
                            | "refresh"
                            | "project"
                            | "resourceName"
                            | "resourceUID"
                    )
        };
        let fits = |entry: &&Recorded| {
            let keys: BTreeSet<&String> = query
                .keys()
                .chain(entry.query.keys())
                .filter(|key| decides(key))
                .collect();
            entry.path == path
                && !entry.query.contains_key("fields")
                && (!is_list || entry.query.keys().all(|key| key == "appNamespace"))
                && (entry.account == "ci" || entry.path == "/api/version")
                && keys
                    .iter()
                    .all(|key| query.get(*key) == entry.query.get(*key))
        };
        let equal = |entry: &&Recorded| {
            (
                entry.status == 200,
                entry.account == "ci",
                entry.scenario != "_server",
            )
        };
        self.entries.iter().filter(fits).max_by_key(equal)
    }
}

/// Calls a tool of `offer` whose requests go through `port`.
pub(crate) fn call_through(
    port: Rc<dyn Port>,
    offer: Offer,
    tool: &str,
    arguments: Value,
) -> Answer {
    let env = |name: &str| match name {
        "ARGOCD_SERVER" => Some("argocd.example.com".to_owned()),
        "ARGOCD_AUTH_TOKEN" => Some("t0ken".to_owned()),
        _ => None,
    };
    let context = Context {
        client: Client::new(port, Settings::from_env(env).unwrap()),
        offer: Rc::new(offer),
        progress: Rc::new(|_, _, _| {}),
    };
    let arguments = arguments.as_object().unwrap().clone();
    let tool = tools::find(tool).unwrap_or_else(|| panic!("{tool} is no tool"));
    pollster::block_on(tools::call(&context, tool, arguments))
}

/// A response of status, content type and body.
pub(crate) fn respond((status, content_type, body): (u16, String, Vec<u8>)) -> Response {
    Response {
        status,
        content_type: Some(content_type),
        content_length: None,
        retry_after: None,
        location: None,
        body: Box::new(Pieces(body)),
    }
}

impl Replay {
    /// Status, content type and body of what the server sends of it.
    pub(crate) fn sent(&self, path_and_query: &str) -> (u16, String, Vec<u8>) {
        let (status, content_type, document) = self.document(path_and_query);
        let (status, body) = returned_body(self.version(), path_and_query, status, document);
        (status, content_type, body)
    }

    /// Status, content type and all that the server holds behind a path.
    fn document(&self, path_and_query: &str) -> (u16, String, Vec<u8>) {
        let json = |status, body| (status, "application/json".to_owned(), body);
        let denied = || {
            let denied =
                json!({"error": "permission denied", "code": 7, "message": "permission denied"});
            json(403, denied.to_string().into_bytes())
        };
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        if let Some(answers) = &self.answers {
            return match answers(path, &parsed(query)) {
                (status, Some(body)) => json(status, body),
                (_, None) => denied(),
            };
        }
        if let Some(found) = self.recording.find(path_and_query) {
            let mut body = (self.change)(&found.path, found.body.clone());
            if path.ends_with("/logs") && found.status == 200 {
                body = newest(body, parsed(query).get("tailLines"));
            }
            return (found.status, found.content_type.clone(), body);
        }
        match (self.change)(path, Vec::new()) {
            body if body.is_empty() => denied(),
            body => json(200, body),
        }
    }

    /// The version that it says it has; that of the recordings when it says none.
    fn version(&self) -> Version {
        let (_, _, body) = self.document("/api/version");
        let said: Option<Value> = serde_json::from_slice(&body).ok();
        let said = said.and_then(|said| said["Version"].as_str().map(Version::parse));
        said.unwrap_or(RECORDED)
    }
}

/// The last `lines` lines of a log, and what says that it ends there.
fn newest(body: Vec<u8>, lines: Option<&String>) -> Vec<u8> {
    let most = lines.and_then(|lines| lines.parse::<usize>().ok());
    let Some(most) = most.filter(|most| *most > 0) else {
        return body;
    };
    let all: Vec<&[u8]> = body.split_inclusive(|byte| *byte == b'\n').collect();
    let is_end = |line: &&&[u8]| {
        let line: Value = serde_json::from_slice(line).unwrap_or_default();
        line["result"]["last"] == true
    };
    let ends = all.iter().rev().take_while(is_end).count();
    all[all.len().saturating_sub(most + ends)..].concat()
}

impl Port for Replay {
    fn get<'a>(&'a self, path: &'a str, _: Option<&'a str>) -> Local<'a, Result<Response, Error>> {
        self.requests.borrow_mut().push(path.to_owned());
        let response = respond(self.sent(path));
        Box::pin(async { Ok(response) })
    }

    fn post_session<'a>(&'a self, _: &'a str, _: &'a str) -> Local<'a, Result<Response, Error>> {
        panic!("a token needs no login")
    }

    fn now_ms(&self) -> i64 {
        self.recording.now_ms
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
