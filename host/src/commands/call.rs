//! `call`: one tool call from the shell. What is printed is for a person; `--json` prints the result whole.

use argocd_gate::{escape::escaped, policy::Narrowing};
use serde_json::{Map, Value};

use crate::{
    cli::Call,
    exit::Failure,
    harden,
    output::print,
    plan::{Plan, choice},
    render::{self, Look},
    runtime::component,
    session::{self, Session},
    shell,
};

/// Calls one tool and prints its answer.
pub(crate) fn call(
    args: &Call,
    arguments: Map<String, Value>,
    mut plan: Plan,
) -> Result<(), Failure> {
    // From the shell every tool is there, whatever a client would be shown.
    plan.show("ARGOCD_MCP_TOOLSETS", "all");
    plan.show("ARGOCD_MCP_TOOLS", "");
    // `--json` is for programs, and the calls that an answer proposes are typed differently here.
    plan.show("ARGOCD_MCP_OUTPUT", "structured");
    if let Some(file) = Narrowing::denier(&plan.egress.narrowings, &args.tool) {
        let why = format!("{} does not allow the tool {}", file.source, args.tool);
        return Err(Failure::Component(escaped(&why)));
    }
    let loaded = component::load_audited(args.component.as_deref(), args.pin.get(), &plan.audit)?;
    harden::apply(plan.reach()).warn();
    let runtime = session::runtime()?;
    let response = runtime.block_on(async {
        let mut session = Session::start(plan, &loaded)?;
        session.call(&args.tool, Value::Object(arguments)).await
    });
    runtime.shutdown_background();
    let response = response?;
    if let Some(error) = response.get("error") {
        let message = error
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or("no message");
        return Err(Failure::Component(escaped(message)));
    }
    let result = &response["result"];
    if args.json {
        print(&format!("{result:#}\n"))?;
    } else {
        print(&render::answer(&shell::text_of(result), Look::of_stdout()))?;
    }
    if result["isError"].as_bool() == Some(true) {
        let text = format!("{} answered with an error", args.tool);
        return Err(Failure::Component(text));
    }
    Ok(())
}

/// The arguments of the call, or what was mistyped: an unknown tool, or a second value for one key,
/// which would replace the first one in silence.
pub(crate) fn arguments(args: &Call) -> Result<Map<String, Value>, Failure> {
    // Another component may have other tools.
    if args.component.is_none()
        && let Some(wrong) = choice::wrong_tool(&args.tool)
    {
        return Err(Failure::Usage(wrong));
    }
    let mut arguments = Map::new();
    for (key, value) in &args.arguments {
        if arguments.contains_key(key) {
            let key = escaped(key);
            return Err(Failure::Usage(format!("{key} is given twice: keep one")));
        }
        arguments.insert(key.clone(), Value::String(value.clone()));
    }
    Ok(arguments)
}
