//! Our own `wasi:http/outgoing-handler.handle`: every call of it is one attempt, judged on the raw
//! text that the component set, audited, and only then sent by `egress`.

use http_body_util::BodyExt;
use wasmtime::{Result, StoreContextMut, component::Resource};
use wasmtime_wasi::runtime::spawn;
use wasmtime_wasi_http::{
    Error, RequestOptions,
    p2::{
        bindings::http::types::{DnsErrorPayload, ErrorCode, Method, Scheme},
        types::{HostFutureIncomingResponse, HostOutgoingRequest},
    },
};

use super::state::State;
use crate::{egress, limits, policy::Target};

/// Judges one request and, when it is permitted, starts it.
pub(crate) fn handle(
    mut cx: StoreContextMut<'_, State>,
    (request, options): (Resource<HostOutgoingRequest>, Option<Resource<RequestOptions>>),
) -> Result<(Result<Resource<HostFutureIncomingResponse>, ErrorCode>,)> {
    let state = cx.data_mut();
    let request = state.table.delete(request)?;
    if let Some(options) = options {
        // The component's time-outs are ours in any case, and the stock `handle` leaks this entry.
        state.table.delete(options)?;
    }
    let target = Target {
        method: method(&request.method),
        scheme: request.scheme.as_ref().map(scheme),
        authority: request.authority.as_deref(),
        path_with_query: request.path_with_query.as_deref(),
        headers: &request.headers,
    };
    let admitted = match state.egress.admit(&target, &state.calls.open()) {
        Ok(admitted) => admitted,
        Err(_denied) => return Ok((Err(ErrorCode::HttpRequestDenied),)),
    };
    let (egress, meter, body) = (state.egress.clone(), state.meter.clone(), request.body);
    let sent = spawn(async move {
        if let Some(mut body) = body {
            // A GET has no body: anything but a finished, empty one is denied before any I/O.
            match tokio::time::timeout(limits::REQUEST_BODY_END, body.frame()).await {
                Ok(None) => {}
                _ => {
                    egress.deny_body(admitted);
                    return Err(Error::HttpRequestDenied);
                }
            }
        }
        let response = egress.exchange(admitted).await.map_err(error)?;
        let response = response.map(|body| {
            body.map_frame(move |frame| {
                if let Some(data) = frame.data_ref() {
                    meter.grant(data.len() as u64);
                }
                frame
            })
            .map_err(error)
            .boxed_unsync()
        });
        Ok((response, spawn(async {})))
    });
    let pending = state.table.push(HostFutureIncomingResponse::Pending(sent))?;
    Ok((Ok(pending),))
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
        E::Denied(_) => Error::HttpRequestDenied,
        other => Error::InternalError(Some(other.to_string())),
    }
}

/// The error code of a stream that broke, for the shadowed `http-error-code`.
pub(crate) fn code_of(error: &wasmtime::Error) -> Option<ErrorCode> {
    let error = error.downcast_ref::<Error>()?;
    Some(match error {
        Error::HttpResponseBodySize(size) => ErrorCode::HttpResponseBodySize(*size),
        Error::HttpResponseTimeout => ErrorCode::HttpResponseTimeout,
        Error::ConnectionReadTimeout => ErrorCode::ConnectionReadTimeout,
        Error::HttpResponseIncomplete => ErrorCode::HttpResponseIncomplete,
        Error::HttpResponseContentCoding(coding) => ErrorCode::HttpResponseContentCoding(coding.clone()),
        Error::DnsError { rcode, info_code } => {
            ErrorCode::DnsError(DnsErrorPayload { rcode: rcode.clone(), info_code: *info_code })
        }
        Error::InternalError(text) => ErrorCode::InternalError(text.clone()),
        _ => ErrorCode::HttpProtocolError,
    })
}
