//! The audit: no line, no request; what lines say; and that the sums are right.

use serde_json::{Value, json};

use crate::kit::{Arena, Kit, Tally, of_kind, text};

/// Every tool, with arguments that work on the recorded data.
const CALLS: &str = include_str!("../clients/calls.json");

pub(crate) fn fails_closed(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let folder = arena.folder.path();
    let call = |log: &str| {
        let [(server, url), (variable, token)] = arena.environment();
        kit.output(
            folder,
            &["call", "list_clusters", "--audit-log", log],
            &[(&server, &url), (&variable, &token)],
        )
    };
    let itself = folder.display().to_string();
    for log in [
        "/dev/full",
        "/no/such/folder/audit.jsonl",
        &itself,
        "fd:0",
        "fd:99",
        "fd:x",
    ] {
        let output = call(log);
        let seen = arena.simulator.requests().len();
        tally.attempt(!output.status.success() && seen == 0, || {
            format!("{log}: {seen} requests: {}", text(&output))
        });
    }
    let output = call(&arena.log().display().to_string());
    tally.lines = of_kind(&arena.audit(), "decision").len();
    let seen = arena.simulator.requests().len();
    let held = output.status.success() && seen == 1 && tally.lines == 1;
    tally.control(
        held,
        format!("to a file: {seen} request, {} decision", tally.lines),
    );
    tally
}

pub(crate) fn members(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let attempts = json!({ "attempts": [
        { "scheme": "http", "authority": arena.simulator.addr().to_string(), "authorized": true,
          "path": "/api/v1/applications/orders-api/logs?container=distinctive-value&tailLines=7777" },
        { "method": "POST", "scheme": "http", "authority": arena.canary.address().to_string(),
          "path": "/api/v1/applications?name=distinctive-value", "headers": [["x-secret", "distinctive-value"]] },
    ] });
    kit.wait(async {
        let mut host = kit.hostile(&arena).start().unwrap();
        host.call("get_application_logs", attempts).await.unwrap();
        host.end().await.unwrap();
    });
    let audit = arena.audit();
    tally.lines = audit.len();
    let decided = |what: &str| {
        let lines = of_kind(&audit, "decision");
        let line = lines.into_iter().find(|line| line["decision"] == what);
        line.cloned().unwrap_or_default()
    };
    let first = |kind: &str| {
        of_kind(&audit, kind)
            .first()
            .map_or(Value::Null, |line| (*line).clone())
    };
    for (line, members) in [
        (first("started"), "seq time component origin trust"),
        (
            decided("allow"),
            "seq time actor ids tools rule method path keys",
        ),
        (
            decided("deny"),
            "seq time actor ids tools rule method authority path reason",
        ),
        (
            first("outcome"),
            "seq time actor status reason address bytes ms",
        ),
        (first("ended"), "seq time exit_code allowed denied"),
    ] {
        for member in members.split(' ') {
            tally.attempt(!line[member].is_null(), || {
                format!("{member} is missing in {line}")
            });
        }
    }
    let all = std::fs::read_to_string(arena.log()).unwrap_or_default();
    for value in ["distinctive-value", "7777", arena.simulator.token()] {
        tally.attempt(!all.contains(value), || format!("the audit holds {value}"));
    }
    arena.canary_bytes(&mut tally);
    let sent = arena.simulator.requests();
    let value = sent
        .iter()
        .any(|r| r.path_and_query.contains("distinctive-value"));
    tally.control(value, "the server did get the values");
    tally
}

pub(crate) fn sums(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let calls: Vec<Value> = serde_json::from_str(CALLS).unwrap();
    kit.wait(async {
        let start = kit.run().against(&arena.simulator);
        let mut host = start.arg("--audit-log").arg(arena.log()).start().unwrap();
        for call in &calls {
            let tool = call["tool"].as_str().unwrap();
            host.call(tool, call["arguments"].clone()).await.unwrap();
        }
        host.end().await.unwrap();
    });
    let audit = arena.audit();
    let decisions = of_kind(&audit, "decision");
    let outcomes = of_kind(&audit, "outcome");
    tally.lines = decisions.len();
    let allowed = decisions
        .iter()
        .filter(|line| line["decision"] == "allow")
        .count();
    let answered = outcomes
        .iter()
        .filter(|line| line["status"].is_u64())
        .count();
    let seen = arena.simulator.requests();
    for request in &seen {
        let path = request.path();
        let noted = decisions
            .iter()
            .any(|line| line["path"] == path && line["decision"] == "allow");
        let plain = request.method == "GET" && path.starts_with('/');
        tally.attempt(noted && plain, || {
            format!("{} {path} has no line", request.method)
        });
    }
    let sums = (decisions.len(), allowed, outcomes.len(), answered);
    let all = seen.len();
    tally.require(
        sums == (all, all, all, all),
        format!("{all} requests, sums {sums:?}"),
    );
    tally.control(
        all > calls.len() / 2,
        format!("{} tools, {all} requests arrive", calls.len()),
    );
    tally
}
