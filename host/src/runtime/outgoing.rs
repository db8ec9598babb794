//! Our own `wasi:http/outgoing-handler.handle`: every call of it is one attempt, judged on the raw
//! text that the component set, audited, and only then sent by `egress`.

use std::sync::Arc;

use argocd_gate::{
    egress::{self, Admitted, Egress},
    policy::Target,
};
use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, Full};
use wasmtime::{Result as Trappable, StoreContextMut, component::Resource};
use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn};
use wasmtime_wasi_http::{
    Error, RequestOptions,
    p2::{
        bindings::http::types::{ErrorCode, Method, Scheme},
        body::{HyperIncomingBody, HyperOutgoingBody},
        types::{HostFutureIncomingResponse, HostOutgoingRequest},
    },
};

use super::{meter::Meter, state::State};
use crate::{limits, upstream::Upstream};

/// Judges one request and, when it is permitted, starts it.
pub(crate) fn handle(
    mut cx: StoreContextMut<'_, State>,
    (request, options): (
        Resource<HostOutgoingRequest>,
        Option<Resource<RequestOptions>>,
    ),
) -> Trappable<(Result<Resource<HostFutureIncomingResponse>, ErrorCode>,)> {
    let state = cx.data_mut();
    let mut request = state.table.delete(request)?;
    if let Some(options) = options {
        // The component's time-outs are ours in any case, and the stock `handle` leaks this entry.
        state.table.delete(options)?;
    }
    let open = state.calls.open();
    let way = Way {
        egress: state.egress.clone(),
        meter: state.meter.clone(),
        upstream: state.upstream.clone(),
    };
    let sent = match request.body.take() {
        None => {
            let Ok(admitted) = way.egress.admit(&target(&request), &open) else {
                return Ok((Err(ErrorCode::HttpRequestDenied),));
            };
            spawn(respond(way, admitted))
        }
        Some(body) => spawn(async move {
            let admitted = if ends_empty(body).await {
                way.egress.admit(&target(&request), &open)
            } else {
                Err(way.egress.refuse_body(&target(&request), &open))
            };
            respond(way, admitted.map_err(|denied| error(denied.into()))?).await
        }),
    };
    let pending = state
        .table
        .push(HostFutureIncomingResponse::Pending(sent))?;
    Ok((Ok(pending),))
}

type Response = (http::Response<HyperIncomingBody>, AbortOnDropJoinHandle<()>);

/// What an admitted request goes through.
struct Way {
    egress: Arc<Egress>,
    meter: Arc<Meter>,
    upstream: Upstream,
}

/// Sends an admitted request, or answers it from the recording.
async fn respond(way: Way, admitted: Admitted) -> Result<Response, Error> {
    let Way {
        egress,
        meter,
        upstream,
    } = way;
    let response = match upstream {
        Upstream::Server => metered(egress.exchange(admitted).await.map_err(error)?, meter),
        Upstream::Watched(tap) => {
            let request = admitted.path_with_query().to_owned();
            let response = egress.exchange(admitted).await.map_err(error)?;
            metered(tap.watch(request, response), meter)
        }
        Upstream::Recording(replay) => {
            let answer = replay.answer(admitted.path_with_query());
            admitted.answered(answer.status, answer.body.len() as u64);
            let body = Full::new(Bytes::from(answer.body));
            let response = http::Response::builder()
                .status(answer.status)
                .header(http::header::CONTENT_TYPE, answer.content_type)
                .body(body.map_err(|never| match never {}))
                .map_err(|_| Error::HttpProtocolError)?;
            metered(response, meter)
        }
    };
    Ok((response, spawn(async {})))
}

/// The response for the component; each delivered byte grants it time to parse it.
fn metered(
    response: http::Response<impl Body<Data = Bytes, Error = egress::Error> + Send + 'static>,
    meter: Arc<Meter>,
) -> http::Response<HyperIncomingBody> {
    response.map(|body| {
        let metered = body.map_frame(move |frame| {
            meter.grant(frame.data_ref().map_or(0, |data| data.len() as u64));
            frame
        });
        metered.map_err(error).boxed_unsync()
    })
}

/// Whether a request body turns out to be empty, in time. A GET has none.
async fn ends_empty(mut body: HyperOutgoingBody) -> bool {
    matches!(
        tokio::time::timeout(limits::REQUEST_BODY_END, body.frame()).await,
        Ok(None)
    )
}

fn target(request: &HostOutgoingRequest) -> Target<'_> {
    Target {
        method: method(&request.method),
        scheme: request.scheme.as_ref().map(scheme),
        authority: request.authority.as_deref(),
        path_with_query: request.path_with_query.as_deref(),
        headers: &request.headers,
    }
}

fn method(method: &Method) -> &str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Connect => "CONNECT",
        Method::Options => "OPTIONS",
        Method::Trace => "TRACE",
        Method::Patch => "PATCH",
        Method::Other(other) => other,
    }
}

fn scheme(scheme: &Scheme) -> &str {
    match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
        Scheme::Other(other) => other,
    }
}

/// The error as WASI's own type, so that the component can tell failures apart.
fn error(error: egress::Error) -> Error {
    use egress::Error as E;
    match error {
        E::Denied(_) | E::Audit => Error::HttpRequestDenied,
        E::AddressProhibited(_) => Error::DestinationIpProhibited,
        E::Dns => Error::DnsError {
            rcode: None,
            info_code: None,
        },
        E::ConnectRefused | E::ProxyRefused(_) => Error::ConnectionRefused,
        E::ConnectTimeout | E::TlsTimeout => Error::ConnectionTimeout,
        E::TlsProtocol(_) => Error::TlsProtocolError,
        E::TlsCertificate(_) => Error::TlsCertificateError,
        E::ConnectionClosed => Error::ConnectionTerminated,
        E::ResponseTimeout => Error::HttpResponseTimeout,
        E::ReadTimeout => Error::ConnectionReadTimeout,
        E::BodySize => Error::HttpResponseBodySize(None),
        E::HeaderSize => Error::HttpResponseHeaderSectionSize(None),
        E::ContentCoding => Error::HttpResponseContentCoding(None),
        E::Incomplete => Error::HttpResponseIncomplete,
        E::Protocol => Error::HttpProtocolError,
    }
}

/// The error code of a stream that broke, for the shadowed `http-error-code`.
pub(crate) fn code_of(error: &wasmtime::Error) -> Option<ErrorCode> {
    Some(match error.downcast_ref::<Error>()? {
        Error::HttpResponseBodySize(size) => ErrorCode::HttpResponseBodySize(*size),
        Error::HttpResponseTimeout => ErrorCode::HttpResponseTimeout,
        Error::ConnectionReadTimeout => ErrorCode::ConnectionReadTimeout,
        Error::HttpResponseContentCoding(coding) => {
            ErrorCode::HttpResponseContentCoding(coding.clone())
        }
        Error::HttpResponseIncomplete => ErrorCode::HttpResponseIncomplete,
        _ => ErrorCode::HttpProtocolError,
    })
}
