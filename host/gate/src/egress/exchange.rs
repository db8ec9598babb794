//! The half of egress that does I/O: log in where needed, send, repeat once after a 401, and pass
//! on of the answer what the guest may see.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

use super::{
    Admitted, Egress, Error, Proof, ResponseBody,
    body::Rest,
    outcome::Outcome,
    session::{self, Attempt, Bearer, Failure, NoToken},
    wire,
};
use crate::{
    audit::Actor,
    limits::RESPONSE_VALUE_BYTES,
    policy::Permit,
    secrets::{Seal, Secret},
};

/// The route that Argo CD answers to anybody, whatever the token.
const ANONYMOUS: &str = "/api/version";

/// What an exchange has to pass on.
enum Answer {
    Server(Response<Incoming>),
    /// The host's own 401: the login failed.
    NoLogin(String),
}

impl Egress {
    /// Performs an admitted request. The body of the response is sealed, gunzipped and capped, and
    /// writes the outcome when it ends or is dropped.
    pub async fn exchange(
        self: Arc<Self>,
        admitted: Admitted,
    ) -> Result<Response<ResponseBody>, Error> {
        let end = Instant::now() + self.bounds.total;
        let Admitted {
            permit,
            mut outcome,
        } = admitted;
        let slot = timeout_at(end, Arc::clone(&self.slots).acquire_owned()).await;
        // The semaphore is never closed.
        let Ok(Ok(slot)) = slot else {
            return Err(fail(&mut outcome, Error::ResponseTimeout));
        };
        let answer = timeout_at(end, self.answer(&permit, &mut outcome, end)).await;
        let answer = answer.unwrap_or(Err(Error::ResponseTimeout));
        let response = match answer {
            Err(error) => return Err(fail(&mut outcome, error)),
            Ok(Answer::NoLogin(text)) => {
                outcome.end("login-failed");
                return Ok(own_401(text));
            }
            Ok(Answer::Server(response)) => response,
        };
        let (parts, body) = response.into_parts();
        let seal = self.seal();
        match head(parts.status, &parts.headers, &seal) {
            Err(error) => Err(fail(&mut outcome, error)),
            Ok((head, gzip)) => {
                let rest = Rest {
                    bounds: self.bounds,
                    end,
                    outcome,
                    slot,
                };
                Ok(head.map(|()| ResponseBody::remote(body, gzip, &seal, rest)))
            }
        }
    }

    async fn answer(
        &self,
        permit: &Permit,
        outcome: &mut Outcome,
        end: Instant,
    ) -> Result<Answer, Error> {
        let session = match (&self.credentials, permit.is_sealed()) {
            (Proof::Session(session), true) => session,
            (Proof::Token(renewed), true) => {
                let token = renewed.token();
                let first = self.get(permit, Some(&token), outcome, end).await?;
                let refused = first.status() == StatusCode::UNAUTHORIZED;
                let another = refused.then(|| renewed.instead_of(&token)).flatten();
                let Some(token) = another else {
                    return Ok(Answer::Server(first));
                };
                let second = self.again(permit, first, &token, outcome, end).await;
                return second.map(Answer::Server);
            }
            _ => {
                let answer = self.get(permit, None, outcome, end).await;
                return answer.map(Answer::Server);
            }
        };
        let Bearer { secret, generation } = match session.bearer(None).await {
            Ok(bearer) => bearer,
            Err(why) => return no_login(why).unwrap_or(Err(Error::ConnectionClosed)),
        };
        let first = self.get(permit, Some(&secret), outcome, end).await?;
        let anonymous = permit.rule() == ANONYMOUS;
        let attempt = if anonymous {
            Attempt::Anonymous
        } else {
            Attempt::First
        };
        session.answered(generation, first.status(), attempt);
        if first.status() != StatusCode::UNAUTHORIZED {
            return Ok(Answer::Server(first));
        }
        let Bearer { secret, generation } = match session.bearer(Some(generation)).await {
            Ok(bearer) => bearer,
            Err(why) => return no_login(why).unwrap_or(Ok(Answer::Server(first))),
        };
        let second = self.again(permit, first, &secret, outcome, end).await?;
        session.answered(generation, second.status(), Attempt::Repeat);
        Ok(Answer::Server(second))
    }

    /// Repeats a GET once, with another token, after a 401.
    async fn again(
        &self,
        permit: &Permit,
        refused: Response<Incoming>,
        token: &Secret,
        outcome: &mut Outcome,
        end: Instant,
    ) -> Result<Response<Incoming>, Error> {
        // Read to its end, the body leaves its connection usable; if not, no matter.
        let _ = self.wire.small(refused.into_body(), outcome).await;
        outcome.end("ok");
        let again = self
            .allow(Actor::Host, permit.clone())
            .map_err(|_| Error::Audit)?;
        *outcome = again.outcome;
        self.get(permit, Some(token), outcome, end).await
    }

    async fn get(
        &self,
        permit: &Permit,
        token: Option<&Secret>,
        outcome: &mut Outcome,
        end: Instant,
    ) -> Result<Response<Incoming>, Error> {
        let mut request = self.wire.request(Method::GET, permit.path_with_query());
        request = request.header(header::ACCEPT_ENCODING, "gzip");
        if let Some(accept) = permit.accept() {
            request = request.header(header::ACCEPT, accept);
        }
        if let Some(bearer) = token.and_then(wire::bearer) {
            request = request.header(header::AUTHORIZATION, bearer);
        }
        let request: Request<Full<Bytes>> =
            request.body(Full::default()).map_err(|_| Error::Protocol)?;
        self.wire.send(request, outcome, end).await
    }
}

fn fail(outcome: &mut Outcome, error: Error) -> Error {
    outcome.end(&error.to_string());
    error
}

/// What to answer without a token; `None` to pass the server's own 401 on.
fn no_login(why: NoToken) -> Option<Result<Answer, Error>> {
    match why {
        NoToken::RenewedRefused => None,
        NoToken::Failed(Failure::Exchange(error), _) => Some(Err(error)),
        NoToken::Failed(why, retry) => Some(Ok(Answer::NoLogin(session::explain(&why, retry)))),
    }
}

fn own_401(text: String) -> Response<ResponseBody> {
    let length = text.len();
    let mut response = Response::new(ResponseBody::own(text));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.into());
    response
}

/// The head that the guest sees, and whether the body is gzip.
fn head(status: StatusCode, from: &HeaderMap, seal: &Seal) -> Result<(Response<()>, bool), Error> {
    const PASSED: [HeaderName; 3] = [header::CONTENT_TYPE, header::RETRY_AFTER, header::LOCATION];
    if status.is_informational() {
        // Nothing asked for another protocol.
        return Err(Error::Protocol);
    }
    let gzip = match from
        .get(header::CONTENT_ENCODING)
        .map(|coding| coding.as_bytes())
    {
        None | Some(b"identity") => false,
        Some(b"gzip") if from.get_all(header::CONTENT_ENCODING).iter().count() == 1 => true,
        Some(_) => return Err(Error::ContentCoding),
    };
    let mut head = Response::new(());
    *head.status_mut() = status;
    for name in PASSED {
        let Some(value) = from.get(&name) else {
            continue;
        };
        if value.len() > RESPONSE_VALUE_BYTES {
            return Err(Error::HeaderSize);
        }
        let sealed = seal.text(value.as_bytes());
        // Sealing only puts asterisks in, so the value stays one.
        if let Ok(value) = HeaderValue::from_bytes(&sealed) {
            head.headers_mut().insert(name, value);
        }
    }
    if let (false, Some(length)) = (gzip, from.get(header::CONTENT_LENGTH)) {
        head.headers_mut()
            .insert(header::CONTENT_LENGTH, length.clone());
    }
    Ok((head, gzip))
}
