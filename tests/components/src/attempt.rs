//! One attempt: a request built from untyped parts, sent, and its outcome in words.

use serde_json::Value;

use crate::{
    named,
    wasi::{
        http::{
            outgoing_handler,
            types::{Fields, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme},
        },
        io::streams::StreamError,
    },
};

/// Most of a response body that is reported, in bytes.
const BODY_SHOWN: u64 = 4096;

/// Sends what `attempt` describes, and says what became of it.
pub(crate) fn run(attempt: &Value) -> String {
    let name = named(attempt);
    match send(attempt) {
        Ok(outcome) => format!("{name} -> {outcome}"),
        Err(error) => format!("{name} -> error: {error}"),
    }
}

fn send(attempt: &Value) -> Result<String, String> {
    let headers = Fields::new();
    for pair in attempt["headers"].as_array().into_iter().flatten() {
        let (name, value) = (
            pair[0].as_str().unwrap_or_default(),
            pair[1].as_str().unwrap_or_default(),
        );
        headers
            .append(name, value.as_bytes())
            .map_err(|error| format!("header {name}: {error:?}"))?;
    }
    if attempt["authorized"].as_bool() == Some(true) {
        let token = std::env::var("ARGOCD_AUTH_TOKEN").unwrap_or_default();
        let value = format!("Bearer {token}");
        headers
            .append("authorization", value.as_bytes())
            .map_err(|error| format!("authorization: {error:?}"))?;
    }
    let request = OutgoingRequest::new(headers);
    let refused = |what: &str| format!("{what} refused by the runtime");
    request
        .set_method(&method(attempt["method"].as_str().unwrap_or("GET")))
        .map_err(|()| refused("method"))?;
    let scheme = attempt["scheme"].as_str().map(scheme);
    request
        .set_scheme(scheme.as_ref())
        .map_err(|()| refused("scheme"))?;
    request
        .set_authority(attempt["authority"].as_str())
        .map_err(|()| refused("authority"))?;
    request
        .set_path_with_query(attempt["path"].as_str())
        .map_err(|()| refused("path"))?;
    let mut body = match attempt["body"].as_str() {
        Some(_) => Some(request.body().map_err(|()| refused("body"))?),
        None => None,
    };
    let when = attempt["when"].as_str().unwrap_or("before");
    if let Some(open) = body.take_if(|_| when == "before") {
        fill(open, attempt)?;
    }
    let future = outgoing_handler::handle(request, None).map_err(|error| format!("{error:?}"))?;
    if let Some(open) = body.take_if(|_| when == "after") {
        // What counts is how the request ends.
        let _ = fill(open, attempt);
    }
    future.subscribe().block();
    // One that was never to be filled stayed open until here.
    drop(body);
    let response = future
        .get()
        .ok_or("no response")?
        .map_err(|()| "response taken twice")?
        .map_err(|error| format!("{error:?}"))?;
    let mut seen = format!("status {}", response.status());
    for (name, value) in response.headers().entries() {
        seen.push_str(&format!(" [{name}: {}]", String::from_utf8_lossy(&value)));
    }
    seen.push_str(&format!(" {}", read(&response)?.replace('\n', " ")));
    Ok(seen)
}

/// Writes the attempt's body and ends it, with trailers where it has some.
fn fill(body: OutgoingBody, attempt: &Value) -> Result<(), String> {
    let refused = |error: &dyn std::fmt::Debug| format!("body: {error:?}");
    let text = attempt["body"].as_str().unwrap_or_default();
    if !text.is_empty() {
        let stream = body.write().map_err(|error| refused(&error))?;
        stream
            .blocking_write_and_flush(text.as_bytes())
            .map_err(|error| refused(&error))?;
    }
    let trailers = attempt["trailer"].as_str().map(|name| {
        let fields = Fields::new();
        // One that is no header is none.
        let _ = fields.append(name, b"x");
        fields
    });
    OutgoingBody::finish(body, trailers).map_err(|error| refused(&error))
}

fn read(response: &IncomingResponse) -> Result<String, String> {
    let body = response.consume().map_err(|()| "body taken twice")?;
    let stream = body.stream().map_err(|()| "stream taken twice")?;
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(BODY_SHOWN) {
            Ok(piece) if bytes.len() < BODY_SHOWN as usize => bytes.extend(piece),
            Ok(_) => {}
            Err(StreamError::Closed) => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => return Err(format!("body: {error:?}")),
        }
    }
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

fn scheme(name: &str) -> Scheme {
    match name {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    }
}
