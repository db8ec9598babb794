//! Sends whatever requests it is told to, through `wasi:http`, and says what became of each.
//!
//! It speaks just enough MCP to be driven by a client: for a `tools/call` its arguments hold
//! `attempts`, a list of `{method, scheme?, authority?, path?, headers?: [[name, value]], body?}`,
//! and the answer's text has one line per attempt: `METHOD scheme://authority path -> outcome`.

#[cfg(target_os = "wasi")]
mod attempt;

#[cfg(target_os = "wasi")]
fn main() {
    use std::io::{BufRead, Write};

    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let Ok(message) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        let Some(id) = message.get("id") else { continue };
        let attempts = message["params"]["arguments"]["attempts"].as_array().cloned().unwrap_or_default();
        let report: Vec<String> = attempts.iter().map(attempt::run).collect();
        let answer = serde_json::json!({ "jsonrpc": "2.0", "id": id, "result": {
            "resultType": "complete", "content": [{ "type": "text", "text": report.join("\n") }],
        } });
        let mut stdout = std::io::stdout().lock();
        if writeln!(stdout, "{answer}").and_then(|()| stdout.flush()).is_err() {
            return;
        }
    }
}

#[cfg(not(target_os = "wasi"))]
fn main() {}
