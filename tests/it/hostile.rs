//! A hostile component gets nothing: zero bytes at a canary listener, one audit line for each attempt, no
//! write at the server. In the same run an allowed GET succeeds, and in a runtime without policy the
//! same component does all of it.

use argocd_tests::{
    harness::{ProcessStage, Start},
    hostile::{self, ATTEMPTS, Canary, Stage, Tried, Verdict},
    simulator::Request,
};
use serde_json::json;

use crate::{HOST, control, trail::Trail};

pub(crate) const HOSTILE: &str = concat!(env!("OUT_DIR"), "/hostile.wasm");

/// A hostile component, and how many attempts of the table its library cannot send, at most.
struct Probe {
    name: &'static str,
    component: &'static str,
    unsent: usize,
}

/// Each with other bindings: of the `wasi` crate, of bare wit-bindgen, and of waki, whose client checks
/// URIs and headers before it sends anything.
const PROBES: [Probe; 3] = [
    Probe {
        name: "hostile",
        component: HOSTILE,
        unsent: 0,
    },
    Probe {
        name: "bindgen",
        component: concat!(env!("OUT_DIR"), "/bindgen.wasm"),
        unsent: 0,
    },
    Probe {
        name: "waki",
        component: concat!(env!("OUT_DIR"), "/waki.wasm"),
        unsent: 26,
    },
];

#[tokio::test]
async fn nothing_leaves_but_the_allowed_get() {
    for probe in PROBES {
        confined(&probe).await;
    }
}

async fn confined(probe: &Probe) {
    let Probe { name, unsent, .. } = probe;
    let simulator = crate::argo_cd().start().unwrap();
    let canary = Canary::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let start = Start::run(HOST).against(&simulator).arg(probe.component);
    let mut stage = ProcessStage::start(start, (&simulator, &canary), log.clone()).unwrap();
    let tried = hostile::run(&mut stage, ATTEMPTS).await.unwrap();
    assert_eq!(tried.len(), ATTEMPTS.len());
    let mut refused = 0;
    for Tried {
        attempt, verdict, ..
    } in tried
    {
        match verdict {
            Verdict::Refused => refused += 1,
            Verdict::NotExpressed => {}
            Verdict::Broken(broken) => panic!("{name}: {}: {broken:?}", attempt.name()),
        }
    }
    eprintln!("{name}: {refused} of {} attempts made", ATTEMPTS.len());
    let left = ATTEMPTS.len() - refused;
    assert!(left <= *unsent, "{name}: {left} attempts not made");
    let allowed = json!({ "scheme": "http", "authority": simulator.addr().to_string(), "path": "/api/v1/applications", "authorized": true });
    let params = json!({ "name": "list_applications", "arguments": { "attempts": [allowed] } });
    let evidence = stage.ask("tools/call", params).await.unwrap();
    let said = evidence.said.as_deref().unwrap_or_default();
    assert!(said.contains("-> status 200"), "{name}: {said}");
    evidence.decision_and_outcome().unwrap();
    let ended = stage.end().await.unwrap();
    assert!(ended.status.success(), "{name}: {}", ended.stderr);

    let trail = Trail::read(&log);
    let denied = trail.decisions("guest", "deny").len();
    assert_eq!(denied, refused, "{name}: one line for each attempt");
    assert_eq!(trail.decisions("guest", "allow").len(), 1, "{name}");
    assert_eq!(trail.outcomes().len(), 1, "{name}");
    assert!(canary.touch().unwrap(), "the canary counts");
    assert_eq!(canary.seen(), (0, 0), "{name}: the canary");
    let requests = simulator.requests();
    assert_eq!(
        requests.len(),
        1,
        "{name}: the server saw the allowed GET only: {requests:?}"
    );
    assert_eq!(
        (requests[0].method.as_str(), requests[0].path()),
        ("GET", "/api/v1/applications")
    );
    assert_eq!(
        requests[0].header("authorization"),
        Some(format!("Bearer {}", simulator.token()).as_str())
    );
}

#[tokio::test]
async fn without_the_policy_the_same_component_reaches_the_canary_and_writes() {
    for probe in PROBES {
        unconfined(&probe).await;
    }
}

async fn unconfined(probe: &Probe) {
    let name = probe.name;
    let simulator = crate::argo_cd().start().unwrap();
    let canary = Canary::start().unwrap();
    let component = std::fs::read(probe.component).unwrap();
    // A plain runtime knows no call that could own a route.
    let attempts = ATTEMPTS.iter().filter(|row| row.rule != "owner");
    let output = control::attempts(&component, (&simulator, &canary), attempts).await;
    assert!(output.contains("status "), "{name}: {output}");
    assert!(canary.seen().0 > 0, "{name} reached no canary: {output}");
    let requests = simulator.requests();
    let seen = |wanted: &dyn Fn(&Request) -> bool| requests.iter().any(wanted);
    for path in ["/api/v1/applications/orders-api/sync", "/api/v1/session"] {
        let arrived = seen(&|r| r.method == "POST" && r.path() == path);
        assert!(arrived, "{name}: no POST {path}: {output}");
    }
    for part in ["refresh=hard", "/../"] {
        let arrived = seen(&|r| r.path_and_query.contains(part));
        assert!(arrived, "{name}: no {part}: {output}");
    }
}

#[tokio::test]
async fn nothing_goes_out_while_no_call_is_open() {
    let simulator = crate::argo_cd().start().unwrap();
    let mut host = Start::run(HOST)
        .against(&simulator)
        .arg(HOSTILE)
        .start()
        .unwrap();
    let attempt = json!([{ "scheme": "http", "authority": simulator.addr().to_string(), "path": "/api/v1/clusters", "authorized": true }]);
    // `ping` owns no route, and neither does a call of another tool.
    let params = json!({ "arguments": { "attempts": attempt } });
    let response = host.ask("ping", params).await.unwrap();
    assert!(
        response["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .ends_with("HttpRequestDenied"),
        "{response}"
    );
    let other = host
        .call("list_projects", json!({ "attempts": attempt }))
        .await
        .unwrap();
    assert!(other.text.ends_with("HttpRequestDenied"), "{}", other.text);
    let owner = host
        .call("list_clusters", json!({ "attempts": attempt }))
        .await
        .unwrap();
    assert!(owner.text.contains("status 200"), "{}", owner.text);
    assert_eq!(simulator.requests().len(), 1);
}
