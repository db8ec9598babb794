//! Answers from folders of recorded ones, without any server: what `argocd-host record` writes, and the
//! incidents that the tests hold.
//!
//! Reads the folders once, at the start, and nothing afterwards. A folder may come from a stranger, so a
//! row names a file inside of its folder only.

mod load;
mod logs;
mod moment;

use std::{collections::HashMap, path::Path};

use serde_json::{Value, json};

use crate::{
    key::Key,
    query::Target,
    returned::{Version, returned_body},
};
pub use load::Unreadable;

/// The server whose rules count when a folder does not say its version: that of the recordings.
const RECORDED: Version = Version(3, 5, 1);

/// Recorded answers.
pub struct Replay {
    plain: HashMap<Key, Vec<Recorded>>,
    logs: Vec<Recorded>,
    version: Version,
    moment: Option<i64>,
}

/// One recorded answer.
struct Recorded {
    target: Target,
    status: u16,
    content_type: String,
    body: Vec<u8>,
}

/// What a request is answered with.
#[derive(Debug, PartialEq, Eq)]
pub struct Replayed {
    /// HTTP status.
    pub status: u16,
    /// Media type.
    pub content_type: String,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Replay {
    /// Reads a folder with an `index.json`, or all folders with one below it; `_server` in it or beside it too.
    pub fn load(folder: &Path) -> Result<Replay, Unreadable> {
        let mut replay = Replay {
            plain: HashMap::new(),
            logs: Vec::new(),
            version: RECORDED,
            moment: None,
        };
        load::read(folder, &mut replay)?;
        let said = replay.find(&Target::parse("/api/version"));
        let said: Option<Value> = said.and_then(|found| serde_json::from_slice(&found.body).ok());
        if let Some(version) = said.as_ref().and_then(|said| said["Version"].as_str()) {
            replay.version = Version::parse(version);
        }
        Ok(replay)
    }

    /// When the answers were recorded, in seconds since 1970; `None` when they hold no time.
    pub fn moment(&self) -> Option<i64> {
        self.moment
    }

    /// Answers a GET of a path, below the server's prefix, with its query. Never fails: what was not
    /// recorded is a 404 that names the request.
    pub fn answer(&self, path_and_query: &str) -> Replayed {
        let target = Target::parse(path_and_query);
        if is_log(&target) {
            let said = logs::answer(&self.logs, &target, self.moment);
            return said.unwrap_or_else(|| not_recorded(path_and_query));
        }
        let Some(found) = self.find(&target) else {
            return not_recorded(path_and_query);
        };
        let (status, body) = returned_body(
            self.version,
            path_and_query,
            found.status,
            found.body.clone(),
        );
        Replayed {
            status,
            content_type: found.content_type.clone(),
            body,
        }
    }

    /// The recording with the same identity that has the most of what `fields` asks for.
    fn find(&self, target: &Target) -> Option<&Recorded> {
        let key = target.key();
        let whole = || {
            let path = target.segments();
            let filtered = path.ends_with(&["managed-resources"]);
            filtered.then(|| self.plain.get(&Key::plain(&path, key.app_namespace())))?
        };
        let found = self.plain.get(&key).or_else(whole)?;
        let (wanted, filters) = (fields(target), filters(target));
        let is_enough = |recorded: &&Recorded| {
            let cut = self::filters(&recorded.target);
            cut.is_empty() || cut == filters
        };
        let missing = |recorded: &&Recorded| match (fields(&recorded.target), &wanted) {
            (None, _) => 0,
            (Some(_), None) => usize::MAX,
            (Some(has), Some(wanted)) => wanted.iter().filter(|field| !has.contains(field)).count(),
        };
        found.iter().filter(is_enough).min_by_key(missing)
    }
}

/// What a list of applications, projects and the like was cut to, besides `fields`.
fn filters(target: &Target) -> Vec<(&str, &str)> {
    const FILTERS: [&str; 5] = ["projects", "name", "selector", "repo", "appsetNamespace"];
    let pairs = target
        .query
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    let mut found: Vec<_> = pairs
        .filter(|(key, value)| target.path.len() == 3 && FILTERS.contains(key) && !value.is_empty())
        .collect();
    found.sort_unstable();
    found
}

fn is_log(target: &Target) -> bool {
    target.path.last().is_some_and(|last| last == "logs")
}

/// The paths that `fields` names; `None` when the whole document is meant.
fn fields(target: &Target) -> Option<Vec<&str>> {
    Some(target.get("fields")?.split(',').collect())
}

fn not_recorded(path_and_query: &str) -> Replayed {
    let message = format!("not in the recording: GET {path_and_query}");
    let body = json!({"error": message, "code": 5, "message": message});
    Replayed {
        status: 404,
        content_type: "application/json".to_owned(),
        body: body.to_string().into_bytes(),
    }
}

#[cfg(test)]
mod tests;
