//! The show of `demo`: three questions, and one write that is refused.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Demo, HOSTILE, start};
use crate::{
    cli::Connection,
    exit::Failure,
    output::print,
    plan::Plan,
    render::text_of,
    runtime::component::{self, Loaded, Source},
    session::{self, Session},
};

/// What the attacker is told to do.
const WRITE: &str = "/api/v1/applications/orders-api/sync";

/// The whole show: three questions, and one write that is refused.
pub(crate) fn show() -> Result<(), Failure> {
    let demo = start()?;
    let loaded = component::load(None, None)?;
    print(&format!(
        "A demo Argo CD listens at {} (recorded answers of a genuine one).\n",
        demo.simulator.url()
    ))?;
    for (question, tool, arguments) in [
        (
            "Which applications are there?",
            "list_applications",
            json!({ "limit": 12 }),
        ),
        (
            "What drifted in orders-api?",
            "get_application_managed_resources",
            json!({ "name": "orders-api" }),
        ),
        (
            "What does the failing pod of checkout-api say?",
            "get_application_logs",
            failing_pod(),
        ),
    ] {
        print(&format!(
            "\n━━ {question}\n$ argocd-host call --demo {tool}{}\n\n",
            shown(&arguments)
        ))?;
        let result = ask(&demo, &loaded, tool, arguments)?;
        print(&indented(&text_of(&result)))?;
        if result["isError"].as_bool() == Some(true) {
            return Err(Failure::Component(format!("{tool} answered with an error")));
        }
    }
    refused_write(&demo)
}

/// The Pod that crashes after the release, in the recorded data.
fn failing_pod() -> Value {
    json!({ "name": "checkout-api", "pod": "checkout-api-67948d46c5-5bbdp", "container": "api", "tail_lines": 12 })
}

fn ask(demo: &Demo, loaded: &Loaded, tool: &str, arguments: Value) -> Result<Value, Failure> {
    ask_with(demo.plan(&Connection::default())?, loaded, tool, arguments)
}

fn ask_with(plan: Plan, loaded: &Loaded, tool: &str, arguments: Value) -> Result<Value, Failure> {
    let runtime = session::runtime()?;
    let response = runtime.block_on(async {
        let mut session = Session::start(plan, loaded)?;
        session.call(tool, arguments).await
    });
    runtime.shutdown_background();
    let mut response = response?;
    match response.get("error") {
        Some(error) => Err(Failure::Component(error.to_string())),
        None => Ok(response["result"].take()),
    }
}

/// A hostile component tries to sync an application: the audit has its attempt, the server does not.
fn refused_write(demo: &Demo) -> Result<(), Failure> {
    let hostile = component::from_bytes(HOSTILE, Source::Embedded)?;
    let log = std::env::temp_dir().join(format!("argocd-host-demo-{}.jsonl", std::process::id()));
    let typed = Connection {
        audit_log: Some(log.display().to_string()),
        ..Connection::default()
    };
    let authority = demo.simulator.addr().to_string();
    let attempts = json!({ "attempts": [
        { "method": "GET", "scheme": "http", "authority": authority, "path": "/api/version" },
        { "method": "POST", "scheme": "http", "authority": authority, "path": WRITE },
    ] });
    demo.simulator.clear_requests();
    let result = ask_with(demo.plan(&typed)?, &hostile, "list_applications", attempts);
    let audit = std::fs::read_to_string(&log)?;
    std::fs::remove_file(&log)?;
    let seen: Vec<String> = demo
        .simulator
        .requests()
        .iter()
        .map(|r| format!("{} {}", r.method, r.path_and_query))
        .collect();
    let mut out = String::from(
        "\n━━ And a hostile component that tries to sync orders-api?\n\nwhat the component got\n",
    );
    // Writing to a String cannot fail; the results are dropped.
    let _ = writeln!(out, "{}audit log", indented(&text_of(&result?)));
    let _ = write!(
        out,
        "{}what the Argo CD server saw\n{}",
        indented(&audit),
        indented(&seen.join("\n"))
    );
    print(&out)?;
    let denied = audit
        .lines()
        .any(|line| line.contains(WRITE) && line.contains("\"deny\""));
    let reached = seen.iter().any(|request| request.contains("/sync"));
    let control = seen.iter().any(|request| request.starts_with("GET "));
    if !denied || reached || !control {
        return Err(Failure::Component(
            "the sandbox did not hold: the write was not refused as it must be".into(),
        ));
    }
    print("\nThe read went through, the write never left the sandbox.\n")
}

fn shown(arguments: &Value) -> String {
    let mut text = String::new();
    for (key, value) in arguments.as_object().into_iter().flatten() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let _ = write!(text, " {key}={value}");
    }
    text
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
