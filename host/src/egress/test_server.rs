//! A server on port 0 for the tests of egress: reads requests, and writes exactly what it is told.

use std::{
    io::Write as _,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::HeaderMap;
use http_body_util::BodyExt;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};

use super::super::*;
use crate::policy::Plaintext;

/// One thing that the server does.
#[derive(Clone)]
pub(super) enum Act {
    Send(Vec<u8>),
    /// Repeats bytes as fast as they are taken.
    Flood(Vec<u8>),
    /// One byte each, with the pause before it.
    Drip(Vec<u8>, Duration),
    Wait,
    Close,
}

type Handler = Arc<dyn Fn(&str) -> Vec<Act> + Send + Sync>;

/// The server; its requests, head and body.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) requests: Arc<Mutex<Vec<String>>>,
    pub(super) connections: Arc<AtomicUsize>,
}

impl Server {
    pub(super) async fn start(
        handler: impl Fn(&str) -> Vec<Act> + Send + Sync + 'static,
    ) -> Server {
        Server::with_tls(None, handler).await
    }

    pub(super) async fn with_tls(
        tls: Option<tokio_rustls::TlsAcceptor>,
        handler: impl Fn(&str) -> Vec<Act> + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, connections): (Arc<Mutex<Vec<String>>>, Arc<AtomicUsize>) =
            Default::default();
        let server = Server {
            address,
            requests: requests.clone(),
            connections: connections.clone(),
        };
        let handler: Handler = Arc::new(handler);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (tls, handler, requests) = (tls.clone(), handler.clone(), requests.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(tcp, handler, requests).await,
                        Some(tls) => {
                            if let Ok(tls) = tls.accept(tcp).await {
                                serve(tls, handler, requests).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    pub(super) fn count(&self, what: &str) -> usize {
        self.requests
            .lock()
            .unwrap()
            .iter()
            .filter(|request| request.starts_with(what))
            .count()
    }
}

async fn serve(
    mut io: impl AsyncRead + AsyncWrite + Unpin,
    handler: Handler,
    requests: Arc<Mutex<Vec<String>>>,
) {
    let mut buffer = Vec::new();
    loop {
        let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
            match io.read_buf(&mut buffer).await {
                Ok(n) if n > 0 => continue,
                _ => return,
            }
        };
        let head = String::from_utf8(buffer[..end + 4].to_vec()).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let total = end + 4 + length.map_or(0, |length| length.parse::<usize>().unwrap());
        while buffer.len() < total {
            io.read_buf(&mut buffer).await.unwrap();
        }
        let request = String::from_utf8(buffer.drain(..total).collect()).unwrap();
        requests.lock().unwrap().push(request.clone());
        for act in handler(&request) {
            let sent = match act {
                Act::Send(bytes) => io.write_all(&bytes).await,
                Act::Flood(bytes) => loop {
                    if let Err(error) = io.write_all(&bytes).await {
                        break Err(error);
                    }
                },
                Act::Drip(bytes, pause) => {
                    for byte in bytes {
                        tokio::time::sleep(pause).await;
                        if io.write_all(&[byte]).await.is_err() {
                            return;
                        }
                    }
                    Ok(())
                }
                Act::Wait => std::future::pending().await,
                Act::Close => return,
            };
            if sent.is_err() {
                return;
            }
        }
    }
}

/// A whole answer with its length.
pub(super) fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<Act> {
    let length = body.as_ref().len();
    let head = format!("HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\n\r\n");
    vec![Act::Send([head.as_bytes(), body.as_ref()].concat())]
}

pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// An audit to look into.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Kind, actor, status and reason of each line.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            let status = line["status"]
                .as_u64()
                .map_or("-".to_owned(), |status| status.to_string());
            let decision = if line["kind"] == "decision" {
                field("decision")
            } else {
                field("reason")
            };
            format!("{} {} {status} {decision}", field("kind"), field("actor"))
        };
        self.text().lines().map(line).collect()
    }

    pub(super) fn outcomes(&self) -> Vec<String> {
        self.lines()
            .into_iter()
            .filter(|line| line.starts_with("outcome"))
            .collect()
    }
}

/// Bounds that a test can wait for.
pub(super) fn quick() -> Bounds {
    Bounds {
        tls_handshake: Duration::from_millis(800),
        first_byte: Duration::from_millis(1_500),
        between_bytes: Duration::from_millis(1_000),
        total: Duration::from_secs(4),
        body_wire_bytes: 4 << 20,
        body_plain_bytes: 1 << 20,
        ..Bounds::default()
    }
}

pub(super) fn egress(server: &str, credentials: Credentials, trust: Trust) -> (Arc<Egress>, Log) {
    bounded(server, credentials, trust, quick())
}

pub(super) fn bounded(
    server: &str,
    credentials: Credentials,
    trust: Trust,
    bounds: Bounds,
) -> (Arc<Egress>, Log) {
    let config = EgressConfig {
        bounds,
        ..config(server, credentials, trust)
    };
    started(config)
}

pub(super) fn config(server: &str, credentials: Credentials, trust: Trust) -> EgressConfig {
    let origin = OriginRule::parse(server, Plaintext::LoopbackOnly).unwrap();
    EgressConfig {
        bounds: quick(),
        ..EgressConfig::new(origin, credentials, trust)
    }
}

pub(super) fn started(config: EgressConfig) -> (Arc<Egress>, Log) {
    let log = Log::default();
    let audit = Arc::new(Audit::to_writer(log.clone()));
    (Egress::new(config, audit).unwrap(), log)
}

/// Admits `GET path` for `list_applications`, with the placeholder.
pub(super) fn admit(egress: &Egress, path: &str) -> Result<Admitted, Denied> {
    let mut headers = HeaderMap::new();
    if let Some(placeholder) = egress.placeholder() {
        headers.insert(
            "authorization",
            format!("Bearer {placeholder}").parse().unwrap(),
        );
    }
    let authority = egress.policy().origin().authority();
    let target = Target {
        method: "GET",
        scheme: Some(egress.policy().origin().scheme().as_str()),
        authority: Some(&authority),
        path_with_query: Some(path),
        headers: &headers,
    };
    let open = OpenCall {
        id: "1".into(),
        tool: "list_applications".into(),
    };
    egress.admit(&target, &[open].into())
}

pub(super) const LIST: &str = "/api/v1/applications";

/// Status, headers and body of an allowed GET.
pub(super) async fn get(egress: &Arc<Egress>) -> Result<(u16, HeaderMap, String), Error> {
    let response = egress
        .clone()
        .exchange(admit(egress, LIST).unwrap())
        .await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok((
        parts.status.as_u16(),
        parts.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    ))
}
