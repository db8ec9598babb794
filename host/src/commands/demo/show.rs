//! The show of `demo`: three questions, one write that is refused, and what to do next.

use std::fmt::Write;

use serde_json::{Value, json};

use super::server::{Demo, HOSTILE, start};
use crate::{
    cli::Connection,
    exit::Failure,
    output::print,
    plan::Plan,
    render::{self, Look, text_of},
    runtime::component::{self, Loaded, Source},
    session::{self, Session},
    shell,
};

/// What the hostile component is told to do.
const WRITE: &str = "/api/v1/applications/orders-api/sync";

/// When the answers of the demo were recorded.
const RECORDED: &str = "2026-11-22";
/// The end of the show.
const NEXT: &str = "
━━ What next?

cargo install --locked --path host     install argocd-host from this checkout
argocd-host call --demo list_clusters  ask the demo something else
argocd-host run --demo                 serve the demo to an MCP client
argocd-host selftest                   let a hostile component try everything it can

README.md says how to connect your own Argo CD: account, token and client configuration.
";

/// The whole show: three questions, one write that is refused, and what to do next.
pub(crate) fn show() -> Result<(), Failure> {
    let demo = start()?;
    let loaded = component::load(None, None)?;
    print(&format!(
        "A demo Argo CD listens at {}.\nIt replays what a genuine Argo CD answered on {RECORDED}, so ages count from that day.\n",
        demo.simulator().url()
    ))?;
    for (question, tool, arguments) in [
        (
            "Why is checkout-api broken?",
            "diagnose_application",
            json!({ "name": "checkout-api" }),
        ),
        (
            "Which applications are there, worst first?",
            "list_applications",
            json!({ "limit": "12" }),
        ),
        (
            "What differs between Git and the cluster in orders-api?",
            "get_application_managed_resources",
            json!({ "name": "orders-api" }),
        ),
    ] {
        print(&format!(
            "\n━━ {question}\n$ argocd-host call --demo {tool}{}\n\n",
            as_typed(&arguments)
        ))?;
        let result = ask(&demo, &loaded, tool, arguments)?;
        print(&render::answer(&shell::text_of(&result), Look::of_stdout()))?;
        if result["isError"].as_bool() == Some(true) {
            return Err(Failure::Component(format!("{tool} answered with an error")));
        }
    }
    refused_write(&demo)?;
    print(NEXT)
}

fn ask(demo: &Demo, loaded: &Loaded, tool: &str, arguments: Value) -> Result<Value, Failure> {
    let mut plan = demo.plan(&Connection::default())?;
    // Its proposed calls are typed, as those of `call` are.
    plan.show("ARGOCD_MCP_OUTPUT", "structured");
    ask_with(plan, loaded, tool, arguments)
}

fn ask_with(plan: Plan, loaded: &Loaded, tool: &str, arguments: Value) -> Result<Value, Failure> {
    let audit = plan.audit.clone();
    let runtime = session::runtime()?;
    let response = runtime.block_on(async {
        let mut session = Session::start(plan, loaded)?;
        session.call(tool, arguments).await
    });
    runtime.shutdown_background();
    let mut response = session::end_audit(&audit, response)?;
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
    let authority = demo.simulator().addr().to_string();
    let attempts = json!({ "attempts": [
        { "method": "GET", "scheme": "http", "authority": authority, "path": "/api/version" },
        { "method": "POST", "scheme": "http", "authority": authority, "path": WRITE },
    ] });
    demo.simulator().clear_requests();
    let result = ask_with(demo.plan(&typed)?, &hostile, "list_applications", attempts);
    let audit = std::fs::read_to_string(&log)?;
    std::fs::remove_file(&log)?;
    let audit: Vec<Value> = audit
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let seen: Vec<String> = demo
        .simulator()
        .requests()
        .iter()
        .map(|r| format!("{} {}", r.method, r.path_and_query))
        .collect();
    let text = format!(
        "\n━━ What if the component is hostile and tries to sync orders-api?\n\nWhat the component got:\n{}What the audit log says:\n{}What the Argo CD server saw:\n{}",
        indented(&text_of(&result?)),
        indented(&audit.iter().filter_map(audited).collect::<String>()),
        indented(&seen.join("\n"))
    );
    print(&render::answer(&text, Look::of_stdout()))?;
    let denied = audit
        .iter()
        .any(|line| line["path"] == WRITE && line["decision"] == "deny");
    let reached = seen.iter().any(|request| request.contains("/sync"));
    let control = seen.iter().any(|request| request.starts_with("GET "));
    if !denied || reached || !control {
        return Err(Failure::Component(
            "the sandbox did not hold: the write was not refused as it must be".into(),
        ));
    }
    print("\nThe read reached Argo CD. The write never left the sandbox.\n")
}

/// A decision of the audit log in words; other lines say nothing about a request's fate.
fn audited(line: &Value) -> Option<String> {
    let word = |member: &str| line[member].as_str().unwrap_or_default().to_owned();
    let decision = line["decision"].as_str()?;
    let reason = match line["reason"].as_str() {
        Some(reason) => format!(": {reason}"),
        None => String::new(),
    };
    let (method, path, rule) = (word("method"), word("path"), word("rule"));
    Some(format!(
        "{decision} {method} {path} (line {}, rule {rule}{reason})\n",
        line["seq"]
    ))
}

fn as_typed(arguments: &Value) -> String {
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
