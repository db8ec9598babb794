//! A server on port 0 that does exactly what it is told, right or wrong: for what no HTTP library
//! would send. It reads requests one after the other and runs a list of acts for each.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// One thing that the server does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Writes bytes.
    Send(Vec<u8>),
    /// Repeats bytes as fast as they are taken.
    Flood(Vec<u8>),
    /// One byte each, with the pause before it.
    Drip(Vec<u8>, Duration),
    /// Nothing, until the connection is given up.
    Wait,
    /// Closes the connection.
    Close,
}

/// How a connection begins.
#[derive(Clone)]
pub enum Front {
    /// With a request.
    Plain,
    /// With a TLS handshake, and then a request.
    Tls(TlsAcceptor),
    /// These acts come instead of anything that the client might want.
    Acts(Vec<Act>),
}

type Handler = Arc<dyn Fn(&str) -> Vec<Act> + Send + Sync>;

/// The server; dropped, it keeps what is open, and the runtime ends it.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Without TLS: `handler` gets each request, head and body, and says what to do.
    pub async fn start(
        handler: impl Fn(&str) -> Vec<Act> + Send + Sync + 'static,
    ) -> io::Result<Server> {
        Server::fronted(|| Front::Plain, handler).await
    }

    /// With TLS.
    pub async fn with_tls(
        tls: TlsAcceptor,
        handler: impl Fn(&str) -> Vec<Act> + Send + Sync + 'static,
    ) -> io::Result<Server> {
        Server::fronted(move || Front::Tls(tls.clone()), handler).await
    }

    /// `front` is asked at each connection how it begins.
    pub async fn fronted(
        front: impl Fn() -> Front + Send + 'static,
        handler: impl Fn(&str) -> Vec<Act> + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let server = Server {
            address: listener.local_addr()?,
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let (requests, connections) = (server.requests.clone(), server.connections.clone());
        let handler: Handler = Arc::new(handler);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (front, handler, requests) = (front(), handler.clone(), requests.clone());
                // How a connection ends is the client's to judge.
                tokio::spawn(async move { begin(tcp, front, handler, requests).await });
            }
        });
        Ok(server)
    }

    /// Every request so far, head and body, in the order of arrival.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.requests).clone()
    }

    /// How many requests start like this.
    pub fn count(&self, what: &str) -> usize {
        let requests = lock(&self.requests);
        requests.iter().filter(|it| it.starts_with(what)).count()
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A whole answer with its length. Each header line ends with `\r\n`.
pub fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<Act> {
    let length = body.as_ref().len();
    let head = format!("HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\n\r\n");
    vec![Act::Send([head.as_bytes(), body.as_ref()].concat())]
}

fn lock(requests: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    requests.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn begin(
    mut tcp: TcpStream,
    front: Front,
    handler: Handler,
    requests: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    match front {
        Front::Plain => serve(tcp, handler, requests).await,
        Front::Tls(tls) => serve(tls.accept(tcp).await.ok()?, handler, requests).await,
        Front::Acts(acts) => run(&mut tcp, acts).await,
    }
}

/// `None` when the connection has ended.
async fn serve(
    mut io: impl AsyncRead + AsyncWrite + Unpin,
    handler: Handler,
    requests: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let request = request(&mut io, &mut buffer).await?;
        lock(&requests).push(request.clone());
        run(&mut io, handler(&request)).await?;
    }
}

/// One request with a body of the length that it says.
async fn request(io: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<String> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        more(io, buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    let total = end + length.map_or(Some(0), |length| length.parse::<usize>().ok())?;
    while buffer.len() < total {
        more(io, buffer).await?;
    }
    let request: Vec<u8> = buffer.drain(..total).collect();
    Some(String::from_utf8_lossy(&request).into_owned())
}

async fn more(io: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<()> {
    let read = io.read_buf(buffer).await.ok()?;
    (read > 0).then_some(())
}

async fn run(io: &mut (impl AsyncWrite + Unpin), acts: Vec<Act>) -> Option<()> {
    for act in acts {
        match act {
            Act::Send(bytes) => send(io, &bytes).await?,
            Act::Flood(bytes) => loop {
                send(io, &bytes).await?;
            },
            Act::Drip(bytes, pause) => {
                for byte in bytes {
                    tokio::time::sleep(pause).await;
                    send(io, &[byte]).await?;
                }
            }
            Act::Wait => std::future::pending().await,
            Act::Close => {
                // What TLS still holds must go out; a peer that is gone does not matter.
                let _ = io.shutdown().await;
                return None;
            }
        }
    }
    Some(())
}

async fn send(io: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Option<()> {
    io.write_all(bytes).await.ok()?;
    io.flush().await.ok()
}
