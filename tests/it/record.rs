//! `record` and `--replay`: a folder answers as the server did, says nothing of whose it is, and needs no
//! server.

use std::{collections::BTreeMap, fs, net::TcpListener, path::Path, process::Output};

use argocd_tests::{harness::Start, simulator::Simulator};
use serde_json::{Value, json};

use crate::{HOST, process::host};

/// Recorded applications with different troubles.
const INCIDENTS: [&str; 5] = [
    "checkout-api",
    "orders-api",
    "search-indexer",
    "nightly-etl",
    "ledger",
];

/// A server with its recordings in a folder of their own.
struct Stage {
    server: Simulator,
    folder: tempfile::TempDir,
}

impl Stage {
    fn set() -> Stage {
        Stage {
            server: crate::argo_cd().start().unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Runs the host with the settings of the server.
    fn host(&self, arguments: &[&str]) -> Output {
        let (url, token) = (self.server.url(), self.server.token().to_owned());
        let environment = [("ARGOCD_SERVER", &*url), ("ARGOCD_AUTH_TOKEN", &*token)];
        host(arguments, &environment)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Records an application; the path of the folder, and what was printed.
    fn record(&self, application: &str, more: &[&str]) -> (String, String) {
        let path = self.path(&format!("{application}-{}", more.len()));
        let output = self.host(&[&["record", application, "-o", &path], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        (path, stdout(&output))
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An answer without what differs between two moments and two servers: ages, and the address of the UI.
fn timeless(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("UI: "));
    let words = lines.flat_map(|line| line.split(' ').chain(["\n"]));
    let words: Vec<&str> = words.collect();
    let is_age = |at: usize| {
        let word = words[at];
        word.bytes().all(|b| b.is_ascii_digit())
            && words.get(at + 1).is_some_and(|unit| {
                matches!(
                    unit.trim_end_matches([',', ';', ')']),
                    "s" | "min" | "h" | "d"
                )
            })
    };
    let kept = (0..words.len()).map(|at| if is_age(at) { "N" } else { words[at] });
    kept.collect::<Vec<_>>().join(" ")
}

/// What `record` said that it replaced.
fn replaced(said: &str) -> BTreeMap<String, String> {
    let pairs = said
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(" -> "));
    let pairs = pairs.flat_map(|(from, to)| {
        // A commit is abbreviated too.
        let short = from.get(..7).zip(to.get(..7)).filter(|_| from.len() == 40);
        [Some((from, to)), short].into_iter().flatten()
    });
    pairs
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .collect()
}

/// The text with each original replaced where it stands as a word.
fn renamed(text: &str, pairs: &BTreeMap<String, String>) -> String {
    let mut pairs: Vec<(&String, &String)> = pairs.iter().collect();
    pairs.sort_by_key(|(original, _)| std::cmp::Reverse(original.len()));
    let mut out = String::new();
    let mut rest = text;
    let is_part = |c: char| c.is_ascii_alphanumeric();
    while let Some(first) = rest.chars().next() {
        let fits = |(original, _): &&(&String, &String)| {
            rest.strip_prefix(&***original)
                .is_some_and(|behind| !behind.starts_with(is_part))
        };
        match pairs.iter().find(fits).filter(|_| !out.ends_with(is_part)) {
            Some((original, other)) => {
                out.push_str(other);
                rest = &rest[original.len()..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// All files of a folder by name.
fn files(folder: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap();
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(|entry| read(entry.unwrap())).collect()
}

#[test]
fn with_its_names_a_recording_answers_as_the_server_did() {
    let stage = Stage::set();
    for application in INCIDENTS {
        let (path, said) = stage.record(application, &["--keep-names"]);
        assert!(said.contains("as they were"), "{said}");
        let name = format!("name={application}");
        for tool in [
            "diagnose_application",
            "get_application",
            "get_application_resource_tree",
            "get_application_managed_resources",
            "get_application_events",
            "get_application_logs",
            "get_application_manifests",
            "get_application_history",
            "diff_application",
            "get_sync_status",
            "get_sync_windows",
        ] {
            let live = stage.host(&["call", tool, &name]);
            let replay = host(&["call", tool, &name, "--replay", &path], &[]);
            assert_eq!(
                replay.status.code(),
                live.status.code(),
                "{application}: {tool}: {}",
                stdout(&replay)
            );
            assert_eq!(
                timeless(&stdout(&replay)),
                timeless(&stdout(&live)),
                "{application}: {tool}"
            );
        }
    }
}

#[test]
fn without_its_names_it_answers_the_same_but_for_them() {
    let stage = Stage::set();
    for application in INCIDENTS {
        let (path, said) = stage.record(application, &[]);
        let pairs = replaced(&said);
        assert!(pairs.len() > 5, "{said}");
        let live = stage.host(&[
            "call",
            "diagnose_application",
            &format!("name={application}"),
        ]);
        let name = format!("name={}", renamed(application, &pairs));
        let replay = host(
            &["call", "diagnose_application", &name, "--replay", &path],
            &[],
        );
        assert!(
            said.contains(&format!("call diagnose_application {name} ")),
            "{said}"
        );
        assert_eq!(
            timeless(&stdout(&replay)),
            timeless(&renamed(&stdout(&live), &pairs)),
            "{application}"
        );
    }
}

#[test]
fn a_recording_does_not_say_whose_it_is() {
    let stage = Stage::set();
    let (path, said) = stage.record("checkout-api", &[]);
    let pairs = replaced(&said);
    for original in [
        "checkout",
        "payments",
        "git.example.com",
        "registry.example.com",
    ] {
        assert!(pairs.contains_key(original), "{original}: {said}");
    }
    let is_word = |text: &str, at: usize, length: usize| {
        let is_part = |c: char| c.is_ascii_alphanumeric();
        !text[..at].ends_with(is_part) && !text[at + length..].starts_with(is_part)
    };
    let files = files(&path);
    for original in pairs.keys() {
        for (name, content) in &files {
            for text in [name, content] {
                let found = text
                    .match_indices(&**original)
                    .find(|(at, _)| is_word(text, *at, original.len()));
                assert!(
                    found.is_none(),
                    "{original} in {name}: {:?}",
                    found.map(|(at, _)| &content[at..])
                );
            }
        }
    }
    // The same again is the same: nothing in it is random, and the folder can be compared.
    let again = stage.path("again");
    assert!(
        stage
            .host(&["record", "checkout-api", "-o", &again])
            .status
            .success()
    );
    let without_time = |files: BTreeMap<String, String>| -> Vec<String> {
        let lines = files
            .into_values()
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
        // A genuine server puts its clock on the mark at the end of a log.
        let is_clock = |line: &String| line.contains("\"last\":true");
        lines
            .filter(|line| !line.contains("\"recorded_at\"") && !is_clock(line))
            .collect()
    };
    assert_eq!(without_time(self::files(&again)), without_time(files));
    // With the names kept, they are there: it is the replacing that removes them.
    let (kept, _) = stage.record("checkout-api", &["--keep-names"]);
    let kept: String = self::files(&kept).into_values().collect();
    assert!(kept.contains("checkout-api") && kept.contains("git.example.com"));
}

#[test]
fn no_secret_is_recorded_whatever_is_kept() {
    const CANARY: &str = "c4n4ry-0f-a-s3cr3t";
    let stage = Stage::set();
    let app = "/api/v1/applications/checkout-api";
    stage.server.edit(app, |application| {
        let status = &mut application["status"];
        status["conditions"] = json!([{"type": "ComparisonError", "message": format!("clone https://u:{CANARY}@git.example.com/x failed")}]);
        application["spec"]["source"]["helm"] =
            json!({"parameters": [{"name": "db.password", "value": CANARY}], "values": format!("auth:\n  token: {CANARY}\n")});
    });
    stage.server.edit(&format!("{app}/managed-resources"), |managed| {
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": CANARY}});
        let applied = json!({"spec": {"env": [{"name": "API_TOKEN", "value": CANARY}]}}).to_string();
        let live = json!({"kind": "ConfigMap", "metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied}}});
        managed["items"][0]["liveState"] = json!(live.to_string());
        managed["items"][0]["targetState"] = json!(secret.to_string());
    });
    stage.server.edit(&format!("{app}/events"), |events| {
        *events = json!({"items": [{"message": format!("login with password={CANARY} refused"), "reason": "Failed", "type": "Warning"}]});
    });
    for more in [&[][..], &["--keep-names"]] {
        let (path, said) = stage.record("checkout-api", more);
        for (name, content) in files(&path) {
            let found = content
                .find(CANARY)
                .map(|at| &content[at.saturating_sub(80)..]);
            assert!(found.is_none(), "{name}: {found:?}");
        }
        assert!(
            !said.contains(CANARY) && !said.contains("Hidden: 0"),
            "{said}"
        );
        let token = stage.server.token();
        assert!(
            files(&path)
                .values()
                .all(|content| !content.contains(token))
        );
    }
}

#[tokio::test]
async fn a_replay_sends_nothing_and_says_what_it_lacks() {
    let stage = Stage::set();
    let (path, _) = stage.record("checkout-api", &["--keep-names"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let environment = [
        ("ARGOCD_SERVER", &*url),
        ("ARGOCD_AUTH_TOKEN", "t0ken"),
        ("HTTPS_PROXY", &*url),
    ];
    let call = ["call", "get_application", "name=checkout-api"];
    let before = stage.server.requests().len();
    let replay = host(&[&call[..], &["--replay", &path]].concat(), &environment);
    assert!(replay.status.success(), "{}", stderr(&replay));
    assert!(listener.accept().is_err(), "something was sent");
    assert_eq!(stage.server.requests().len(), before);
    // The same call without the recording goes there. It waits for an answer until the listener is gone.
    let control = std::thread::spawn(move || {
        let environment = [("ARGOCD_SERVER", &*url), ("ARGOCD_AUTH_TOKEN", "t0ken")];
        host(&call, &environment)
    });
    let accepted = loop {
        match listener.accept() {
            Ok(accepted) => break accepted,
            Err(_) => std::thread::yield_now(),
        }
    };
    drop((accepted, listener));
    assert!(!control.join().unwrap().status.success());

    let mut client = Start::run(HOST).arg("--replay").arg(&path).start().unwrap();
    let known = client
        .call("get_application", json!({"name": "checkout-api"}))
        .await
        .unwrap();
    assert!(
        !known.is_error && known.text.contains("Degraded"),
        "{}",
        known.text
    );
    let unknown = client
        .call("get_application", json!({"name": "orders-api"}))
        .await
        .unwrap();
    assert!(
        unknown.is_error
            && unknown
                .text
                .contains("not in the recording: GET /api/v1/applications/orders-api"),
        "{}",
        unknown.text
    );
}

#[test]
fn only_what_the_policy_allows_is_read() {
    let stage = Stage::set();
    let audit = stage.path("audit.jsonl");
    let (path, _) = stage.record("orders-api", &["--audit-log", &audit]);
    let lines: Vec<Value> = fs::read_to_string(&audit)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let allowed = lines
        .iter()
        .filter(|line| line["decision"] == "allow")
        .count();
    let requests = stage.server.requests();
    assert!(requests.iter().all(|request| request.method == "GET"));
    assert_eq!(allowed, requests.len(), "each request has its line");
    let index: Vec<Value> = serde_json::from_str(&files(&path)["index.json"]).unwrap();
    assert!(
        index.len() > 15 && index.len() <= requests.len(),
        "{}",
        index.len()
    );
    // A policy file takes tools away: what only they read is not in the folder.
    let policy = stage.path("policy.toml");
    fs::write(
        &policy,
        "version = 1\ntools = [\"diagnose_application\", \"get_application\"]\n",
    )
    .unwrap();
    let (narrowed, _) = stage.record("orders-api", &["--keep-names", "--policy", &policy]);
    let index = &files(&narrowed)["index.json"];
    assert!(
        index.contains("/managed-resources") && !index.contains("/syncwindows"),
        "{index}"
    );
}

#[test]
fn what_cannot_be_recorded_is_said() {
    let stage = Stage::set();
    let absent = stage.host(&["record", "no-such-app", "-o", &stage.path("absent")]);
    assert_eq!(absent.status.code(), Some(1));
    assert!(
        stderr(&absent).contains("nothing was recorded"),
        "{}",
        stderr(&absent)
    );
    assert!(!Path::new(&stage.path("absent")).join("index.json").exists());
    let full = stage.path("full");
    fs::create_dir(&full).unwrap();
    fs::write(Path::new(&full).join("x"), "").unwrap();
    let refused = stage.host(&["record", "orders-api", "-o", &full]);
    assert!(
        stderr(&refused).contains("not empty"),
        "{}",
        stderr(&refused)
    );
    for (arguments, code, why) in [
        (
            &["call", "list_clusters", "--replay", "/no/such/folder"][..],
            5,
            "cannot read",
        ),
        (
            &["call", "list_clusters", "--replay", &full],
            5,
            "no index.json",
        ),
        (
            &["run", "--replay", &full, "--server", "h"],
            2,
            "cannot be used with",
        ),
        (
            &["call", "list_clusters", "--replay", &full, "--demo"],
            2,
            "cannot be used with",
        ),
    ] {
        let output = host(arguments, &[]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            stderr(&output)
        );
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
}
