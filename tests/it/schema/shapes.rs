//! The messages that this server sends, as one JSON schema for each era: every member that it may
//! send and no other, with the names of the MCP specification (modelcontextprotocol.io/specification).

use serde_json::{Map, Value, json};

/// The first revision without a handshake.
const MODERN: &str = "2026-07-28";

/// The schema of `revision`. Its definitions are named as the specification names them.
pub(super) fn of(revision: &str) -> Value {
    let mut definitions = parts();
    let results = if revision < MODERN {
        legacy_results()
    } else {
        modern_results()
    };
    let references: Vec<Value> = results.iter().map(|(name, _)| reference(name)).collect();
    definitions.insert("JSONRPCMessage".to_owned(), message(revision, &references));
    definitions.extend(
        results
            .into_iter()
            .map(|(name, shape)| (name.to_owned(), shape)),
    );
    json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions })
}

/// An object with exactly these members; the name of one that may be missing ends with `?`.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, shape) in members {
        let bare = name.trim_end_matches('?');
        if bare == name {
            required.push(name);
        }
        properties.insert(bare.to_owned(), shape);
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn list(of: &str) -> Value {
    json!({ "type": "array", "items": reference(of) })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn constant(value: impl Into<Value>) -> Value {
    json!({ "const": value.into() })
}

/// A request id, or a token of progress.
fn id() -> Value {
    json!({ "type": ["string", "integer"] })
}

/// What one line may be.
fn message(revision: &str, results: &[Value]) -> Value {
    let version = || constant("2.0");
    let mut shapes = vec![
        object([
            ("jsonrpc", version()),
            ("id", id()),
            ("result", json!({ "anyOf": results })),
        ]),
        object([
            ("jsonrpc", version()),
            // Null answers a line without a usable id.
            ("id", json!({ "type": ["string", "integer", "null"] })),
            ("error", reference("Error")),
        ]),
        reference("ProgressNotification"),
    ];
    if revision >= MODERN {
        shapes.push(reference("SubscriptionsAcknowledgedNotification"));
    }
    json!({ "anyOf": shapes })
}

/// What both eras have inside of messages.
fn parts() -> Map<String, Value> {
    let parts = [general(), offers(), contents(), notifications()].concat();
    parts
        .into_iter()
        .map(|(name, shape)| (name.to_owned(), shape))
        .collect()
}

/// What a server says of itself, and how it refuses.
fn general() -> Vec<(&'static str, Value)> {
    let capabilities =
        ["tools", "prompts", "resources", "completions"].map(|name| (name, object([])));
    vec![
        (
            "Error",
            object([
                ("code", json!({ "type": "integer" })),
                ("message", text()),
                ("data?", json!({ "type": "object" })),
            ]),
        ),
        (
            "Implementation",
            object([("name", text()), ("title", text()), ("version", text())]),
        ),
        ("ServerCapabilities", object(capabilities)),
    ]
}

/// Entries of the lists of tools, prompts and resource templates.
fn offers() -> Vec<(&'static str, Value)> {
    let boolean = json!({ "type": "boolean" });
    vec![
        (
            "Tool",
            object([
                (
                    "name",
                    json!({ "type": "string", "pattern": "^[a-z_]{1,64}$" }),
                ),
                ("title", text()),
                ("description", text()),
                (
                    "inputSchema",
                    json!({ "type": "object", "required": ["type"], "properties": { "type": constant("object") } }),
                ),
                (
                    "outputSchema?",
                    json!({ "type": "object", "required": ["type"], "properties": { "type": constant("object") } }),
                ),
                ("annotations", reference("ToolAnnotations")),
            ]),
        ),
        (
            "ToolAnnotations",
            object([
                ("title", text()),
                ("readOnlyHint", constant(true)),
                ("destructiveHint", constant(false)),
                ("idempotentHint", constant(true)),
                ("openWorldHint", constant(true)),
            ]),
        ),
        (
            "Prompt",
            object([
                ("name", text()),
                ("title", text()),
                ("description", text()),
                ("arguments", list("PromptArgument")),
            ]),
        ),
        (
            "PromptArgument",
            object([
                ("name", text()),
                ("description", text()),
                ("required", boolean),
            ]),
        ),
        (
            "ResourceTemplate",
            object([
                ("uriTemplate", text()),
                ("name", text()),
                ("title", text()),
                ("description", text()),
                ("mimeType", text()),
            ]),
        ),
    ]
}

/// What results hold.
fn contents() -> Vec<(&'static str, Value)> {
    vec![
        (
            "TextContent",
            object([("type", constant("text")), ("text", text())]),
        ),
        (
            "PromptMessage",
            object([
                ("role", constant("user")),
                ("content", reference("TextContent")),
            ]),
        ),
        (
            "TextResourceContents",
            object([("uri", text()), ("mimeType", text()), ("text", text())]),
        ),
        (
            "Completion",
            object([
                // The specification allows 100.
                (
                    "values",
                    json!({ "type": "array", "items": text(), "maxItems": 100 }),
                ),
                ("total", json!({ "type": "integer", "minimum": 0 })),
                ("hasMore", json!({ "type": "boolean" })),
            ]),
        ),
    ]
}

fn notifications() -> Vec<(&'static str, Value)> {
    let number = json!({ "type": "number" });
    vec![
        (
            "ProgressNotification",
            object([
                ("jsonrpc", constant("2.0")),
                ("method", constant("notifications/progress")),
                ("params", reference("ProgressNotificationParams")),
            ]),
        ),
        (
            "ProgressNotificationParams",
            object([
                ("progressToken", id()),
                ("progress", number.clone()),
                ("total?", number),
                ("message?", text()),
            ]),
        ),
        (
            "SubscriptionsAcknowledgedNotification",
            object([
                ("jsonrpc", constant("2.0")),
                (
                    "method",
                    constant("notifications/subscriptions/acknowledged"),
                ),
                (
                    "params",
                    object([
                        ("notifications", object([])),
                        (
                            "_meta",
                            object([("io.modelcontextprotocol/subscriptionId", id())]),
                        ),
                    ]),
                ),
            ]),
        ),
    ]
}

/// The results that both eras have, without what an era adds.
fn results() -> Vec<(&'static str, Value)> {
    let content = json!({ "type": "array", "items": reference("TextContent"), "minItems": 1 });
    let messages = json!({ "type": "array", "items": reference("PromptMessage"), "minItems": 1 });
    vec![
        ("ListToolsResult", object([("tools", list("Tool"))])),
        (
            "CallToolResult",
            object([
                ("content", content),
                ("structuredContent?", json!({ "type": "object" })),
                ("isError", json!({ "type": "boolean" })),
            ]),
        ),
        ("ListPromptsResult", object([("prompts", list("Prompt"))])),
        (
            "GetPromptResult",
            object([("description", text()), ("messages", messages)]),
        ),
        // Applications are resources by their template; none is listed.
        (
            "ListResourcesResult",
            object([("resources", json!({ "type": "array", "maxItems": 0 }))]),
        ),
        (
            "ListResourceTemplatesResult",
            object([("resourceTemplates", list("ResourceTemplate"))]),
        ),
        (
            "ReadResourceResult",
            object([("contents", list("TextResourceContents"))]),
        ),
        (
            "CompleteResult",
            object([("completion", reference("Completion"))]),
        ),
    ]
}

/// The results of the eras with a handshake.
fn legacy_results() -> Vec<(&'static str, Value)> {
    let mut results = results();
    results.push(("EmptyResult", object([])));
    let versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
    results.push((
        "InitializeResult",
        object([
            ("protocolVersion", json!({ "enum": versions })),
            ("capabilities", reference("ServerCapabilities")),
            ("serverInfo", reference("Implementation")),
            ("instructions", text()),
        ]),
    ));
    results
}

/// The results of the stateless era: each has a type and says who sent it, some how long they keep.
fn modern_results() -> Vec<(&'static str, Value)> {
    const KEPT: [&str; 6] = [
        "ListToolsResult",
        "ListPromptsResult",
        "ListResourcesResult",
        "ListResourceTemplatesResult",
        "ReadResourceResult",
        "DiscoverResult",
    ];
    const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";
    let sender = (
        "io.modelcontextprotocol/serverInfo",
        reference("Implementation"),
    );
    let mut results = results();
    results.push((
        "DiscoverResult",
        object([
            (
                "supportedVersions",
                json!({ "type": "array", "items": text(), "minItems": 5 }),
            ),
            ("capabilities", reference("ServerCapabilities")),
            ("instructions", text()),
        ]),
    ));
    results.push(("SubscriptionsListenResult", object([])));
    for (name, shape) in &mut results {
        let meta = if *name == "SubscriptionsListenResult" {
            object([sender.clone(), (SUBSCRIPTION, id())])
        } else {
            object([sender.clone()])
        };
        add(shape, "resultType", constant("complete"));
        add(shape, "_meta", meta);
        if KEPT.contains(name) {
            add(shape, "ttlMs", json!({ "type": "integer", "minimum": 0 }));
            add(
                shape,
                "cacheScope",
                json!({ "enum": ["public", "private"] }),
            );
        }
    }
    results
}

/// Adds a required member to an object.
fn add(shape: &mut Value, member: &str, of: Value) {
    shape["properties"][member] = of;
    if let Some(required) = shape["required"].as_array_mut() {
        required.push(json!(member));
    }
}
