//! One attempt through waki.

use http::{HeaderName, HeaderValue, Uri};
use serde_json::Value;
use waki::{Client, ErrorCode, Method, RequestBuilder};

/// Most of a response body that is reported, in bytes.
const BODY_SHOWN: u64 = 4096;

/// Sends what `attempt` describes and says what became of it.
pub(crate) fn run(attempt: &Value) -> String {
    let name = argocd_probes::named(attempt);
    let Some(request) = request(attempt) else {
        return format!("{name} -> not expressed");
    };
    match send(request) {
        Ok(outcome) => format!("{name} -> {outcome}"),
        Err(error) => match error.downcast_ref::<ErrorCode>() {
            Some(code) => format!("{name} -> error: {code:?}"),
            None => format!("{name} -> error: {error}"),
        },
    }
}

/// The request, when waki sends exactly what the attempt says.
fn request(attempt: &Value) -> Option<RequestBuilder> {
    let text = |key: &str| attempt[key].as_str();
    let (scheme, authority, path) = (text("scheme")?, text("authority")?, text("path")?);
    let url = format!("{scheme}://{authority}{path}");
    let uri: Uri = url.parse().ok()?;
    let sent = (
        uri.scheme_str()?,
        uri.authority()?.as_str(),
        uri.path_and_query()?.as_str(),
    );
    if sent != (scheme, authority, path) {
        return None;
    }
    let mut request = Client::new().request(method(text("method").unwrap_or("GET")), &url);
    for pair in attempt["headers"].as_array().into_iter().flatten() {
        let name: HeaderName = pair[0].as_str()?.parse().ok()?;
        request = request.header(name, pair[1].as_str()?.parse::<HeaderValue>().ok()?);
    }
    if attempt["authorized"] == true {
        let token = std::env::var("ARGOCD_AUTH_TOKEN").unwrap_or_default();
        request = request.header("authorization", format!("Bearer {token}"));
    }
    // Its body is written when the request has been handed over, and has no trailers.
    match (text("body"), text("when"), text("trailer")) {
        (None, ..) => Some(request),
        (Some(body), Some("after"), None) if !body.is_empty() => Some(request.body(body)),
        _ => None,
    }
}

fn send(request: RequestBuilder) -> anyhow::Result<String> {
    let response = request.send()?;
    let mut seen = format!("status {}", response.status_code());
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        seen.push_str(&format!(" [{name}: {value}]"));
    }
    let body = response.chunk(BODY_SHOWN)?.unwrap_or_default();
    seen.push_str(&format!(
        " {}",
        String::from_utf8_lossy(&body).replace('\n', " ")
    ));
    Ok(seen)
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "CONNECT" => Method::Connect,
        "OPTIONS" => Method::Options,
        "TRACE" => Method::Trace,
        "PATCH" => Method::Patch,
        other => Method::Other(other.to_owned()),
    }
}
