//! Turns a response head into a body or an error, for every call and for the login.

use std::time::Duration;

use futures_util::future::{Either, select};

use super::{
    error::{Error, server_text},
    operation::Operation,
};
use crate::{
    http::{self, Port, Response},
    limits,
};

/// Server and operation of an exchange, for its errors.
#[derive(Clone, Copy)]
pub(super) struct Purpose<'a> {
    pub(super) operation: Operation,
    pub(super) server: &'a str,
}

impl Purpose<'_> {
    /// An error of the port while at most `cap` bytes were allowed.
    pub(super) fn failed(self, error: http::Error, cap: u64) -> Error {
        Error::from_port(self.operation, self.server, error, cap)
    }
}

/// Runs `work` with a deadline. Dropping it aborts its request.
pub(super) async fn within<T>(
    port: &dyn Port,
    operation: Operation,
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let work = std::pin::pin!(work);
    match select(work, port.sleep(limit)).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), _)) => Err(Error::Timeout {
            operation,
            within: Some(limit),
        }),
    }
}

/// Whether Argo CD itself (not a login proxy with a page of its own) refuses the credentials.
pub(super) fn is_unauthorized(response: &Response) -> bool {
    response.status == 401 && !is_html(response)
}

/// Passes a successful response; anything else becomes an error.
pub(super) async fn judge(purpose: Purpose<'_>, mut response: Response) -> Result<Response, Error> {
    let Purpose { operation, .. } = purpose;
    let status = response.status;
    if (300..400).contains(&status) {
        let location = response
            .location
            .as_deref()
            .map_or_else(|| "an unnamed location".to_owned(), without_query);
        return Err(Error::Redirect {
            operation,
            status,
            location,
        });
    }
    if is_html(&response) {
        return Err(Error::Html { operation, status });
    }
    if (200..300).contains(&status) {
        return Ok(response);
    }
    let body = error_body(&mut response).await;
    Err(Error::from_status(
        operation,
        status,
        response.retry_after,
        &body,
    ))
}

/// The beginning of an error's body; empty when it cannot be read.
pub(super) async fn error_body(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < limits::ERROR_BODY_BYTES
        && let Ok(Some(chunk)) = response.body.chunk().await
    {
        body.extend_from_slice(&chunk);
    }
    body.truncate(limits::ERROR_BODY_BYTES);
    body
}

/// A whole body of at most [`limits::BODY_BYTES`].
pub(super) async fn whole_body(
    purpose: Purpose<'_>,
    mut response: Response,
) -> Result<Vec<u8>, Error> {
    let cap = limits::BODY_BYTES as u64;
    let too_large = Error::TooLarge {
        operation: purpose.operation,
        cap,
    };
    let announced = response.content_length.unwrap_or(0);
    if announced > cap {
        return Err(too_large);
    }
    let mut body = Vec::with_capacity(announced as usize);
    while let Some(chunk) = response
        .body
        .chunk()
        .await
        .map_err(|error| purpose.failed(error, cap))?
    {
        if body.len() + chunk.len() > limits::BODY_BYTES {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A body taken piece by piece, of at most [`limits::STREAM_BYTES`].
pub(super) struct Stream<'a> {
    port: &'a dyn Port,
    purpose: Purpose<'a>,
    response: Response,
    total: u64,
    since_turn: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(port: &'a dyn Port, purpose: Purpose<'a>, response: Response) -> Self {
        Stream {
            port,
            purpose,
            response,
            total: 0,
            since_turn: 0,
        }
    }

    /// The next piece, or `None` at the proper end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if self.since_turn >= limits::TURN_BYTES {
            // A fast body would keep stdin waiting: a timer of zero length gives it its turn.
            self.since_turn = 0;
            self.port.sleep(Duration::ZERO).await;
        }
        let cap = limits::STREAM_BYTES;
        let chunk = self
            .response
            .body
            .chunk()
            .await
            .map_err(|error| self.purpose.failed(error, cap))?;
        if let Some(chunk) = &chunk {
            self.since_turn += chunk.len();
            self.total += chunk.len() as u64;
            if self.total > cap {
                return Err(Error::TooLarge {
                    operation: self.purpose.operation,
                    cap,
                });
            }
        }
        Ok(chunk)
    }
}

fn is_html(response: &Response) -> bool {
    let content_type = response
        .content_type
        .as_deref()
        .unwrap_or_default()
        .trim_start();
    let html = "text/html";
    content_type
        .get(..html.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(html))
        || content_type.starts_with("application/xhtml")
}

/// A redirect's target without what may hold the state or the token of a login.
fn without_query(location: &str) -> String {
    server_text(location.split(['?', '#']).next().unwrap_or_default())
}
