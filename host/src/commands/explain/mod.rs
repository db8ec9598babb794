//! `explain`: what the program is and may do, printed.

mod bounds;

use std::fmt::Write;

use argocd_gate::{
    egress::Bounds,
    policy::{Narrowing, ROUTES, Route},
};
use serde_json::{Value, json};

use crate::{
    cli::{Explain, Format},
    exit::Failure,
    harden::{self, Reach},
    output::print,
    plan::{Outline, Setting},
    runtime::{
        component::{self, Source},
        imports,
    },
};

/// Any port will do to see what a kernel can restrict.
const HTTPS: u16 = 443;

/// Prints digest, imports, routes, limits and settings. What is wrong with the settings is a failure
/// at the end; the rest is shown.
pub(crate) fn explain(args: &Explain, outline: &Outline) -> Result<(), Failure> {
    let loaded = component::load(args.component.as_deref(), args.pin.get())?;
    let source = match &loaded.source {
        Source::Embedded => "embedded in this binary".to_owned(),
        Source::File(path) => path.display().to_string(),
    };
    let facts = json!({
        "component": { "source": source, "sha256": loaded.sha256 },
        "imports": imports::expected(),
        "routes": routes(&outline.narrowings),
        "limits": limits(outline.bounds),
        "settings": settings(&outline.settings),
        "problems": outline.problems,
        "process": process(),
    });
    match args.format {
        Format::Json => print(&format!("{facts:#}\n"))?,
        Format::Text => print(&text(&facts))?,
    }
    if outline.problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::Configuration(outline.problems.clone()))
    }
}

fn routes(narrowings: &[Narrowing]) -> Vec<Value> {
    let row = |route: &Route| {
        let denied = narrowings.iter().find_map(|file| file.route(route).err());
        let owns = |tool: &&&str| Narrowing::denier(narrowings, tool).is_none();
        json!({
            "template": route.template,
            "query": route.keys.iter().map(|key| key.0).collect::<Vec<_>>(),
            "tools": route.owners.iter().filter(owns).collect::<Vec<_>>(),
            "side_effect": route.effect.words(),
            "denied": denied.map(|denial| denial.reason),
        })
    };
    ROUTES.iter().map(row).collect()
}

fn limits(bounds: Bounds) -> Vec<Value> {
    let pair = |name: &str, value: String| json!({ "name": name, "value": value });
    let table = bounds::table().into_iter();
    let mut rows: Vec<Value> = table.map(|(name, value)| pair(name, value)).collect();
    // What a policy file lowered.
    let standard = Bounds::default();
    if bounds.total != standard.total {
        rows.push(pair("total, by policy", format!("{:?}", bounds.total)));
    }
    if bounds.body_plain_bytes != standard.body_plain_bytes {
        let mib = bounds.body_plain_bytes >> 20;
        rows.push(pair("response body, by policy", format!("{mib} MiB")));
    }
    if bounds.concurrent_requests != standard.concurrent_requests {
        let most = bounds.concurrent_requests.to_string();
        rows.push(pair("requests at once, by policy", most));
    }
    if let Some(most) = bounds.requests_per_minute {
        rows.push(pair("requests a minute, by policy", most.to_string()));
    }
    rows
}

fn settings(settings: &[Setting]) -> Vec<Value> {
    let rows = settings.iter();
    rows.map(|row| json!({ "name": row.name, "value": row.value, "source": row.source }))
        .collect()
}

/// Applied to this process, so that what is said is what this kernel did.
fn process() -> Vec<Value> {
    let rows = harden::apply(Reach {
        port: Some(HTTPS),
        ..Reach::default()
    })
    .0
    .into_iter();
    rows.map(|(name, status)| json!({ "name": name, "status": status.to_string() }))
        .collect()
}

fn text(facts: &Value) -> String {
    let list = |name: &str| facts[name].as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let words = |value: &Value| {
        let list: Vec<String> = value.as_array().into_iter().flatten().map(word).collect();
        if list.is_empty() {
            "-".to_owned()
        } else {
            list.join(", ")
        }
    };
    let component = &facts["component"];
    let (source, sha256) = (word(&component["source"]), word(&component["sha256"]));
    let mut out = format!("component  {source}\n  sha256 {sha256}\n");
    out.push_str("\nimports    all that are linked; a component with another one is refused\n");
    // Writing to a String cannot fail; the results are dropped.
    for name in list("imports") {
        let _ = writeln!(out, "  {}", word(&name));
    }
    out.push_str(
        "\nroutes     GET only, below the server's path prefix; anything else is denied\n",
    );
    for route in list("routes") {
        let _ = writeln!(out, "  {}", word(&route["template"]));
        if let Some(why) = route["denied"].as_str() {
            let _ = writeln!(out, "    DENIED: {why}");
            continue;
        }
        let _ = writeln!(out, "    query: {}", words(&route["query"]));
        let _ = writeln!(out, "    for:   {}", words(&route["tools"]));
        if !word(&route["side_effect"]).is_empty() {
            let _ = writeln!(out, "    also:  {}", word(&route["side_effect"]));
        }
    }
    out.push_str("\nlimits\n");
    for row in list("limits") {
        let _ = writeln!(out, "  {:<36} {}", word(&row["name"]), word(&row["value"]));
    }
    out.push_str("\nsettings   flags win over the environment, the environment over policy files,\n           policy files over the argocd CLI's context\n");
    for row in list("settings") {
        let (value, source) = (word(&row["value"]), word(&row["source"]));
        let _ = writeln!(out, "  {:<12} {value}  ({source})", word(&row["name"]));
    }
    out.push_str("\nprocess    how `run` restricts itself on this machine\n");
    for row in list("process") {
        let _ = writeln!(out, "  {:<36} {}", word(&row["name"]), word(&row["status"]));
    }
    out
}
