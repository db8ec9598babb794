//! Traps and talks on demand. For a `tools/call` with `{"do": …}` it answers (`answer`), keeps silent
//! (`hold`), writes half a line and traps (`trap`), or writes the `lines` it is given and then answers
//! (`say`).
//!
//! It speaks the eras as a server must: without a version in the call's `_meta` it wants a handshake.

use std::io::Write;

/// How far the handshake went.
#[derive(Default)]
struct Handshake {
    version: Option<String>,
    initialized: bool,
}

fn main() {
    use std::io::BufRead;

    let mut handshake = Handshake::default();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let Ok(message) = serde_json::from_str::<serde_json::Value>(&line) else {
            continue;
        };
        match message["method"].as_str() {
            Some("initialize") => {
                let version = message["params"]["protocolVersion"].clone();
                handshake.version = version.as_str().map(str::to_owned);
                answer(
                    &message["id"],
                    &serde_json::json!({ "protocolVersion": version,
                    "capabilities": { "tools": {} }, "serverInfo": { "name": "faulty", "version": "1" } }),
                );
            }
            Some("notifications/initialized") => handshake.initialized = true,
            Some("tools/call") => call(&message, &handshake),
            _ => {}
        }
    }
}

fn call(message: &serde_json::Value, handshake: &Handshake) {
    let arguments = &message["params"]["arguments"];
    match arguments["do"].as_str() {
        Some("hold") => return,
        Some("trap") => {
            print(r#"{"jsonrpc":"2.0","id""#);
            trap();
        }
        Some("say") => {
            for line in arguments["lines"].as_array().into_iter().flatten() {
                print(&format!("{}\n", line.as_str().unwrap_or_default()));
            }
        }
        _ => {}
    }
    let modern = message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"].is_string();
    let text = match &handshake.version {
        _ if modern => "modern".to_owned(),
        Some(version) if handshake.initialized => format!("legacy {version}"),
        _ => "no handshake was made".to_owned(),
    };
    answer(
        &message["id"],
        &serde_json::json!({ "resultType": "complete", "content": [{ "type": "text", "text": text }] }),
    );
}

fn answer(id: &serde_json::Value, result: &serde_json::Value) {
    let answer = serde_json::json!({ "jsonrpc": "2.0", "id": id, "result": result });
    print(&format!("{answer}\n"));
}

fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    // A client that is gone is the end of the input too.
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

/// With a name of its own in the backtrace.
#[inline(never)]
fn trap() {
    std::process::abort();
}
