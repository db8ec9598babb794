//! Reads folders of recorded answers.

use std::{
    collections::HashMap,
    fmt, fs,
    path::{Component, Path, PathBuf},
};

use serde_json::Value;

use super::{Recorded, Replay, filters, is_log, moment};
use crate::query::Target;

/// The folder of what belongs to no single application.
const SERVER: &str = "_server";
/// The list of the rows.
const INDEX: &str = "index.json";
/// Most folders below one: a collection of incidents has some hundred.
const FOLDERS: usize = 2_000;
/// Largest recorded body, in bytes: what the host takes from a server.
const BODY_BYTES: u64 = 64 << 20;

/// Why a folder cannot be replayed.
#[derive(Debug)]
pub enum Unreadable {
    /// There is no `index.json` in it or in a folder below it.
    NoIndex(PathBuf),
    /// A file cannot be read.
    File(PathBuf, std::io::Error),
    /// An `index.json` is no list of rows.
    Index(PathBuf, String),
    /// No row of it has an answer.
    Empty(PathBuf),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoIndex(folder) => write!(
                f,
                "{} has no index.json, nor has a folder in it",
                folder.display()
            ),
            Self::File(file, error) => write!(f, "cannot read {}: {error}", file.display()),
            Self::Index(file, why) => write!(f, "{} is no list of requests: {why}", file.display()),
            Self::Empty(folder) => write!(f, "{} holds no recorded answer", folder.display()),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Reads `folder`, or the folders in it, and `_server` in it or beside it.
pub(super) fn read(folder: &Path, replay: &mut Replay) -> Result<(), Unreadable> {
    let folder = &folder
        .canonicalize()
        .map_err(|error| Unreadable::File(folder.to_owned(), error))?;
    let is_one = folder.join(INDEX).is_file();
    let incidents = if is_one {
        vec![folder.clone()]
    } else {
        below(folder)?
    };
    if incidents.is_empty() {
        return Err(Unreadable::NoIndex(folder.clone()));
    }
    for incident in &incidents {
        add(incident, replay)?;
    }
    let beside = folder.parent().map(|parent| parent.join(SERVER));
    let within = Some(folder.join(SERVER));
    for server in [within, beside.filter(|_| is_one)].into_iter().flatten() {
        if server.join(INDEX).is_file() && !incidents.contains(&server) {
            add(&server, replay)?;
        }
    }
    if replay.plain.is_empty() && replay.logs.is_empty() {
        return Err(Unreadable::Empty(folder.clone()));
    }
    Ok(())
}

/// The incidents in a folder by name, `_server` left out.
fn below(folder: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let entries =
        fs::read_dir(folder).map_err(|error| Unreadable::File(folder.to_owned(), error))?;
    let mut found: Vec<PathBuf> = entries
        .take(FOLDERS)
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join(INDEX).is_file() && path.file_name().is_some_and(|n| n != SERVER))
        .collect();
    found.sort();
    Ok(found)
}

fn add(folder: &Path, replay: &mut Replay) -> Result<(), Unreadable> {
    let index = folder.join(INDEX);
    let text = fs::read(&index).map_err(|error| Unreadable::File(index.clone(), error))?;
    let rows: Vec<Value> = serde_json::from_slice(&text)
        .map_err(|error| Unreadable::Index(index.clone(), error.to_string()))?;
    let is_server = folder.file_name().is_some_and(|name| name == SERVER);
    for row in &rows {
        if !is_server && let Some(said) = row["recorded_at"].as_str() {
            replay.moment = replay.moment.max(moment::of(said));
        }
    }
    let is_said = replay.moment.is_some();
    for row in &rows {
        let Some((file, recorded)) = recorded(folder, row) else {
            continue;
        };
        if is_server && !is_plain(row, file) {
            continue;
        }
        if !is_server && !is_said {
            replay.moment = replay.moment.max(moment::newest(&recorded.body));
        }
        keep(replay, recorded);
    }
    Ok(())
}

/// The first recording of a request counts; lists of applications of several folders are one.
fn keep(replay: &mut Replay, recorded: Recorded) {
    if is_log(&recorded.target) {
        replay.logs.push(recorded);
        return;
    }
    let is_list = recorded.target.segments() == ["api", "v1", "applications"];
    let known = replay.plain.entry(recorded.target.key()).or_default();
    let same = |known: &&mut Recorded| {
        known.target.get("fields") == recorded.target.get("fields")
            && filters(&known.target) == filters(&recorded.target)
    };
    match known.iter_mut().find(same) {
        Some(known) if is_list => merge(known, &recorded),
        Some(_) => {}
        None => known.push(recorded),
    }
}

/// Adds the applications of `other` that are not in the list yet.
fn merge(list: &mut Recorded, other: &Recorded) {
    let items = |body: &[u8]| -> Option<(Value, Vec<Value>)> {
        let document: Value = serde_json::from_slice(body).ok()?;
        let items = document["items"].as_array().cloned().unwrap_or_default();
        Some((document, items))
    };
    let (Some((mut document, mut known)), Some((_, more))) =
        (items(&list.body), items(&other.body))
    else {
        return;
    };
    let name = |item: &Value| {
        let part = |key: &str| {
            item["metadata"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        (part("namespace"), part("name"))
    };
    let mut names: HashMap<_, ()> = known.iter().map(|item| (name(item), ())).collect();
    known.extend(
        more.into_iter()
            .filter(|item| names.insert(name(item), ()).is_none()),
    );
    document["items"] = Value::Array(known);
    list.body = document.to_string().into_bytes();
}

/// The answer of a row and the name of its file; `None` for what is no GET, or has no file in the folder.
fn recorded<'a>(folder: &Path, row: &'a Value) -> Option<(&'a str, Recorded)> {
    let request = row["request"].as_str()?.strip_prefix("GET ")?;
    let file = row["file"].as_str()?;
    let path = place(folder, file)?;
    let is_small = fs::metadata(&path).is_ok_and(|found| found.len() <= BODY_BYTES);
    let body = fs::read(&path).ok().filter(|_| is_small)?;
    let headers = row["headers"].as_object();
    let content_type = headers.and_then(|headers| {
        let known = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        known?.1.as_str()
    });
    let recorded = Recorded {
        target: Target::parse(request),
        status: u16::try_from(row["status"].as_u64()?).ok()?,
        content_type: content_type.unwrap_or("application/json").to_owned(),
        body,
    };
    Some((file, recorded))
}

/// Where the file of a row is: in the folder itself, or where collections keep what their server said.
fn place(folder: &Path, file: &str) -> Option<PathBuf> {
    let file = Path::new(file);
    let name = file.file_name()?;
    let is_name = file.components().eq([Component::Normal(name)]);
    let own = folder.join(name);
    if is_name || own.is_file() {
        return is_inside(&own, folder).then_some(own);
    }
    let kept = Path::new("recorded").join(SERVER);
    let shared = folder.parent()?.parent()?.join(&kept);
    let found = shared.join(name);
    (file.parent()?.ends_with(&kept) && is_inside(&found, &shared)).then_some(found)
}

/// Whether the file is in the folder, links followed.
fn is_inside(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    match (real(file), real(folder)) {
        (Some(file), Some(folder)) => file.is_file() && file.parent() == Some(&folder),
        _ => false,
    }
}

/// Whether a row of `_server` is what a reader of everything gets from a server in good order.
fn is_plain(row: &Value, file: &str) -> bool {
    const OTHERS: [&str; 4] = ["cold-cache-", "rootpath-", "prefix-not-", "tls-port-"];
    let name = file.rsplit('/').next().unwrap_or(file);
    row["as"] == "ci"
        && row.get("requestHeaders").is_none()
        && !matches!(row["status"].as_u64(), Some(401 | 403 | 404))
        && !name.ends_with(".gz")
        && !OTHERS.iter().any(|other| name.starts_with(other))
}
