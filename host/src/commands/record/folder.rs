//! The folder: one file for each answer, and `index.json`, which says what each answers.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use argocd_gate::escape::escaped;
use chrono::{DateTime, SecondsFormat};
use serde_json::json;

use super::gathered::Document;
use crate::{exit::Failure, limits};

/// A new folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder, which must not hold anything yet: a file of another recording would be taken for
    /// one of this.
    pub(super) fn make(path: &Path) -> Result<Folder, Failure> {
        let failed = |why: String| {
            Failure::Component(format!(
                "--output {}: {why}",
                escaped(&path.display().to_string())
            ))
        };
        match fs::read_dir(path).map(|mut entries| entries.next().is_none()) {
            Ok(true) => {}
            Ok(false) => return Err(failed("the folder is not empty".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(path).map_err(|error| failed(error.to_string()))?;
            }
            Err(error) => return Err(failed(error.to_string())),
        }
        // Written by this path later, when little else can be reached any more.
        let path = fs::canonicalize(path).map_err(|error| failed(error.to_string()))?;
        Ok(Folder(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes the answers and their index.
    pub(super) fn write(&self, documents: &[Document], recorded_at: i64) -> Result<(), Failure> {
        let mut names = BTreeSet::from(["index.json".to_owned()]);
        let moment = DateTime::from_timestamp(recorded_at, 0).unwrap_or_default();
        let moment = moment.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut index = Vec::with_capacity(documents.len());
        for document in documents {
            let file = free(&mut names, document);
            self.file(&file, &document.body)?;
            index.push(json!({
                "request": format!("GET {}", document.request),
                "as": "ci",
                "status": document.status,
                "headers": {"Content-Type": document.content_type},
                "file": file,
                "recorded_at": moment,
            }));
        }
        self.file("index.json", &format!("{:#}\n", json!(index)))
    }

    fn file(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.0.join(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        let written = options
            .open(&path)
            .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()));
        written.map_err(|error| {
            Failure::Component(format!(
                "cannot write {}: {error}",
                escaped(&path.display().to_string())
            ))
        })
    }
}

/// A name that no other file has.
fn free(names: &mut BTreeSet<String>, document: &Document) -> String {
    let (stem, end) = (stem(&document.request), ending(document));
    let mut name = format!("{stem}.{end}");
    let mut count = 1;
    while !names.insert(name.clone()) {
        count += 1;
        name = format!("{stem}-{count}.{end}");
    }
    name
}

fn ending(document: &Document) -> &'static str {
    let path = document.request.split('?').next().unwrap_or_default();
    if path.ends_with("/logs") && document.status == 200 {
        "ndjson"
    } else if document.content_type.contains("json") {
        "json"
    } else {
        "txt"
    }
}

/// What the request is about: the last words of its path, and whose it is.
fn stem(request: &str) -> String {
    /// Keys that tell requests of one path apart.
    const TELLING: [&str; 6] = [
        "kind",
        "resourceName",
        "podName",
        "container",
        "revision",
        "sourceIndex",
    ];
    let (path, query) = request.split_once('?').unwrap_or((request, ""));
    let words: Vec<&str> = path
        .split('/')
        .filter(|word| !matches!(*word, "" | "api" | "v1"))
        .collect();
    let mut words = match words[..] {
        ["applications", _] => vec!["application"],
        ["applications", _, ref rest @ ..] => rest.to_vec(),
        _ => words,
    };
    for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        if TELLING.contains(&key) {
            words.push(value);
        } else if (key, value) == ("previous", "true") {
            words.push(key);
        }
    }
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let words = words.iter().filter(|word| !word.is_empty());
    let stem: String = words
        .copied()
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        .map(plain)
        .collect();
    let stem = &stem[..stem.len().min(limits::RECORDED_NAME_BYTES)];
    stem.trim_matches(['.', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn files_are_called_by_what_they_answer() {
        for (request, expected) in [
            ("/api/v1/applications/web", "application"),
            ("/api/v1/applications?projects=a", "applications"),
            ("/api/v1/applications/web/resource-tree", "resource-tree"),
            (
                "/api/v1/applications/web/resource?namespace=a&resourceName=b&version=v1&group=apps&kind=Deployment",
                "resource-b-deployment",
            ),
            (
                "/api/v1/applications/web/logs?podName=p&container=c&tailLines=5&previous=true",
                "logs-p-c-previous",
            ),
            (
                "/api/v1/applications/web/revisions/0a1b/metadata",
                "revisions-0a1b-metadata",
            ),
            ("/api/version", "version"),
            (
                "/api/v1/account/can-i/applications/get/*/*",
                "account-can-i-applications-get",
            ),
            ("/api/v1/projects/../../x%2Fy", "projects-..-..-x-2fy"),
        ] {
            assert_eq!(stem(request), expected, "{request}");
        }
    }
}
