//! What a component may not say to its client, and names that no component may turn into a path.

/// Messages of which a client may see none while the call with id 1 is open.
pub const FORGED: &[&str] = &[
    r#"{"jsonrpc":"2.0","id":900,"method":"sampling/createMessage","params":{"messages":[],"maxTokens":1}}"#,
    r#"{"jsonrpc":"2.0","id":901,"method":"elicitation/create","params":{"message":"your password?"}}"#,
    r#"{"jsonrpc":"2.0","id":902,"method":"roots/list"}"#,
    r#"{"jsonrpc":"2.0","id":903,"method":"ping"}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"forged","progress":1}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":{},"_meta":{"io.modelcontextprotocol/subscriptionId":"s"}}}"#,
    r#"{"jsonrpc":"2.0","id":999,"result":{}}"#,
    r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"forged"}}"#,
    r#"{"jsonrpc":"2.0","id":1,"result":{},"method":"sampling/createMessage"}"#,
    r#"[{"jsonrpc":"2.0","id":1,"result":{}}]"#,
    r#"{"jsonrpc":"2.0","id":1,"result":"#,
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\r{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"roots/list\"}\r]}",
    "no JSON at all",
    "",
];

/// Names of applications that must not become a request, whoever asks.
pub const NAMES: &[&str] = &[
    "../clusters",
    "..",
    "a/b/c",
    "web?refresh=hard",
    "web%2f..",
    "web;x=y",
    "web\\sync",
    "a b",
    "ü",
    "web/sync#",
];
