//! The listening thread: connections, TLS, faults on the way in and out.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::answer::{Answer, Code, Content};
use super::api::{self, Ask};
use super::body::{self, Outgoing};
use super::fault::{self, FaultKind};
use super::genuine;
use super::limits::{CHUNK_BYTES, KEPT_REQUEST_BODY_BYTES};
use super::requests::{Connection, Ticket};
use super::state::State;

/// The first byte of a TLS handshake; no HTTP method starts with it.
const TLS_HANDSHAKE: u8 = 0x16;

/// A page such as a login proxy puts in front.
const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form action=\"/login\" method=\"post\"><input name=\"username\"></form></body></html>\n";

/// Serves until it is told to stop. The runtime that this runs in dies with it, and every connection too.
pub(crate) async fn run(
    listener: TcpListener,
    state: Arc<State>,
    tls: Option<TlsAcceptor>,
    stop: oneshot::Receiver<Infallible>,
) {
    let accept = async {
        loop {
            // A client that hung up before it was accepted is no reason to stop.
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let (state, tls) = (Arc::clone(&state), tls.clone());
            tokio::spawn(async move {
                let connection = state.record.connected();
                // How a connection ends is seen in the requests.
                let _ = serve(stream, state, tls, connection).await;
            });
        }
    };
    tokio::select! {
        () = accept => {}
        // The sender was dropped.
        _ = stop => {}
    }
}

async fn serve(
    stream: TcpStream,
    state: Arc<State>,
    tls: Option<TlsAcceptor>,
    connection: Connection,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let Some(tls) = tls else {
        return serve_http(stream, state, &connection, false).await;
    };
    let mut first = [0];
    if stream.peek(&mut first).await? == 1 && first[0] != TLS_HANDSHAKE {
        return serve_http(stream, state, &connection, true).await;
    }
    let stream = tls.accept(stream).await?;
    serve_http(stream, state, &connection, false).await
}

async fn serve_http(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    state: Arc<State>,
    connection: &Connection,
    is_plain_on_tls: bool,
) -> io::Result<()> {
    let number = connection.number;
    let service =
        service_fn(move |request| respond(Arc::clone(&state), request, number, is_plain_on_tls));
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await
        .map_err(io::Error::other)
}

async fn respond(
    state: Arc<State>,
    request: hyper::Request<Incoming>,
    connection: usize,
    is_plain_on_tls: bool,
) -> io::Result<hyper::Response<Outgoing>> {
    let (head, incoming) = request.into_parts();
    let (mut ask, headers) = heard(&head);
    let accepts_gzip = headers
        .iter()
        .any(|(name, value)| name == "accept-encoding" && value.contains("gzip"));
    let mut releases = state.releases();
    let mut ticket = state.record.seen(
        connection,
        ask.method.clone(),
        ask.path_and_query.clone(),
        headers.clone(),
    );
    let (kept, bytes) = read(incoming).await?;
    ask.body.clone_from(&kept);
    ticket.body(kept, bytes);
    if is_plain_on_tls {
        let to = format!("https://{}{}", ask.host, ask.path_and_query);
        return send(
            api::redirect(307, &to, "Temporary Redirect"),
            ticket,
            Way::default(),
        );
    }
    let below = api::below_prefix(&state.settings.prefix, &ask.path_and_query);
    let kinds = state.faults.take(below.unwrap_or(&ask.path_and_query));
    let mut way = Way::default();
    let mut answer = None;
    for kind in kinds {
        match kind {
            // The sender lives as long as the state: there is always a next release to wait for.
            FaultKind::Hold => drop(releases.changed().await),
            FaultKind::SlowHead(delay) => tokio::time::sleep(delay).await,
            FaultKind::CloseBeforeHead => {
                ticket.cut();
                return Err(io::Error::other("closed on request"));
            }
            kind => {
                if let Some(instead) = way.take(kind, &ask)? {
                    answer = Some(instead);
                }
            }
        }
    }
    let answer = match (answer, &state.genuine) {
        (Some(instead), _) => instead,
        (None, Some(genuine)) => genuine::answer(&state, &**genuine, &ask, headers).await?,
        (None, None) => api::answer(&state, &ask),
    };
    way.gzip |= state.settings.gzip && accepts_gzip && answer.compressible;
    send(answer, ticket, way)
}

/// The head of a request: what answers depend on, and every header as it came.
fn heard(head: &http::request::Parts) -> (Ask, Vec<(String, String)>) {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect();
    let header = |name: &str| head.headers.get(name).map(text);
    let path_and_query = head.uri.path_and_query();
    let ask = Ask {
        method: head.method.to_string(),
        path_and_query: path_and_query.map_or("*", |p| p.as_str()).to_owned(),
        accept: header("accept").unwrap_or_default(),
        authorization: header("authorization"),
        cookie: header("cookie"),
        content_type: header("content-type"),
        host: header("host").unwrap_or_default(),
        body: Vec::new(),
    };
    (ask, headers)
}

/// Reads a request's body to its end and keeps the beginning.
async fn read(mut incoming: Incoming) -> io::Result<(Vec<u8>, usize)> {
    let (mut kept, mut bytes) = (Vec::new(), 0);
    while let Some(frame) = incoming.frame().await {
        if let Ok(data) = frame.map_err(io::Error::other)?.into_data() {
            bytes += data.len();
            let room = KEPT_REQUEST_BODY_BYTES
                .saturating_sub(kept.len())
                .min(data.len());
            kept.extend_from_slice(&data[..room]);
        }
    }
    Ok((kept, bytes))
}

/// What faults do to an answer on its way out.
#[derive(Default)]
struct Way {
    gzip: bool,
    pace: Option<(usize, std::time::Duration)>,
    cut_after: Option<usize>,
    headers: Vec<(String, String)>,
}

impl Way {
    /// Takes a fault in: another answer, or a change to the genuine one.
    fn take(&mut self, kind: FaultKind, ask: &Ask) -> io::Result<Option<Answer>> {
        Ok(Some(match kind {
            FaultKind::Status(status, body) if body.trim_start().starts_with(['{', '[']) => {
                Answer::new(status, "application/json", body)
            }
            FaultKind::Status(status, body) => {
                Answer::new(status, "text/plain; charset=utf-8", body)
            }
            FaultKind::Unauthorized => Answer::error(
                Code::Unauthenticated,
                "invalid session: token has invalid claims: token is expired",
            ),
            FaultKind::Html { status } => Answer::html(status, LOGIN_PAGE),
            FaultKind::Redirect { to } => api::redirect(302, &to, "Found"),
            FaultKind::HugeBody { bytes } => {
                let mut answer = Answer::json_text(Bytes::new()).uncompressed();
                answer.content = Content::Chunks(Box::new(fault::huge(bytes, CHUNK_BYTES)));
                answer
            }
            FaultKind::GzipBomb { bytes } => {
                let mut answer = Answer::json_text(Bytes::new())
                    .uncompressed()
                    .with("content-encoding", "gzip");
                answer.content = body::gzip_bomb(bytes)?;
                answer
            }
            FaultKind::EchoHeaders => echo(ask),
            kind => {
                self.change(kind);
                return Ok(None);
            }
        }))
    }

    fn change(&mut self, kind: FaultKind) {
        match kind {
            FaultKind::SlowBody { chunk, every } => self.pace = Some((chunk, every)),
            FaultKind::TornBody { after } => self.cut_after = Some(after),
            FaultKind::Gzip => self.gzip = true,
            FaultKind::Headers(headers) => self.headers.extend(headers),
            _ => {}
        }
    }
}

/// The received token in every form that a reflecting server might use.
fn echo(ask: &Ask) -> Answer {
    let plain = ask.authorization.clone().unwrap_or_default();
    let percent = utf8_percent_encode(&plain, NON_ALPHANUMERIC).to_string();
    let base64 = STANDARD.encode(&plain);
    let message = format!("you sent {plain} which is {percent} or {base64}");
    Answer::error(Code::Unknown, &message)
        .with("x-echo-plain", plain)
        .with("x-echo-percent", percent)
        .with("x-echo-base64", base64)
}

fn send(answer: Answer, ticket: Ticket, way: Way) -> io::Result<hyper::Response<Outgoing>> {
    let mut response = hyper::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(&**name, value);
    }
    let mut content = answer.content;
    if way.gzip {
        response = response.header("content-encoding", "gzip");
        content = body::gzip(content);
    }
    ticket.answered(answer.status);
    let mut body = Outgoing::new(content, ticket);
    if let Some((chunk, every)) = way.pace {
        body = body.paced(chunk, every);
    }
    if let Some(after) = way.cut_after {
        body = body.cut(after);
    }
    if answer.endless {
        body = body.endless();
    }
    let mut response = response.body(body).map_err(io::Error::other)?;
    for (name, value) in way.headers {
        let name = HeaderName::try_from(name).map_err(io::Error::other)?;
        let value = HeaderValue::try_from(value).map_err(io::Error::other)?;
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
