//! `tools`: what the component offers, with parameters. Asks the component, not a server.

use std::fmt::Write;

use argocd_gate::escape::escaped;
use serde_json::{Value, json};

use crate::{
    cli::Tools,
    exit::Failure,
    harden,
    output::print,
    plan::{self, Plan, choice},
    render::{self, Look},
    runtime::component,
    session::{self, Session},
};

/// Prints the tools, or one of them.
pub(crate) fn tools(args: &Tools) -> Result<(), Failure> {
    let wrong = choice::wrong_sets(args.set.as_deref().unwrap_or_default());
    if !wrong.is_empty() {
        return Err(Failure::Usage(format!("--set: {}", wrong.join("; "))));
    }
    let plan: Plan = plan::offline(args.set.as_deref())?;
    let loaded = component::load_audited(args.component.as_deref(), args.pin.get(), &plan.audit)?;
    harden::apply(plan.reach()).warn();
    let runtime = session::runtime()?;
    let response = runtime.block_on(async {
        let mut session = Session::start(plan, &loaded)?;
        session.ask("tools/list", json!({})).await
    });
    runtime.shutdown_background();
    let mut response = response?;
    let mut tools = match response["result"]["tools"].take() {
        Value::Array(tools) => tools,
        _ => return Err(Failure::Component("the component lists no tools".into())),
    };
    if let Some(wanted) = &args.tool {
        only(&mut tools, wanted, args.set.as_deref())?;
    }
    if args.json {
        return print(&format!("{:#}\n", Value::Array(tools)));
    }
    let text: String = tools
        .iter()
        .map(|tool| described(tool, args.tool.is_some()))
        .collect();
    print(&render::answer(text.trim_end(), Look::of_stdout()))
}

/// Keeps the tool `wanted` alone.
fn only(tools: &mut Vec<Value>, wanted: &str, set: Option<&str>) -> Result<(), Failure> {
    let names: Vec<String> = tools
        .iter()
        .filter_map(|tool| tool["name"].as_str().map(str::to_owned))
        .collect();
    tools.retain(|tool| tool["name"] == wanted);
    if !tools.is_empty() {
        return Ok(());
    }
    let wrong = match set {
        Some(set) if choice::wrong_tool(wanted).is_none() => format!(
            "{wanted} is not in the tool sets {}. Leave out --set to see it",
            escaped(set)
        ),
        _ => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            choice::unknown("tool", wanted, &names, choice::TOOLS_ARE_LISTED)
        }
    };
    Err(Failure::Usage(wrong))
}

/// One tool: name and parameters, and each parameter's meaning when it is the only one.
fn described(tool: &Value, whole: bool) -> String {
    let text = |value: &Value| escaped(value.as_str().unwrap_or_default());
    let required: Vec<&str> = tool["inputSchema"]["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = tool["inputSchema"]["properties"].as_object();
    let mut head = text(&tool["name"]);
    let mut lines = String::new();
    for (name, schema) in properties.into_iter().flatten() {
        let name = escaped(name);
        let _ = if required.contains(&name.as_str()) {
            write!(head, " {name}=…")
        } else {
            write!(head, " [{name}=…]")
        };
        if whole {
            let _ = writeln!(
                lines,
                "  {name}: {}{}",
                text(&schema["description"]),
                accepted(schema)
            );
        }
    }
    format!("{head}\n  {}\n{lines}\n", text(&tool["description"]))
}

/// ` (one of: a, b; default 20)`.
fn accepted(schema: &Value) -> String {
    let mut parts = Vec::new();
    let words = schema["enum"]
        .as_array()
        .or(schema["items"]["enum"].as_array());
    if let Some(words) = words {
        let words: Vec<String> = words
            .iter()
            .filter_map(Value::as_str)
            .map(escaped)
            .collect();
        parts.push(format!("one of: {}", words.join(", ")));
    }
    if let Some(most) = schema["maximum"].as_u64() {
        parts.push(format!("at most {most}"));
    }
    if !schema["default"].is_null() {
        parts.push(format!(
            "default {}",
            escaped(&schema["default"].to_string())
        ));
    }
    if parts.is_empty() {
        String::new()
    } else {
        format!(" ({})", parts.join("; "))
    }
}
