//! What the probes share: the loop that reads requests of a client and answers them, and one attempt.

use std::io::{BufRead, Write};

use serde_json::{Value, json};

#[cfg(target_os = "wasi")]
mod attempt;
// `attempt.rs` is compiled with the bindings of another probe too: it takes those of its crate.
#[cfg(target_os = "wasi")]
use ::wasi;

/// Sends what `attempt` describes through the `wasi` crate, and says what became of it.
#[cfg(target_os = "wasi")]
pub fn attempt(attempt: &Value) -> String {
    attempt::run(attempt)
}

/// What a probe does about one request.
#[derive(Default)]
pub struct Said {
    /// Lines for stdout before the answer.
    pub before: Vec<String>,
    /// The text of the answer.
    pub text: String,
    /// What is done when the answer is out.
    pub after: Option<Box<dyn FnOnce()>>,
}

impl From<String> for Said {
    fn from(text: String) -> Said {
        Said {
            text,
            ..Said::default()
        }
    }
}

/// Reads lines of JSON until the input ends, shows each to `say` as a message and as its text, and
/// answers those with an id: enough MCP to be driven by a client.
pub fn serve<S: Into<Said>>(mut say: impl FnMut(&Value, &str) -> S) {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        let said: Said = say(&message, &line).into();
        let Some(id) = message.get("id") else {
            continue;
        };
        // A client that is gone is the end of the input too.
        if print(&said, id).is_err() {
            return;
        }
        if let Some(after) = said.after {
            after();
        }
    }
}

fn print(said: &Said, id: &Value) -> std::io::Result<()> {
    let answer = json!({ "jsonrpc": "2.0", "id": id, "result": {
        "resultType": "complete", "content": [{ "type": "text", "text": said.text }],
    } });
    let mut out = String::new();
    for line in &said.before {
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(&format!("{answer}\n"));
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(out.as_bytes())?;
    stdout.flush()
}

/// What the attempt asks for, in one line: `METHOD scheme://authority path`.
pub fn named(attempt: &Value) -> String {
    let text =
        |key: &str, otherwise: &'static str| attempt[key].as_str().unwrap_or(otherwise).to_owned();
    let name = format!(
        "{} {}://{} {}",
        text("method", "GET"),
        text("scheme", "-"),
        text("authority", "-"),
        text("path", "-"),
    );
    // A line break in it would make two lines of one.
    name.escape_debug().to_string()
}

/// The outcome of each of the `attempts` in the arguments of a call, a line each.
pub fn report(message: &Value, attempt: fn(&Value) -> String) -> String {
    let attempts = message["params"]["arguments"]["attempts"].as_array();
    let lines: Vec<String> = attempts.into_iter().flatten().map(attempt).collect();
    lines.join("\n")
}
