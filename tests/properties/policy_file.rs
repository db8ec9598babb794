//! A policy file only narrows, and exactly by what it says. What is wrong with it is named with its
//! line, in words that a terminal may show.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, LazyLock},
};

use http::HeaderMap;

use super::path::open;
use argocd_gate::{
    egress::Bounds,
    policy::{Effect, OpenCall, OriginRule, Plaintext, Policy, ROUTES, Route, Target, Times},
    policy_file::{self, PolicyFile},
};

/// Tools that are tried on each route besides its owners.
const STRANGER: &str = "no_such_tool";

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let rule = OriginRule::parse("argocd.example.com", Plaintext::LoopbackOnly);
    Policy::new(
        rule.unwrap_or_else(|error| panic!("{error}")),
        "placeholder",
    )
});

/// A route, a path and query on it, and single calls that may make the request or not.
type Request = (&'static Route, String, Vec<Arc<[OpenCall]>>);

/// One good request of each route, with all that may call.
static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let request = |route: &'static Route| {
        let names = ["{name}", "{any}", "{revision}"];
        let path = names.iter().fold(route.template.to_owned(), |path, name| {
            path.replace(name, "web")
        });
        let required = route.keys.iter().filter(|key| key.2 == Times::Required);
        let query: Vec<String> = required.map(|key| format!("{}=1", key.0)).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let tools: BTreeSet<&str> = route.owners.iter().copied().chain([STRANGER]).collect();
        (
            route,
            format!("{path}{mark}{}", query.join("&")),
            tools.into_iter().map(open).collect(),
        )
    };
    ROUTES.iter().map(request).collect()
});

/// The text of a policy file.
pub fn holds(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    match policy_file::parse(text, Path::new("policy.toml")) {
        Ok(file) => {
            narrows(text, &file);
            true
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            problems
                .iter()
                .for_each(|problem| names_its_line(text, problem));
            false
        }
    }
}

fn names_its_line(text: &str, problem: &str) {
    let number = problem.split("line ").nth(1).map(|rest| {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..digits].parse::<usize>()
    });
    let Some(Ok(number)) = number else {
        panic!("no line in {problem:?}");
    };
    let lines = text.split('\n').count();
    assert!(
        (1..=lines).contains(&number),
        "line {number} of {lines}: {problem}"
    );
    let shown = |c: char| c == '\n' || c == '\t' || !c.is_control();
    assert!(problem.chars().all(shown), "{problem:?}");
}

fn narrows(text: &str, file: &PolicyFile) {
    // The same file, read with no types.
    let said: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    let listed = |key: &str| {
        let list = said.get(key)?.as_array()?;
        Some(
            list.iter()
                .filter_map(toml::Value::as_str)
                .collect::<Vec<&str>>(),
        )
    };
    let (tools, routes) = (listed("tools"), listed("deny_routes").unwrap_or_default());
    let acts = said.get("deny_side_effects").and_then(toml::Value::as_bool) == Some(true);
    let narrowed = POLICY.clone().narrowed(vec![file.narrowing.clone()]);
    let headers = HeaderMap::new();
    for (route, path, calls) in &*REQUESTS {
        let target = Target {
            method: "GET",
            scheme: Some("https"),
            authority: Some("argocd.example.com"),
            path_with_query: Some(path),
            headers: &headers,
        };
        for calls in calls {
            let by_default = route.owners.contains(&&*calls[0].tool);
            assert_eq!(
                POLICY.decide(&target, calls).is_ok(),
                by_default,
                "{path} {}",
                calls[0].tool
            );
            let stays = tools
                .as_ref()
                .is_none_or(|tools| tools.contains(&&*calls[0].tool))
                && !routes.contains(&route.template)
                && !(acts && route.effect != Effect::Nothing);
            let allowed = narrowed.decide(&target, calls).is_ok();
            assert_eq!(allowed, by_default && stays, "{path} {}", calls[0].tool);
        }
    }
    lowers(file);
    let servers = listed("servers").map(|servers| servers.len());
    assert_eq!(file.servers.as_ref().map(Vec::len), servers);
    assert_eq!(file.only_server().is_some(), servers == Some(1));
    assert_eq!(
        file.networks.as_ref().map(Vec::len),
        listed("networks").map(|list| list.len())
    );
}

fn lowers(file: &PolicyFile) {
    let (before, mut after) = (Bounds::default(), Bounds::default());
    file.lower(&mut after);
    let once = format!("{after:?}");
    file.lower(&mut after);
    assert_eq!(format!("{after:?}"), once, "a file that is read twice");
    assert!((1..=before.body_wire_bytes).contains(&after.body_wire_bytes));
    assert!((1..=before.body_plain_bytes).contains(&after.body_plain_bytes));
    assert!((1..=before.concurrent_requests).contains(&after.concurrent_requests));
    assert!(!after.total.is_zero() && after.total <= before.total);
    assert_ne!(after.requests_per_minute, Some(0));
    assert_eq!(
        (
            after.lookup,
            after.connect,
            after.tls_handshake,
            after.first_byte,
            after.between_bytes
        ),
        (
            before.lookup,
            before.connect,
            before.tls_handshake,
            before.first_byte,
            before.between_bytes
        )
    );
}
