//! Failures as a server, a proxy or the runtime makes them, and what the model is told.

use std::time::Duration;

use serde_json::Value;

use super::super::{
    Error, Get,
    fake::{Reply, World},
};
use crate::{http, limits};

fn ask(reply: impl Fn() -> Result<Reply, http::Error> + 'static) -> Error {
    let world = World::new(move |_| reply());
    let client = world.client(&[("ARGOCD_AUTH_TOKEN", "t0ken")]);
    let outcome = world.run_one(async move {
        client
            .json::<Value>(&Get::projects(), Duration::from_secs(20))
            .await
    });
    outcome.expect_err("an error")
}

/// The variant's name.
fn kind(error: &Error) -> String {
    format!("{error:?}")
        .split([' ', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn unary(code: i32, message: &str) -> String {
    serde_json::json!({"error": message, "code": code, "message": message}).to_string()
}

#[test]
fn statuses_of_argo_cd() {
    let stream = r#"{"error":{"grpc_code":7,"http_code":403,"message":"permission denied: logs, get, a/b","http_status":"Forbidden"}}"#;
    let cached = "error getting cached app managed resources: cache: key is missing";
    let condition = "error getting cached app resource tree: ComparisonError: path does not exist";
    let large = "grpc: trying to send message larger than max (218973300 vs. 209715200)";
    #[rustfmt::skip]
    let rows: Vec<(u16, String, &str, &[&str])> = vec![
        (401, unary(16, "invalid session: token has invalid claims: token is expired"), "Unauthorized", &["has expired", "ARGOCD_AUTH_TOKEN"]),
        (401, unary(16, "no session information"), "Unauthorized", &["no usable token"]),
        (401, unary(16, "invalid session: token signature is invalid: signature is invalid"), "Unauthorized", &["rejects the token", "signature is invalid"]),
        (401, unary(16, "invalid session: account ci does not have token with id revoked"), "Unauthorized", &["rejects the token", "with id revoked"]),
        (403, unary(7, "permission denied"), "Forbidden", &["does not exist", "project"]),
        (403, stream.to_owned(), "Forbidden", &["permission denied: logs, get, a/b"]),
        (404, unary(5, "applications.argoproj.io \"nope\" not found"), "NotFound", &["\"nope\" not found"]),
        (404, "404 page not found".to_owned(), "NoRoute", &["path prefix"]),
        (400, unary(3, "strconv.ParseInt"), "BadRequest", &["strconv.ParseInt", "arguments"]),
        (429, unary(8, large), "MessageTooLarge", &["not a rate limit", "project", "selector"]),
        (429, "slow down".to_owned(), "TooManyRequests", &["proxy", "Retry"]),
        (429, unary(8, "quota exhausted"), "TooManyRequests", &["Retry"]),
        (500, unary(2, cached), "CacheMiss", &["no cached state", "a retry does not help"]),
        (500, unary(2, condition), "NotCompared", &["path does not exist", "no state to show"]),
        (500, r#"{"error": "failed to marshal error message"}"#.to_owned(), "Server", &["failed to marshal", "500"]),
        (500, unary(2, "unable to resolve 'x' to a commit SHA"), "Server", &["unable to resolve"]),
        (500, unary(2, "lock failed: rpc error: code = Internal desc = rpc error: code = Unknown desc = no ref"), "Server", &["lock failed: no ref"]),
        (503, "upstream\n\nunavailable".to_owned(), "Server", &["upstream unavailable", "retry in a minute"]),
        (501, unary(12, "Not Implemented"), "Server", &["does not support the call"]),
        (418, "teapot".to_owned(), "Unexpected", &["418", "teapot"]),
        (500, String::new(), "Server", &["failed with 500."]),
    ];
    for (status, body, expected, parts) in rows {
        let error = ask({
            let body = body.clone();
            move || Ok(Reply::json(status, body.clone()))
        });
        assert_eq!(kind(&error), expected, "{status} {body}");
        let text = error.explain();
        assert!(text.starts_with("Cannot list projects: "), "{text}");
        for part in parts {
            assert!(
                text.contains(part),
                "{status} {body}: {part:?} is not in: {text}"
            );
        }
        assert!(
            !text.contains("rpc error") && !text.contains("  ") && !text.contains('\n'),
            "{text}"
        );
    }
}

#[test]
fn html_is_told_by_its_content_type_whatever_the_status() {
    for (status, part) in [
        (200, "path prefix"),
        (404, "path prefix"),
        (401, "proxy"),
        (403, "proxy"),
        (502, "probably down"),
    ] {
        for content_type in ["text/html", "Text/HTML; charset=utf-8"] {
            let error = ask(move || Ok(Reply::typed(status, content_type, "{\"items\":[]}")));
            assert_eq!(kind(&error), "Html", "{status}");
            assert!(error.explain().contains(part), "{}", error.explain());
        }
    }
    let error = ask(|| Ok(Reply::typed(200, "application/json", "<html>")));
    assert_eq!(kind(&error), "Malformed");
}

#[test]
fn redirects_are_named_without_their_query() {
    let error = ask(|| {
        let mut reply = Reply::typed(302, "text/html", "");
        reply.response.location = Some("https://sso.example.com/login?state=s3cr3t#x".to_owned());
        Ok(reply)
    });
    assert_eq!(kind(&error), "Redirect");
    let text = error.explain();
    assert!(
        text.contains("https://sso.example.com/login;") && !text.contains("s3cr3t"),
        "{text}"
    );
}

#[test]
fn failures_below_http() {
    #[rustfmt::skip]
    let rows = [
        (http::Error::Denied, "Denied", "policy"), (http::Error::Dns, "Dns", "argocd.example.com"),
        (http::Error::Connect("connection refused".into()), "Connect", "connection refused"),
        (http::Error::Tls("unknown issuer".into()), "Tls", "unknown issuer"),
        (http::Error::Timeout, "Timeout", "no complete response."), (http::Error::Torn, "Torn", "before the response was complete"),
        (http::Error::TooLarge, "TooLarge", "exceeds the limit"), (http::Error::Other("odd".into()), "Connect", "odd"),
    ];
    for (failure, expected, part) in rows {
        for in_body in [false, true] {
            let failure = failure.clone();
            let error = ask(move || {
                if in_body {
                    Ok(Reply::json(200, "{").then(Err(failure.clone())))
                } else {
                    Err(failure.clone())
                }
            });
            assert_eq!(kind(&error), expected);
            assert!(error.explain().contains(part), "{}", error.explain());
        }
    }
}

#[test]
fn retry_after_is_passed_on() {
    for (sent, part) in [
        ("30", "Retry after 30 s."),
        ("Mon, 01 Jan 2029", "Retry after Mon, 01 Jan 2029."),
    ] {
        let error = ask(move || {
            let mut reply = Reply::json(429, "{}");
            reply.response.retry_after = Some(sent.to_owned());
            Ok(reply)
        });
        assert!(error.explain().contains(part), "{}", error.explain());
    }
}

#[test]
fn a_long_error_is_cut_and_an_endless_one_is_not_read_to_its_end() {
    let error = ask(|| Ok(Reply::json(500, unary(2, &"ü ".repeat(5_000)))));
    assert!(error.explain().chars().count() < limits::SERVER_TEXT_CHARS + 400);
    // Read to its end it would take 100 s, and the deadline is 20 s.
    let error = ask(|| {
        let piece = vec![b'x'; limits::ERROR_BODY_BYTES / 4];
        let reply = Reply::json(500, "").slow_body(1_000);
        Ok((0..100).fold(reply, |reply, _| reply.then(Ok(piece.clone()))))
    });
    assert_eq!(kind(&error), "Server");
}

#[test]
fn an_error_whose_body_is_torn_still_says_its_status() {
    let error = ask(|| Ok(Reply::json(403, "{\"err").then(Err(http::Error::Torn))));
    assert_eq!(kind(&error), "Forbidden");
}
