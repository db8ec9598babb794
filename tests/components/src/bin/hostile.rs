//! Sends whatever requests it is told to, through `wasi:http`, and says what became of each.
//!
//! The arguments of a `tools/call` say what to do:
//! - `attempts`, a list of `{method, scheme?, authority?, path?, headers?: [[name, value]], body?}`:
//!   the answer's text has one line per attempt, `METHOD scheme://authority path -> outcome`;
//!   a body is written `when` it says, `before` the request is handed over, `after` it or `never`,
//!   and ends with a `trailer` of that name;
//! - `later`: attempts that are made when the call has been answered;
//! - `say`: lines to write to stdout before the answer; `shout`: lines for stderr;
//! - `tell`: the answer's text ends with its environment and arguments, as JSON.

#[cfg(target_os = "wasi")]
fn main() {
    argocd_probes::serve(|message, _| say(&message["params"]["arguments"]));
}

#[cfg(target_os = "wasi")]
fn say(arguments: &serde_json::Value) -> argocd_probes::Said {
    use argocd_probes::attempt;

    let list = |key: &str| arguments[key].as_array().cloned().unwrap_or_default();
    let lines = |key: &str| {
        let texts = list(key).into_iter();
        texts.map(|line| line.as_str().unwrap_or_default().to_owned())
    };
    let mut report: Vec<String> = list("attempts").iter().map(attempt).collect();
    if arguments["tell"] == true {
        let given = serde_json::json!({
            "environment": std::env::vars().collect::<std::collections::BTreeMap<_, _>>(),
            "arguments": std::env::args().collect::<Vec<_>>(),
        });
        report.push(given.to_string());
    }
    for line in lines("shout") {
        eprintln!("{line}");
    }
    let later = list("later");
    argocd_probes::Said {
        before: lines("say").collect(),
        text: report.join("\n"),
        // Nobody is told: the audit and the server know.
        after: Some(Box::new(move || later.iter().map(attempt).for_each(drop))),
    }
}

#[cfg(not(target_os = "wasi"))]
fn main() {}
