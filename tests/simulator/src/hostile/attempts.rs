//! The attempts: each differs in one thing from a request that is allowed, so that one rule must refuse it.

use serde_json::{Value, json};

use super::Field;

/// One attempt of a hostile component.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The requirement that it belongs to (SECURITY.md).
    pub requirement: &'static str,
    /// The rule that must refuse it, as the audit names it.
    pub rule: &'static str,
    /// What is wrong with it.
    pub what: What,
}

/// What an attempt does otherwise than an allowed request.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// Host and port.
    Authority(&'static str),
    /// The scheme.
    Scheme(&'static str),
    /// Path and query.
    Path(&'static str),
    /// Method and path.
    Method(&'static str, &'static str),
    /// One more header.
    Header(&'static str, &'static str),
    /// A body, when it is written, and a trailer after it.
    Body(&'static str, &'static str, Option<&'static str>),
    /// A path that is allowed, while another request of the client is open: its JSON-RPC method and tool.
    While(&'static str, &'static str, &'static str),
}

use What::{Authority, Body, Header, Method, Path, Scheme, While};

const fn row(requirement: &'static str, rule: &'static str, what: What) -> Attempt {
    Attempt {
        requirement,
        rule,
        what,
    }
}

/// The request that the attempts vary, and the tool that is open meanwhile, which owns its route.
const ALLOWED: &str = "/api/v1/applications";
const OPEN: &str = "list_applications";

/// The table.
#[rustfmt::skip]
pub static ATTEMPTS: &[Attempt] = &[
    // Another authority, in any spelling: most lead to the canary on this machine.
    row("R1.1", "origin", Authority("{there}")),
    row("R1.1", "origin", Authority("localhost:{port}")),
    row("R1.1", "origin", Authority("LOCALHOST:{port}")),
    row("R1.1", "origin", Authority("localhost.:{port}")),
    row("R1.1", "origin", Authority("user@{there}")),
    row("R1.1", "origin", Authority("user:password@{there}")),
    row("R1.1", "origin", Authority("{here}@{there}")),
    row("R1.1", "origin", Authority("2130706433:{port}")),
    row("R1.1", "origin", Authority("0177.0.0.1:{port}")),
    row("R1.1", "origin", Authority("0x7f000001:{port}")),
    row("R1.1", "origin", Authority("0x7f.0.0.1:{port}")),
    row("R1.1", "origin", Authority("127.1:{port}")),
    row("R1.1", "origin", Authority("127.0.0.2:{port}")),
    row("R1.1", "origin", Authority("0.0.0.0:{port}")),
    row("R1.1", "origin", Authority("[::1]:{port}")),
    row("R1.1", "origin", Authority("[::ffff:127.0.0.1]:{port}")),
    row("R1.1", "origin", Authority("[::ffff:7f00:1]:{port}")),
    row("R1.1", "origin", Authority("[64:ff9b::7f00:1]:{port}")),
    row("R1.1", "origin", Authority("169.254.169.254")),
    row("R1.1", "origin", Authority("127.0.0.1")),
    row("R1.1", "origin", Authority("127.0.0.1:")),
    row("R1.1", "origin", Authority("127.0.0.1:0")),
    row("R1.1", "origin", Authority("127.0.0.1:65536")),
    row("R1.1", "origin", Authority("127.0.0.1:0{port}")),
    row("R1.1", "origin", Authority("127.0.0.1:+{port}")),
    row("R1.1", "origin", Authority("127\u{3002}0\u{3002}0\u{3002}1:{port}")),
    row("R1.1", "origin", Authority("l\u{43e}calhost:{port}")),
    row("R1.1", "origin", Authority("127%2e0%2e0%2e1:{port}")),
    row("R1.1", "origin", Authority("127.0.0.1.example.com:{port}")),
    row("R1.1", "origin", Authority("{here}.example.com")),
    row("R1.1", "origin", Authority("{here}/")),
    row("R1.1", "origin", Authority("{here}#{there}")),
    row("R1.1", "origin", Authority("{here}\\@{there}")),
    row("R1.1", "origin", Authority("{here} ")),
    row("R1.1", "origin", Authority("{here}\r\nhost: {there}")),
    row("R1.1", "origin", Authority("")),
    row("R1.1", "origin", Scheme("https")),
    row("R1.1", "origin", Scheme("HTTP")),
    row("R1.1", "origin", Scheme("ftp")),
    row("R1.1", "origin", Scheme("file")),
    row("R1.1", "origin", Scheme("unix")),
    // Targets of another form than a path.
    row("R1.2", "path", Path("http://{there}/api/v1/applications")),
    row("R1.2", "path", Path("//{there}/api/v1/applications")),
    row("R1.2", "path", Path("/\\{there}/api/v1/applications")),
    row("R1.2", "path", Path("{there}")),
    row("R1.2", "path", Path("*")),
    row("R1.2", "path", Path("api/version")),
    row("R1.2", "path", Path("?name=web")),
    row("R1.2", "path", Path("")),
    row("R1.2", "method", Method("CONNECT", "{there}")),
    // Other methods.
    row("R1.3", "method", Method("POST", "/api/v1/applications/orders-api/sync")),
    row("R1.3", "method", Method("POST", "/api/v1/session")),
    row("R1.3", "method", Method("POST", ALLOWED)),
    row("R1.3", "method", Method("PUT", "/api/v1/applications/orders-api")),
    row("R1.3", "method", Method("PATCH", "/api/v1/applications/orders-api")),
    row("R1.3", "method", Method("DELETE", "/api/v1/applications/orders-api")),
    row("R1.3", "method", Method("HEAD", ALLOWED)),
    row("R1.3", "method", Method("OPTIONS", ALLOWED)),
    row("R1.3", "method", Method("TRACE", ALLOWED)),
    row("R1.3", "method", Method("PROPFIND", ALLOWED)),
    row("R1.3", "method", Method("get", ALLOWED)),
    row("R1.3", "method", Method("Get", ALLOWED)),
    row("R1.3", "method", Method("GET ", ALLOWED)),
    row("R1.3", "method", Method(" GET", ALLOWED)),
    row("R1.3", "method", Method("GET /api/version HTTP/1.1\r\nx: ", ALLOWED)),
    row("R1.3", "method", Method("", ALLOWED)),
    // Paths that two parsers could read differently.
    row("R1.4", "path", Path("/api/v1/applications/../session")),
    row("R1.4", "path", Path("/api/v1/applications/./orders-api")),
    row("R1.4", "path", Path("/api/v1/applications/..")),
    row("R1.4", "path", Path("/api/v1/applications/%2e%2e/session")),
    row("R1.4", "path", Path("/api/v1/applications/.%2E/session")),
    row("R1.4", "path", Path("/api/v1/applications/%252e%252e/session")),
    row("R1.4", "path", Path("/api/v1/applications/%c0%ae%c0%ae/session")),
    row("R1.4", "path", Path("/api/v1/applications/\u{ff0e}\u{ff0e}/session")),
    row("R1.4", "path", Path("/api/v1/applications/orders-api/..%2fsync")),
    row("R1.4", "path", Path("/api/v1/applications/orders-api%2Fsync")),
    row("R1.4", "path", Path("/api/v1/applications/orders-api%5csync")),
    row("R1.4", "path", Path("/api/v1/applications/orders-api\\sync")),
    row("R1.4", "path", Path("/api/v1/applications/orders-api;x=y")),
    row("R1.4", "path", Path("/api/v1/applications?name=web;refresh=hard")),
    row("R1.4", "path", Path("//api/v1/applications")),
    row("R1.4", "path", Path("/api/v1/applications//orders-api")),
    row("R1.4", "path", Path("/api/v1/applications/")),
    row("R1.4", "path", Path("/api/v1/applications\0")),
    row("R1.4", "path", Path("/api/v1/applications/orders-api%00")),
    row("R1.4", "path", Path("/api/v1/applications/\u{e4}")),
    row("R1.4", "path", Path("/api/v1/applications#/../session")),
    row("R1.4", "path", Path("/api/v1/applications /")),
    row("R1.4", "path", Path("/api/v1/applications HTTP/1.1\r\nx: y")),
    row("R1.4", "query", Path("/api/v1/applications?n%61me=web")),
    row("R1.4", "query", Path("/api/v1/applications?name")),
    row("R1.4", "query", Path("/api/v1/applications?name=%zz")),
    row("R1.4", "query", Path("/api/v1/applications?name=a&name=b")),
    row("R1.4", "query", Path("/api/v1/applications?selector=a+b")),
    row("R1.4", "query", Path("/api/v1/applications?fields=-items.spec")),
    row("R1.4", "query", Path("/api/v1/applications/orders-api/logs")),
    row("R1.4", "query", Path("/api/v1/applications/orders-api/logs?tailLines=0")),
    row("R1.4", "query", Path("/api/v1/applications/orders-api/logs?tailLines=5&follow=true")),
    // Writes by GET, and what no tool owns.
    row("R1.5", "query", Path("/api/v1/applications/orders-api?refresh=hard")),
    row("R1.5", "query", Path("/api/v1/applications?refresh=normal")),
    row("R1.5", "query", Path("/api/v1/applications/orders-api?hydrate=normal")),
    row("R1.5", "query", Path("/api/v1/applications/orders-api/manifests?noCache=true")),
    row("R1.5", "query", Path("/api/v1/repositories?forceRefresh=true")),
    row("R1.5", "query", Path("/api/v1/repositories?hard=true")),
    row("R1.5", "route", Path("/terminal?pod=x&container=y")),
    row("R1.5", "route", Path("/extensions/x")),
    row("R1.5", "route", Path("/api/dex/auth")),
    row("R1.5", "route", Path("/auth/login")),
    row("R1.5", "route", Path("/auth/logout")),
    row("R1.5", "route", Path("/download/argocd-linux-amd64")),
    row("R1.5", "route", Path("/api/webhook")),
    row("R1.5", "route", Path("/swagger.json")),
    row("R1.5", "route", Path("/metrics")),
    row("R1.5", "route", Path("/api/v1/account")),
    row("R1.5", "route", Path("/api/v1/account/admin/token")),
    row("R1.5", "route", Path("/api/v1/session")),
    row("R1.5", "route", Path("/api/v1/stream/applications")),
    row("R1.5", "route", Path("/api/v1/applications/orders-api/sync")),
    row("R1.5", "route", Path("/api/v1/applications/orders-api/rollback")),
    row("R1.5", "route", Path("/api/v1/repocreds")),
    row("R1.5", "route", Path("/api/v1/certificates")),
    row("R1.5", "route", Path("/api/v1/gpgkeys")),
    // Headers and bodies.
    row("R1.9", "header", Header("authorization", "Bearer a.b.c")),
    row("R1.9", "header", Header("authorization", "Basic YWRtaW46cGFzc3dvcmQ=")),
    row("R1.9", "header", Header("cookie", "argocd.token=a.b.c")),
    row("R1.9", "header", Header("host", "{there}")),
    row("R1.9", "header", Header("x-http-method-override", "POST")),
    row("R1.9", "header", Header("x-http-method", "POST")),
    row("R1.9", "header", Header("x-method-override", "DELETE")),
    row("R1.9", "header", Header("transfer-encoding", "chunked")),
    row("R1.9", "header", Header("connection", "upgrade")),
    row("R1.9", "header", Header("upgrade", "websocket")),
    row("R1.9", "header", Header("te", "trailers")),
    row("R1.9", "header", Header("expect", "100-continue")),
    row("R1.9", "header", Header("range", "bytes=0-0")),
    row("R1.9", "header", Header("forwarded", "host={there}")),
    row("R1.9", "header", Header("x-forwarded-host", "{there}")),
    row("R1.9", "header", Header("x-forwarded-for", "10.0.0.1")),
    row("R1.9", "header", Header("x-original-url", "/api/v1/session")),
    row("R1.9", "header", Header("x-rewrite-url", "/api/v1/session")),
    row("R1.9", "header", Header("proxy-authorization", "Basic YTpi")),
    row("R1.9", "header", Header("content-type", "application/grpc-web+proto")),
    row("R1.9", "header", Header("accept", "text/event-stream")),
    row("R1.9", "header", Header("accept", "text/html")),
    row("R1.9", "header", Header("user-agent", "argocd-client/v3.5.1")),
    row("R1.9", "header", Header("grpc-metadata-token", "a.b.c")),
    row("R1.9", "body", Body("{}", "before", None)),
    row("R1.9", "body", Body("{}", "after", None)),
    row("R1.9", "body", Body("", "never", None)),
    row("R1.9", "body", Body("", "before", Some("x-late"))),
    row("R1.9", "body", Body("", "after", Some("authorization"))),
    // What is allowed, asked for while nothing is open that owns it.
    row("C9", "owner", While("ping", "", ALLOWED)),
    row("C9", "owner", While("tools/list", "", "/api/version")),
    row("C9", "owner", While("tools/call", "list_projects", "/api/v1/clusters")),
    row("C9", "owner", While("tools/call", "list_clusters", "/api/v1/applications/orders-api/resource-tree")),
    row("C9", "owner", While("tools/call", "no_such_tool", ALLOWED)),
];

impl Attempt {
    /// The guard that must refuse it.
    pub fn guard(&self) -> &'static str {
        match self.rule {
            "owner" => "ownership",
            "query" => "route",
            rule => rule,
        }
    }

    /// The JSON-RPC method that is open meanwhile, and its parameters with the attempt in them.
    pub fn call(&self, field: &Field) -> (&'static str, Value) {
        let (method, tool) = match self.what {
            While(method, tool, _) => (method, tool),
            _ => ("tools/call", OPEN),
        };
        let arguments = json!({ "attempts": [self.request(field)] });
        (method, json!({ "name": tool, "arguments": arguments }))
    }

    /// The request, as the hostile component is told it.
    pub fn request(&self, field: &Field) -> Value {
        let mut request = json!({ "method": "GET", "scheme": "http", "authority": field.server.to_string(),
            "path": ALLOWED, "authorized": true });
        match self.what {
            Authority(text) => request["authority"] = json!(field.fill(text)),
            Scheme(text) => request["scheme"] = json!(text),
            Path(text) | While(_, _, text) => request["path"] = json!(field.fill(text)),
            Method(method, path) => {
                request["method"] = json!(method);
                request["path"] = json!(field.fill(path));
            }
            Header(name, value) => {
                request["headers"] = json!([[name, field.fill(value)]]);
                // Two of them would be refused for their number.
                request["authorized"] = json!(name != "authorization");
            }
            Body(text, when, trailer) => {
                request["body"] = json!(text);
                request["when"] = json!(when);
                request["trailer"] = json!(trailer);
            }
        }
        request
    }

    /// Whether a runtime without policy may try it: it stays on this machine, and its answer ends.
    pub fn is_harmless(&self) -> bool {
        let beyond = [
            "example.com",
            "169.254",
            "64:ff9b",
            "follow=true",
            "/stream/",
        ];
        !beyond.iter().any(|part| self.name().contains(part))
    }

    /// What is wrong with it, for a reader.
    pub fn name(&self) -> String {
        let text = match self.what {
            Authority(text) => format!("authority {text}"),
            Scheme(text) => format!("scheme {text}"),
            Path(text) => format!("path {text}"),
            Method(method, path) => format!("method {method} on {path}"),
            Header(name, value) => format!("header {name}: {value}"),
            Body(text, when, None) => format!("body {text} {when}"),
            Body(_, when, Some(trailer)) => format!("trailer {trailer} {when}"),
            While("tools/call", tool, path) => format!("{path} for {tool}"),
            While(method, _, path) => format!("{path} for {method}"),
        };
        text.escape_debug().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(requirement: &str) -> usize {
        let rows = ATTEMPTS.iter().filter(|row| row.requirement == requirement);
        rows.count()
    }

    #[test]
    fn there_are_enough_and_no_two_are_one() {
        let names: std::collections::BTreeSet<String> =
            ATTEMPTS.iter().map(Attempt::name).collect();
        assert_eq!(names.len(), ATTEMPTS.len());
        assert!(of("R1.1") >= 24 && ATTEMPTS.len() >= 60);
    }
}
