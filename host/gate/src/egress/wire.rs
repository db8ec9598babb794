//! One request out, one response head back: the pool, our request headers, the clock.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    Bounds, Error,
    dial::{Dialed, Dialer},
    header::SealedHeader,
    outcome::Outcome,
};
use crate::{
    limits::{
        POOL_CONNECTIONS, POOL_IDLE, RESPONSE_HEAD_BYTES, RESPONSE_HEADERS, SMALL_BODY_BYTES,
    },
    policy::OriginRule,
    secrets::Secret,
};

const USER_AGENT: &str = concat!("argocd-host/", env!("CARGO_PKG_VERSION"));

/// The way to the one origin.
pub(super) struct Wire {
    client: Client<Dialer, Full<Bytes>>,
    origin: OriginRule,
    headers: Vec<SealedHeader>,
    bounds: Bounds,
}

impl Wire {
    pub(super) fn new(
        origin: OriginRule,
        dialer: Dialer,
        headers: Vec<SealedHeader>,
        bounds: Bounds,
    ) -> Wire {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(POOL_CONNECTIONS)
            .http1_max_headers(RESPONSE_HEADERS)
            .http1_max_buf_size(RESPONSE_HEAD_BYTES)
            .build(dialer);
        Wire {
            client,
            origin,
            headers,
            bounds,
        }
    }

    /// A request to the origin; `path` is complete, path prefix included, and has been checked.
    pub(super) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let url = format!(
            "{}://{}{path}",
            self.origin.scheme().as_str(),
            self.origin.authority()
        );
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header(header::USER_AGENT, USER_AGENT);
        self.headers.iter().fold(request, |request, added| {
            request.header(&added.name, &added.value)
        })
    }

    /// Sends it and waits for the head of the answer; `outcome` learns status and address.
    pub(super) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        outcome: &mut Outcome,
        end: Instant,
    ) -> Result<Response<Incoming>, Error> {
        let limit = end.min(Instant::now() + self.bounds.first_byte);
        let response = timeout_at(limit, self.client.request(request)).await;
        let response = response.map_err(|_| Error::ResponseTimeout)?;
        let response = response.map_err(|error| Error::from_client(&error))?;
        outcome.address = response.extensions().get::<Dialed>().map(|dialed| dialed.0);
        outcome.status = Some(response.status().as_u16());
        Ok(response)
    }

    /// A small body, whole.
    pub(super) async fn small(
        &self,
        body: Incoming,
        outcome: &mut Outcome,
    ) -> Result<Bytes, Error> {
        let whole = Limited::new(body, SMALL_BODY_BYTES).collect();
        let whole = timeout(self.bounds.between_bytes, whole)
            .await
            .map_err(|_| Error::ReadTimeout)?;
        let whole = whole.map_err(|error| match error.downcast_ref::<hyper::Error>() {
            Some(error) => Error::from_body(error),
            None => Error::BodySize,
        })?;
        let bytes = whole.to_bytes();
        outcome.bytes += bytes.len() as u64;
        Ok(bytes)
    }
}

/// `Bearer <token>`, or `None` when the token has bytes that no header can carry.
pub(super) fn bearer(token: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok()?;
    value.set_sensitive(true);
    Some(value)
}
