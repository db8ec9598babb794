//! Folders on disk, and what is answered from them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use super::Replay;

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("argocd-replay-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder.canonicalize().unwrap())
    }

    /// Writes an incident: path and query, status and body of each row.
    fn incident(&self, name: &str, rows: &[(&str, u16, &str)]) {
        let folder = self.0.join(name);
        fs::create_dir_all(&folder).unwrap();
        let mut index = Vec::new();
        for (at, (request, status, body)) in rows.iter().enumerate() {
            let file = format!("{at}.json");
            fs::write(folder.join(&file), body).unwrap();
            index.push(row(request, *status, &file));
        }
        fs::write(folder.join("index.json"), json!(index).to_string()).unwrap();
    }
}

fn row(request: &str, status: u16, file: &str) -> Value {
    json!({
        "request": format!("GET {request}"), "as": "ci", "status": status,
        "headers": {"Content-Type": "application/json"}, "file": file,
    })
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn load(folder: &Path) -> Replay {
    Replay::load(folder).unwrap_or_else(|error| panic!("{error}"))
}

fn said(replay: &Replay, request: &str) -> (u16, Value) {
    let answer = replay.answer(request);
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

const APPS: &str = "/api/v1/applications";

#[test]
fn lists_are_cut_as_a_server_cuts_them() {
    let folder = Folder::new();
    let app = |name: &str| json!({"metadata": {"name": name}, "spec": {"project": "p"}});
    let list = |name: &str| json!({"items": [app(name), app("both")]}).to_string();
    folder.incident("a", &[(APPS, 200, &list("one"))]);
    folder.incident("b", &[(APPS, 200, &list("two"))]);
    folder.incident(
        "_server",
        &[("/api/version", 200, r#"{"Version": "v3.4.0"}"#)],
    );
    let all = load(&folder.0);
    let names = |replay: &Replay, query: &str| -> Vec<String> {
        let (_, list) = said(replay, &format!("{APPS}{query}"));
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|item| item["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&all, ""), ["one", "both", "two"]);
    assert_eq!(names(&load(&folder.0.join("b")), ""), ["two", "both"]);
    assert_eq!(names(&all, "?name=two"), ["two"]);
    let part = format!("{APPS}?projects=p");
    folder.incident("c", &[(&part, 200, &list("three"))]);
    let cut = load(&folder.0.join("c"));
    assert_eq!(names(&cut, "?projects=p"), ["three", "both"]);
    // A part is not the whole.
    assert_eq!(cut.answer(APPS).status, 404);
    // The version beside the incident decides which fields there are.
    let (_, list) = said(
        &load(&folder.0.join("a")),
        &format!("{APPS}?fields=items.metadata.name,items.spec.project"),
    );
    assert_eq!(list["items"][0], json!({"metadata": {"name": "one"}}));
}

#[test]
fn the_recording_with_the_most_of_the_fields_answers() {
    let folder = Folder::new();
    let path = format!("{APPS}/a/managed-resources");
    let few = format!("{path}?fields=items.name,items.kind");
    let many = format!("{path}?fields=items.name,items.kind,items.liveState");
    let item = json!({"items": [{"name": "n", "kind": "K"}]}).to_string();
    let whole = json!({"items": [{"name": "n", "kind": "K", "liveState": "{}"}]}).to_string();
    folder.incident("a", &[(&few, 200, &item), (&many, 200, &whole)]);
    let replay = load(&folder.0);
    for (query, expected) in [
        (
            "?fields=items.name,items.liveState",
            json!({"name": "n", "liveState": "{}"}),
        ),
        (
            "?fields=items.name,items.kind",
            json!({"name": "n", "kind": "K"}),
        ),
    ] {
        assert_eq!(
            said(&replay, &format!("{path}{query}")).1["items"][0],
            expected,
            "{query}"
        );
    }
    assert_eq!(
        said(&replay, &format!("{path}?fields=items.name&kind=Other")).1,
        json!({})
    );
}

#[test]
fn a_log_is_cut_to_its_last_lines() {
    let folder = Folder::new();
    let line = |second: u32| {
        json!({"result": {"content": format!("{second}"), "last": false, "timeStampStr": format!("2026-11-22T21:00:{second:02}Z")}})
            .to_string()
    };
    let end =
        json!({"result": {"content": "", "last": true, "timeStampStr": "2026-11-22T21:00:59Z"}})
            .to_string();
    let body =
        |seconds: &[u32]| seconds.iter().map(|s| line(*s) + "\n").collect::<String>() + &end + "\n";
    let log = |query: &str| format!("{APPS}/a/logs?podName=p&container=c&{query}");
    folder.incident(
        "a",
        &[
            (&log("tailLines=2"), 200, &body(&[8, 9])),
            (&log("tailLines=100"), 200, &body(&[1, 2, 3, 8, 9])),
            (&log("tailLines=100&previous=true"), 200, &body(&[5])),
        ],
    );
    let replay = load(&folder.0);
    let shown = |query: &str| -> Vec<String> {
        let body = String::from_utf8(replay.answer(&log(query)).body).unwrap();
        let lines = body
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .map(|line| line["result"]["content"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(shown("tailLines=2"), ["8", "9", ""]);
    assert_eq!(shown("tailLines=3"), ["3", "8", "9", ""]);
    assert_eq!(shown("tailLines=5000"), ["1", "2", "3", "8", "9", ""]);
    assert_eq!(shown("tailLines=10&sinceSeconds=52"), ["8", "9", ""]);
    assert_eq!(shown("tailLines=9&previous=true"), ["5", ""]);
    let second = format!("{APPS}/a/logs?podName=two&container=");
    let both = [
        format!("{second}x&tailLines=5"),
        format!("{second}y&tailLines=5"),
    ];
    folder.incident("b", &both.each_ref().map(|log| (&**log, 200, "")));
    let two = load(&folder.0).answer(&format!("{APPS}/a/logs?podName=two&tailLines=5"));
    let two = String::from_utf8(two.body).unwrap();
    assert!(
        two.contains("must be specified for pod two, choose one of: [x y]"),
        "{two}"
    );
    // Who leaves out what is plain means the same log.
    let of = |query: &str| replay.answer(&format!("{APPS}/a/logs?{query}")).status;
    for (query, status) in [
        ("podName=p&tailLines=9", 200),
        ("podName=p&container=c&namespace=n&tailLines=9", 200),
        ("podName=p&container=d&tailLines=9", 404),
        ("podName=q&tailLines=9", 404),
        ("podName=p&container=c&kind=Job&tailLines=9", 404),
    ] {
        assert_eq!(of(query), status, "{query}");
    }
}

#[test]
fn what_was_not_recorded_is_named() {
    let folder = Folder::new();
    folder.incident(
        "a",
        &[(&format!("{APPS}/a"), 200, r#"{"metadata": {"name": "a"}}"#)],
    );
    let replay = load(&folder.0.join("a"));
    assert_eq!(
        said(&replay, &format!("{APPS}/a?project=p&appNamespace=argocd")).0,
        200
    );
    let (status, body) = said(&replay, &format!("{APPS}/b/events?resourceName=x"));
    assert_eq!(status, 404);
    assert_eq!(
        body["message"],
        format!("not in the recording: GET {APPS}/b/events?resourceName=x")
    );
}

#[test]
fn ages_count_from_the_recording() {
    let folder = Folder::new();
    let app = json!({
        "status": {"reconciledAt": "2026-11-22T21:13:30Z", "notAfter": "2036-01-01T00:00:00Z"},
        "liveState": json!({"status": {"lastTransitionTime": "2026-11-22T21:13:31Z"}}).to_string(),
    });
    let path = format!("{APPS}/a");
    folder.incident("a", &[(&path, 200, &app.to_string())]);
    assert_eq!(load(&folder.0).moment(), Some(1_795_382_011));
    let mut said = row(&path, 200, "0.json");
    said["recorded_at"] = json!("2026-11-22T21:14:00Z");
    fs::write(folder.0.join("a/index.json"), json!([said]).to_string()).unwrap();
    assert_eq!(load(&folder.0).moment(), Some(1_795_382_040));
    folder.incident("a", &[(&path, 200, "{}")]);
    assert_eq!(load(&folder.0).moment(), None);
}

#[test]
fn a_row_reads_no_file_outside_of_its_folder() {
    let folder = Folder::new();
    folder.incident("a", &[("/api/version", 200, r#"{"Version": "v3.5.1"}"#)]);
    fs::write(folder.0.join("secret.json"), "{}").unwrap();
    let outside = folder.0.join("secret.json").display().to_string();
    let mut files = vec![
        "../secret.json".to_owned(),
        outside,
        "b/../../secret.json".to_owned(),
        "..".to_owned(),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.0.join("secret.json"), folder.0.join("a/link.json"))
            .unwrap();
        files.push("link.json".to_owned());
    }
    for file in &files {
        let index = json!([row("/api/version", 200, "0.json"), row(APPS, 200, file)]);
        fs::write(folder.0.join("a/index.json"), index.to_string()).unwrap();
        let replay = load(&folder.0);
        assert_eq!(replay.answer("/api/version").status, 200);
        assert_eq!(replay.answer(APPS).status, 404, "{file}");
    }
}

#[test]
fn a_folder_without_answers_is_refused() {
    let folder = Folder::new();
    let why = |folder: &Path| match Replay::load(folder) {
        Ok(_) => panic!("it loads"),
        Err(error) => error.to_string(),
    };
    assert!(why(&folder.0).contains("no index.json"));
    assert!(why(&folder.0.join("absent")).contains("cannot read"));
    folder.incident("a", &[]);
    assert!(why(&folder.0).contains("no recorded answer"));
    fs::write(folder.0.join("a/index.json"), "{}").unwrap();
    assert!(why(&folder.0).contains("no list of requests"));
}
