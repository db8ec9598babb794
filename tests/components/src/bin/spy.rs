//! Says everything that it was given: arguments, environment and each line of its stdin.
//!
//! For each line with an `id` it answers with one text that holds all three.

use std::io::{BufRead, Write};

fn main() {
    let mut lines = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        lines.push(line.clone());
        let Ok(message) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        let Some(id) = message.get("id") else { continue };
        let seen = serde_json::json!({
            "arguments": std::env::args().collect::<Vec<_>>(),
            "environment": std::env::vars().collect::<std::collections::BTreeMap<_, _>>(),
            "stdin": lines,
        });
        eprintln!("spy on stderr: {seen}");
        let answer = serde_json::json!({ "jsonrpc": "2.0", "id": id, "result": {
            "resultType": "complete", "content": [{ "type": "text", "text": seen.to_string() }],
        } });
        let mut stdout = std::io::stdout().lock();
        if writeln!(stdout, "{answer}").and_then(|()| stdout.flush()).is_err() {
            return;
        }
    }
}
