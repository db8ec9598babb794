//! Requests and messages of a hostile component, from the shared table.

use argocd_tests::{
    harness::{PATIENCE, ProcessStage},
    hostile::{self, ATTEMPTS, FORGED, Tried, Verdict},
    simulator::{Fault, FaultKind, Simulator},
};
use serde_json::json;

use crate::{
    control,
    kit::{Arena, HOSTILE, Kit, Tally, of_kind},
};

/// All attempts of one requirement, a call each.
pub(crate) fn row(kit: &Kit, requirement: &str) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let attempts = || ATTEMPTS.iter().filter(|row| row.requirement == requirement);
    let tried = kit.wait(async {
        let start = kit.run().against(&arena.simulator).arg(HOSTILE);
        let ends = (&arena.simulator, &arena.canary);
        let mut stage = ProcessStage::start(start, ends, arena.log()).unwrap();
        let tried = hostile::run(&mut stage, attempts()).await.unwrap();
        stage.end().await.unwrap();
        tried
    });
    for Tried {
        attempt,
        evidence,
        verdict,
    } in tried
    {
        tally.lines += evidence.of_kind("decision").count();
        let refused = matches!(verdict, Verdict::Refused);
        tally.attempt(refused, || format!("{}: {verdict:?}", attempt.name()));
    }
    arena.canary_bytes(&mut tally);
    let (made, control) = (
        attempts().filter(|row| row.is_harmless()).count(),
        Arena::new(),
    );
    let component = std::fs::read(HOSTILE).unwrap();
    let ends = (&control.simulator, &control.canary);
    kit.wait(control::attempts(&component, ends, attempts()));
    let arrived = control.canary.seen().0 + control.simulator.requests().len();
    tally.control(
        arrived > 0,
        format!("{arrived} of {made} arrive without policy"),
    );
    tally
}

/// Ambiguous paths, and those beside a server's path prefix.
pub(crate) fn paths(kit: &Kit) -> Tally {
    let mut tally = row(kit, "R1.4");
    let arena = Arena::with(Simulator::builder().prefix("argocd").start().unwrap());
    let authority = arena.simulator.addr().to_string();
    let get = |path: &str| json!({ "scheme": "http", "authority": authority, "path": path });
    let beside = [
        "/api/version",
        "/argocd",
        "/argocd/",
        "/argocdx/api/version",
        "/ARGOCD/api/version",
        "/argocd/../api/version",
        "/argocd//api/version",
        "/argocd/argocd/api/version",
        "/x/argocd/api/version",
    ];
    let (answers, allowed) = kit.wait(async {
        let mut host = kit.hostile(&arena).start().unwrap();
        let attempts = json!({ "attempts": beside.map(get) });
        let answers = host.call("list_applications", attempts).await.unwrap();
        let allowed = json!({ "attempts": [get("/argocd/api/version")] });
        let allowed = host.call("list_applications", allowed).await.unwrap();
        host.end().await.unwrap();
        (answers.text, allowed.text)
    });
    for (answer, path) in answers.lines().zip(beside) {
        tally.attempt(answer.ends_with("HttpRequestDenied"), || {
            format!("{path}: {answer}")
        });
    }
    let seen = arena.simulator.requests().len();
    tally.require(
        seen == 1 && allowed.contains("status 200"),
        format!("{seen} requests, {allowed}"),
    );
    let denied = of_kind(&arena.audit(), "decision").len() - 1;
    tally.lines += denied;
    tally.require(denied == beside.len(), "one line for each path");
    tally
}

/// No open call owns the route: another one is open, none is, it was answered, or it was cancelled.
pub(crate) fn ownership(kit: &Kit) -> Tally {
    let mut tally = row(kit, "C9");
    let arena = Arena::new();
    let get = json!({ "scheme": "http", "authority": arena.simulator.addr().to_string(), "path": "/api/version" });
    kit.wait(async {
        let mut host = kit.hostile(&arena).start().unwrap();
        let later = json!({ "later": [get] });
        host.call("list_applications", later).await.unwrap();
        // The first request waits at the server until its call is cancelled.
        arena.simulator.fault(Fault::on("/api/version", FaultKind::Hold));
        let attempts = json!({ "attempts": [get, get] });
        let id = host.begin("list_applications", attempts).await.unwrap();
        // The process goes on by itself meanwhile.
        let arrived = arena.simulator.wait_until(|seen| !seen.is_empty(), PATIENCE);
        tally.require(arrived, "the first request did not arrive");
        let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } });
        host.send(&cancel).await.unwrap();
        // The host itself answers this line, after it has read the one before.
        host.raw(b"\xff\n").await.unwrap();
        host.next().await.unwrap();
        arena.simulator.release();
        host.end().await.unwrap();
    });
    let audit = arena.audit();
    let decisions = of_kind(&audit, "decision");
    let denied = |at: usize| {
        decisions
            .get(at)
            .is_some_and(|line| line["decision"] == "deny" && line["rule"] == "owner")
    };
    tally.attempt(denied(0), || format!("after the answer: {decisions:?}"));
    tally.attempt(denied(2), || {
        format!("after the cancellation: {decisions:?}")
    });
    tally.lines += usize::from(denied(0)) + usize::from(denied(2));
    let seen = arena.simulator.requests().len();
    tally.require(
        seen == 1,
        format!("the server saw {seen} requests instead of the first"),
    );
    tally
}

/// Messages that no client may see.
pub(crate) fn forged(kit: &Kit) -> Tally {
    let (arena, mut tally) = (Arena::new(), Tally::default());
    let said = json!({ "say": FORGED });
    let (answer, transcript) = kit.wait(async {
        let mut host = kit.hostile(&arena).start().unwrap();
        // Whatever comes first: with the guard off, the client's reader stumbles.
        let answer = host.call("list_clusters", said.clone()).await.is_ok();
        (answer, host.end().await.unwrap().transcript)
    });
    let audit = arena.audit();
    tally.lines = of_kind(&audit, "refused").len();
    tally.require(answer, "the call had no answer of its own");
    tally.require(tally.lines == FORGED.len(), "one line for each message");
    for line in FORGED {
        let seen = transcript.iter().any(|seen| seen == line);
        tally.attempt(!seen, || format!("the client saw {line:?}"));
    }
    tally.require(transcript.len() == 1, "the client saw one line, its answer");
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "arguments": said } });
    let component = std::fs::read(HOSTILE).unwrap();
    let output = kit.wait(control::run(&component, &[], format!("{line}\n")));
    let lines: Vec<&str> = output.split('\n').collect();
    let passed = FORGED.iter().filter(|line| lines.contains(line)).count();
    tally.control(
        passed == FORGED.len(),
        format!("{passed} of {} pass a plain runtime", FORGED.len()),
    );
    tally
}
