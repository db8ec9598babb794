//! A part of Argo CD that stalls: what could be read arrives in time, and names what is missing.

use std::{rc::Rc, time::Duration};

use serde_json::{Value, json};

use crate::{
    argocd::fake::{Reply, Request, World},
    limits,
    tools::{self, Context, Offer},
};

/// Longest answer in milliseconds: the deadline of a call and a second.
const IN_TIME: Duration = limits::UPSTREAM.saturating_add(Duration::from_secs(1));
/// How long what stalls would take, in milliseconds.
const STALL: u64 = 600_000;

fn app() -> Value {
    json!({
        "metadata": {"name": "shop", "namespace": "argocd"},
        "spec": {"project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": "web"},
                 "source": {"repoURL": "https://git.example.com/shop.git", "path": "deploy"},
                 "syncPolicy": {"automated": {}}},
        "status": {"sync": {"status": "OutOfSync", "revision": "1111111111111111111111111111111111111111"},
                   "health": {"status": "Degraded"}, "history": [], "resources": []},
    })
}

/// Calls a tool of an Argo CD of which the paths that contain `stalls` do not answer; text, and how long it took.
fn asked(tool: &'static str, arguments: Value, stalls: &'static str) -> (String, Duration) {
    let world = World::new(move |request: &Request| {
        let Request::Get(path, _) = request else {
            panic!("a token needs no login")
        };
        let live = json!({"data": {"mode": "old"}}).to_string();
        let wanted = json!({"data": {"mode": "new"}}).to_string();
        let body = if path.contains("/resource-tree") {
            json!({"nodes": []})
        } else if path.contains("/managed-resources") {
            json!({"items": [{"kind": "ConfigMap", "namespace": "web", "name": "flags", "normalizedLiveState": live, "predictedLiveState": wanted}]})
        } else if path.contains("/syncwindows") {
            json!({"canSync": true})
        } else if path.contains("/projects/") {
            json!({"metadata": {"name": "default", "namespace": "argocd"}, "spec": {"syncWindows": [{"kind": "deny", "schedule": "0 0 * * *", "duration": "24h", "applications": ["*"]}]}})
        } else if path.contains("/manifests") {
            json!({"manifests": []})
        } else if path.contains("/version") {
            json!({"Version": "v3.5.1"})
        } else if path.contains("/can-i/") {
            json!({"value": "yes"})
        } else if path.contains("/userinfo") {
            json!({"loggedIn": true, "username": "ci"})
        } else {
            app()
        };
        let reply = Reply::json(200, body.to_string());
        Ok(if path.contains(stalls) {
            reply.after(STALL)
        } else {
            reply
        })
    });
    let client = world.client(&[("ARGOCD_AUTH_TOKEN", "t0ken")]);
    let started = client.now_ms();
    let context = Context {
        client: client.clone(),
        offer: Rc::new(Offer::all(tools::all())),
        progress: Rc::new(|_, _, _| {}),
    };
    let Value::Object(arguments) = arguments else {
        panic!("{arguments}")
    };
    let answer = world.run_one(async move {
        let tool = tools::find(tool).expect("a known tool");
        tools::call(&context, tool, arguments).await
    });
    let took =
        u64::try_from(client.now_ms() - started).map_or(Duration::MAX, Duration::from_millis);
    (answer.text().to_owned(), took)
}

#[test]
fn what_stalls_is_named_and_the_rest_arrives_in_time() {
    let shop = || json!({"name": "shop"});
    for (tool, arguments, stalls, says, missing) in [
        (
            "diagnose_application",
            shop(),
            "/resource-tree",
            "data.mode: \"old\" -> \"new\"",
            "not read: resource tree",
        ),
        (
            "diagnose_application",
            shop(),
            "/managed-resources",
            "sync OutOfSync",
            "not read: differences",
        ),
        (
            "diagnose_application",
            shop(),
            "/syncwindows",
            "data.mode",
            "not read: sync windows",
        ),
        (
            "get_sync_windows",
            shop(),
            "/projects/",
            "no window applies",
            "project default cannot be read",
        ),
        (
            "get_sync_windows",
            shop(),
            "/syncwindows",
            "a deny window is open",
            "Argo CD's own verdict is missing",
        ),
        (
            "compare_applications",
            json!({"name": "shop", "other": "argocd/shop"}),
            "/manifests",
            "shop -> argocd/shop",
            "cannot render",
        ),
        (
            "get_application",
            json!({"name": "shop", "include": "values"}),
            "/manifests",
            "OutOfSync",
            "cannot read what they render to",
        ),
        (
            "get_server_info",
            json!({}),
            "/can-i/",
            "v3.5.1",
            "unknown (",
        ),
    ] {
        let (whole, _) = asked(tool, arguments.clone(), "/nothing-stalls");
        assert!(!whole.contains(missing), "{tool} {stalls}:\n{whole}");
        let (part, took) = asked(tool, arguments, stalls);
        assert!(
            part.contains(says) && part.contains(missing),
            "{tool} {stalls}:\n{part}"
        );
        assert!(took <= IN_TIME, "{tool} {stalls}: {took:?}");
    }
}
