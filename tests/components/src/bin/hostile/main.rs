//! Sends whatever requests it is told to, through `wasi:http`, and says what became of each.
//!
//! It speaks just enough MCP to be driven by a client. The arguments of a `tools/call` say what to do:
//! - `attempts`, a list of `{method, scheme?, authority?, path?, headers?: [[name, value]], body?}`:
//!   the answer's text has one line per attempt, `METHOD scheme://authority path -> outcome`;
//!   a body is written `when` it says, `before` the request is handed over, `after` it or `never`,
//!   and ends with a `trailer` of that name;
//! - `later`: attempts that are made when the call has been answered;
//! - `say`: lines to write to stdout before the answer; `shout`: lines for stderr;
//! - `tell`: the answer's text ends with its environment and arguments, as JSON.

#[cfg(target_os = "wasi")]
mod attempt;

#[cfg(target_os = "wasi")]
fn main() {
    use std::io::{BufRead, Write};

    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let Ok(message) = serde_json::from_str::<serde_json::Value>(&line) else {
            continue;
        };
        let Some(id) = message.get("id") else {
            continue;
        };
        let arguments = &message["params"]["arguments"];
        let list = |key: &str| arguments[key].as_array().cloned().unwrap_or_default();
        let mut report: Vec<String> = list("attempts").iter().map(attempt::run).collect();
        if arguments["tell"] == true {
            let given = serde_json::json!({
                "environment": std::env::vars().collect::<std::collections::BTreeMap<_, _>>(),
                "arguments": std::env::args().collect::<Vec<_>>(),
            });
            report.push(given.to_string());
        }
        let answer = serde_json::json!({ "jsonrpc": "2.0", "id": id, "result": {
            "resultType": "complete", "content": [{ "type": "text", "text": report.join("\n") }],
        } });
        for line in list("shout") {
            eprintln!("{}", line.as_str().unwrap_or_default());
        }
        let mut out = String::new();
        for line in list("say") {
            out.push_str(line.as_str().unwrap_or_default());
            out.push('\n');
        }
        out.push_str(&format!("{answer}\n"));
        let mut stdout = std::io::stdout().lock();
        if stdout
            .write_all(out.as_bytes())
            .and_then(|()| stdout.flush())
            .is_err()
        {
            return;
        }
        drop(stdout);
        // Nobody is told: the audit and the server know.
        list("later").iter().map(attempt::run).for_each(drop);
    }
}

#[cfg(not(target_os = "wasi"))]
fn main() {}
