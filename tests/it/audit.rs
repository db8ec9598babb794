//! The audit log as others read it: each line is in the schema that is printed, the schema is the table
//! of docs/audit-log.md, and `audit summarize` says what the lines say, and when some are missing.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use argocd_tests::harness::Start;
use serde_json::{Value, json};

use crate::{HOST, component::IMPORTER, each_tool, hostile::HOSTILE, traps::FAULTY};

const USER: &str = "ci-bot";

/// Runs that make lines of every kind, one after the other into one log; its text and its lines.
async fn log_of_everything(log: &Path) -> (String, Vec<Value>) {
    let simulator = crate::argo_cd().account(USER, "p4ss").start().unwrap();
    let start = || {
        Start::run(HOST)
            .against(&simulator)
            .arg("--audit-log")
            .arg(log)
    };

    let policy = log.with_file_name("policy.toml");
    std::fs::write(&policy, "version = 1\nrequire_audit_log = true").unwrap();
    let mut host = start().arg("--policy").arg(&policy).start().unwrap();
    for (tool, arguments, fact) in each_tool() {
        let answer = host.call(tool, arguments).await.unwrap();
        assert!(answer.text.contains(fact), "{tool}: {}", answer.text);
    }
    host.end().await.unwrap();

    let server = simulator.addr().to_string();
    let attempts = json!([
        { "scheme": "http", "authority": "hostile.example", "path": "/api/version" },
        { "method": "POST", "scheme": "http", "authority": server, "path": "/api/v1/session" },
        { "scheme": "http", "authority": server, "path": "/api/v1/applications?refresh=hard" },
        { "scheme": "http", "authority": server, "path": "/api/version", "headers": [["bad name", "x"]] },
        { "scheme": "http", "authority": server, "path": "/api/version" },
    ]);
    let mut host = start().arg(HOSTILE).start().unwrap();
    host.call("list_applications", json!({ "attempts": attempts }))
        .await
        .unwrap();
    host.end().await.unwrap();

    let mut host = start()
        .without("ARGOCD_AUTH_TOKEN")
        .env("ARGOCD_USERNAME", USER)
        .env("ARGOCD_PASSWORD", "p4ss")
        .start()
        .unwrap();
    host.call("list_clusters", json!({})).await.unwrap();
    simulator.expire_tokens();
    let answer = host.call("list_clusters", json!({})).await.unwrap();
    assert!(!answer.is_error, "{}", answer.text);
    host.end().await.unwrap();

    let ended = start().arg(IMPORTER).start().unwrap().end().await.unwrap();
    assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);

    let mut host = start().arg(FAULTY).start().unwrap();
    let forged = json!({ "do": "say", "lines": ["{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"roots/list\"}"] });
    host.call("list_clusters", forged).await.unwrap();
    host.end().await.unwrap();

    let text = std::fs::read_to_string(log).unwrap();
    let line = |line| serde_json::from_str(line).unwrap();
    let lines = text.lines().map(line).collect();
    (text, lines)
}

fn audit(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(HOST)
        .arg("audit")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may end before it has read everything.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn schema() -> Value {
    let printed = audit(&["schema"], "");
    assert!(printed.status.success());
    serde_json::from_slice(&printed.stdout).unwrap()
}

fn kind(line: &Value) -> String {
    line["kind"].as_str().unwrap().to_owned()
}

/// The members of each kind, as docs/audit-log.md lists them: what stands in parentheses are values.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = std::fs::read_to_string(root.join("docs/audit-log.md")).unwrap();
    let table = page.split("## The lines").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let mut kinds = BTreeMap::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let outside: String = cells[3]
            .split('(')
            .enumerate()
            .map(|(at, part)| match at {
                0 => part,
                _ => part.split_once(')').unwrap().1,
            })
            .collect();
        let named = outside.split('`').skip(1).step_by(2).map(str::to_owned);
        let members = ["run", "seq", "time", "kind"]
            .map(str::to_owned)
            .into_iter()
            .chain(named);
        kinds.insert(cells[1].trim_matches('`').to_owned(), members.collect());
    }
    kinds
}

#[tokio::test]
async fn every_line_is_in_the_schema_and_the_schema_is_the_documented_table() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let (_, lines) = log_of_everything(&log).await;

    let schema = schema();
    let valid = jsonschema::validator_for(&schema).unwrap();
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in &lines {
        let problems: Vec<String> = valid
            .iter_errors(line)
            .map(|error| error.to_string())
            .collect();
        assert!(problems.is_empty(), "{line}: {problems:?}");
        // The control: with one member more, or one needed less, it is no line.
        let mut more = line.clone();
        more["token"] = json!("x");
        let mut less = line.clone();
        less.as_object_mut().unwrap().remove("time");
        assert!(!valid.is_valid(&more) && !valid.is_valid(&less), "{line}");
        let members = line.as_object().unwrap().keys().cloned();
        seen.entry(kind(line)).or_default().extend(members);
    }
    let properties = |kind: &String| {
        let members = schema["$defs"][kind]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned();
        (kind.clone(), members.collect::<BTreeSet<String>>())
    };
    let in_schema: BTreeMap<_, _> = seen.keys().map(properties).collect();
    assert_eq!(schema["oneOf"].as_array().unwrap().len(), in_schema.len());
    assert_eq!(in_schema, documented(), "the schema and docs/audit-log.md");
    assert_eq!(
        seen, in_schema,
        "the lines of these runs have every member once"
    );
    let text = |line: &&Value, member: &str, value: &str| line[member] == value;
    for (member, value) in [
        ("rule", "stdout"),
        ("rule", "header-syntax"),
        ("actor", "host"),
    ] {
        assert!(
            lines.iter().any(|line| text(&line, member, value)),
            "{value}"
        );
    }
}

#[tokio::test]
async fn a_log_is_summed_up_for_a_person_and_for_a_program() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let (text, lines) = log_of_everything(&log).await;
    let count =
        |member: &str, value: &str| lines.iter().filter(|line| line[member] == value).count();

    let path = log.to_str().unwrap();
    let output = audit(&["summarize", path, "--format", "json"], "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let sum: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sum["lines"], lines.len());
    assert_eq!(
        (&sum["allowed"], &sum["denied"]),
        (
            &json!(count("decision", "allow")),
            &json!(count("decision", "deny"))
        )
    );
    assert_eq!((&sum["findings"], &sum["open"]), (&json!({}), &json!(0)));
    assert_eq!(sum["sessions"].as_array().unwrap().len(), 5);
    assert_eq!(
        sum["sessions"][0]["policies"][0].as_str().unwrap().len(),
        64
    );
    assert!(
        sum["by_host"].as_u64().unwrap() >= 2,
        "a login and a repeat"
    );
    let answers: u64 = sum["routes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|route| route["statuses"].as_object().unwrap().values())
        .map(|count| count.as_u64().unwrap())
        .sum();
    let with_status = lines
        .iter()
        .filter(|line| line.get("status").is_some())
        .count();
    assert_eq!(answers, with_status as u64);
    assert_eq!(sum["rules"]["origin"], 1);
    assert_eq!(sum["refused"].as_array().unwrap().len(), 3);

    let output = audit(&["summarize", "-"], &text);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    for part in [
        "No gap: no number is missing",
        "component refused",
        "exit code 0",
        "Runs: 5",
        "list_clusters",
        "/api/v1/clusters",
        "hostile.example",
        "wasi:sockets/tcp",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

#[tokio::test]
async fn what_is_missing_from_a_log_is_said_with_exit_code_6() {
    let folder = tempfile::tempdir().unwrap();
    let (text, _) = log_of_everything(&folder.path().join("audit.jsonl")).await;
    // Without one outcome, without one decision, and torn.
    let outcome = text
        .lines()
        .position(|line| line.contains("\"outcome\""))
        .unwrap();
    let without: Vec<&str> = text
        .lines()
        .enumerate()
        .filter(|(at, _)| *at != outcome)
        .map(|(_, line)| line)
        .collect();
    let decision = text
        .lines()
        .position(|line| line.contains("\"deny\""))
        .unwrap();
    let gap: Vec<&str> = text
        .lines()
        .enumerate()
        .filter(|(at, _)| *at != decision)
        .map(|(_, line)| line)
        .collect();
    for (log, words) in [
        (
            without.join("\n") + "\n",
            "allowed requests without an outcome: 1",
        ),
        (gap.join("\n") + "\n", "lines missing by their numbers: 1"),
        (text[..text.len() - 9].to_owned(), "last line cut off: 1"),
    ] {
        let output = audit(&["summarize", "-"], &log);
        assert_eq!(output.status.code(), Some(6));
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(
            printed.contains("THE LOG HAS GAPS") && printed.contains(words),
            "{printed}"
        );
    }
    // Cut after any line: no gap, but it is not called whole. Without a line nothing is said.
    let whole: Vec<&str> = text.lines().collect();
    let first_run = whole.iter().position(|line| line.contains("\"ended\""));
    for kept in [1, first_run.unwrap()] {
        let cut = whole[..kept].join("\n") + "\n";
        let output = audit(&["summarize", "-"], &cut);
        assert_eq!(output.status.code(), Some(6), "{kept}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(
            printed.contains("1 run has no last line") && printed.contains("its end was cut off"),
            "{printed}"
        );
    }
    let output = audit(&["summarize", "-"], "");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(6));
    assert!(
        printed.contains("The log is empty: nothing can be said") && !printed.contains("whole"),
        "{printed}"
    );
    assert_eq!(
        audit(&["summarize", "/no/such/file"], "").status.code(),
        Some(5)
    );
    assert_eq!(audit(&["summarize"], "").status.code(), Some(2));
}

#[tokio::test]
async fn every_run_ends_its_log_with_its_exit_code() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = simulator.url();
    let environment = [
        ("ARGOCD_SERVER", &*url),
        ("ARGOCD_AUTH_TOKEN", simulator.token()),
    ];
    for (arguments, code, allowed) in [
        (&["call", "list_clusters"][..], 0, 1),
        (&["call", "get_application", "name=nothing-there"], 1, 1),
        (&["call", "--demo", "list_clusters"], 0, 1),
        (&["run"], 0, 0),
        // Refused before it started: there is nothing to end.
        (&["run", "/dev/null"], 4, -1),
    ] {
        let log = folder
            .path()
            .join(format!("{}.jsonl", arguments.join("-").replace('/', "_")));
        let mut typed = arguments.to_vec();
        typed.extend(["--audit-log", log.to_str().unwrap()]);
        let output = crate::process::host(&typed, &environment);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {output:?}"
        );
        let text = std::fs::read_to_string(&log).unwrap();
        let Some(last) = text.lines().last() else {
            assert_eq!(allowed, -1, "{arguments:?}");
            continue;
        };
        let last: Value = serde_json::from_str(last).unwrap();
        assert_eq!(
            (&last["kind"], &last["exit_code"], &last["denied"]),
            (&json!("ended"), &json!(code), &json!(0)),
            "{arguments:?}: {text}"
        );
        assert!(last["allowed"].as_i64().unwrap() >= allowed, "{text}");
        let ends = text.matches("\"kind\":\"ended\"").count();
        assert_eq!(ends, 1, "{text}");
    }
}

#[tokio::test]
async fn hosts_that_append_to_one_log_at_a_time_are_told_apart() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let start = || {
        Start::run(HOST)
            .against(&simulator)
            .arg("--audit-log")
            .arg(&log)
            .start()
    };
    let (mut one, mut other) = (start().unwrap(), start().unwrap());
    for which in [1, 2, 1] {
        let host = if which == 1 { &mut one } else { &mut other };
        let answer = host.call("list_clusters", json!({})).await.unwrap();
        assert!(!answer.is_error, "{}", answer.text);
    }
    one.end().await.unwrap();
    other.end().await.unwrap();

    let text = std::fs::read_to_string(&log).unwrap();
    let run = |line: &str| serde_json::from_str::<Value>(line).unwrap()["run"].to_string();
    let runs: Vec<String> = text.lines().map(run).collect();
    let mut changes = runs.clone();
    changes.dedup();
    assert!(changes.len() > 2, "their lines are mixed: {runs:?}");
    let output = audit(&["summarize", "-"], &text);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.contains("No gap: ") && printed.contains("Runs: 2"),
        "{printed}"
    );
    // The control: as one run, they are not whole.
    let as_one = |text: String, run: &String| text.replace(run, "\"0\"");
    let mixed = changes.iter().fold(text, as_one);
    assert_eq!(audit(&["summarize", "-"], &mixed).status.code(), Some(6));
}

#[test]
fn help_completions_and_manual_know_the_command() {
    for (arguments, words) in [
        (&["audit", "--help"][..], "summarize"),
        (&["audit", "summarize", "--help"], "zcat audit.jsonl.gz"),
        (&["completions", "bash"], "summarize"),
        (&["man"], "audit"),
    ] {
        let output = Command::new(HOST).args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && text.contains(words),
            "{arguments:?}: {text}"
        );
    }
}
