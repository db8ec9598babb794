//! Says everything that it was given: arguments, environment and each line of its stdin.
//!
//! For each line with an `id` it answers with one text that holds all three.

fn main() {
    let mut lines = Vec::new();
    argocd_probes::serve(|message, line| {
        lines.push(line.to_owned());
        let seen = serde_json::json!({
            "arguments": std::env::args().collect::<Vec<_>>(),
            "environment": std::env::vars().collect::<std::collections::BTreeMap<_, _>>(),
            "stdin": lines,
        });
        if message.get("id").is_some() {
            eprintln!("spy on stderr: {seen}");
        }
        seen.to_string()
    });
}
