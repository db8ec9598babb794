//! The dialer: resolve once, classify every address, connect to a checked one, TLS by name.
//!
//! It reaches the pinned origin whatever it is asked for, and follows nothing.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{Bounds, Error, proxy::Proxy, tls::Tls};
use crate::policy::{OriginRule, Scheme, address::Reach};

/// Turns a name into addresses: the system's resolver, or a test's.
#[derive(Clone)]
pub struct Resolver(Arc<Lookup>);

type Lookup = dyn Fn(&str, u16) -> Found + Send + Sync;
type Found = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

impl Resolver {
    /// Asks `lookup` for the addresses of a name, with the port put in.
    pub fn new(lookup: impl Fn(&str, u16) -> Found + Send + Sync + 'static) -> Resolver {
        Resolver(Arc::new(lookup))
    }
}

impl Default for Resolver {
    fn default() -> Resolver {
        Resolver::new(|name, port| {
            let name = name.to_owned();
            Box::pin(async move { Ok(lookup_host((name, port)).await?.collect()) })
        })
    }
}

/// Makes connections to one origin. Cheap to clone: the pool clones it for each connection.
#[derive(Clone)]
pub(super) struct Dialer(Arc<Way>);

struct Way {
    origin: OriginRule,
    /// What the certificate must say; `None` for a name that no certificate can have.
    name: Option<ServerName<'static>>,
    tls: Arc<Tls>,
    network: Network,
    bounds: Bounds,
}

/// Which addresses count, and who names them.
#[derive(Clone, Default)]
pub struct Network {
    /// Which addresses may be connected to.
    pub reach: Reach,
    /// Who turns the server's name into addresses.
    pub resolver: Resolver,
    /// The way to an https origin leads through it.
    pub proxy: Option<Arc<Proxy>>,
}

/// The address that a connection was made to, found again in the response's extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialed(pub(super) SocketAddr);

/// A connection, in clear or not.
pub(super) struct Stream {
    io: TokioIo<Box<dyn Io>>,
    address: SocketAddr,
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Dialer {
    pub(super) fn new(
        origin: OriginRule,
        tls: Arc<Tls>,
        network: Network,
        bounds: Bounds,
    ) -> Dialer {
        let name = ServerName::try_from(origin.host().to_owned()).ok();
        Dialer(Arc::new(Way {
            origin,
            name,
            tls,
            network,
            bounds,
        }))
    }
}

impl tower_service::Service<http::Uri> for Dialer {
    type Response = Stream;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Uri) -> Self::Future {
        let way = Arc::clone(&self.0);
        Box::pin(async move { way.dial().await })
    }
}

impl Way {
    async fn dial(&self) -> Result<Stream, Error> {
        let (tcp, address) = match (&self.network.proxy, self.origin.scheme()) {
            (Some(proxy), Scheme::Https) => self.through(proxy).await?,
            _ => self.reach(&self.origin, &self.network.reach).await?,
        };
        let io: Box<dyn Io> = match self.origin.scheme() {
            Scheme::Http => Box::new(tcp),
            Scheme::Https => {
                let connector = TlsConnector::from(self.tls.config().await?);
                let unnameable =
                    || Error::TlsCertificate("no certificate can name this host".to_owned());
                let name = self.name.clone().ok_or_else(unnameable)?;
                let handshake = connector.connect(name, tcp);
                let handshake = timeout(self.bounds.tls_handshake, handshake).await;
                let stream = handshake.map_err(|_| Error::TlsTimeout)?;
                Box::new(stream.map_err(|error| Error::from_handshake(&error))?)
            }
        };
        Ok(Stream {
            io: TokioIo::new(io),
            address,
        })
    }

    /// A tunnel to the origin; the address is the proxy's.
    async fn through(&self, proxy: &Proxy) -> Result<(TcpStream, SocketAddr), Error> {
        let (mut tcp, address) = self.reach(&proxy.rule, &Reach::default()).await?;
        let tunnel = proxy.tunnel(&mut tcp, &self.origin);
        let tunnel = timeout(self.bounds.tls_handshake, tunnel).await;
        tunnel.map_err(|_| Error::ConnectTimeout)??;
        Ok((tcp, address))
    }

    /// A connection to a checked address of `rule`.
    async fn reach(
        &self,
        rule: &OriginRule,
        reach: &Reach,
    ) -> Result<(TcpStream, SocketAddr), Error> {
        let addresses = self.resolve(rule).await?;
        self.connect(&check(&addresses, rule, reach)?).await
    }

    async fn resolve(&self, rule: &OriginRule) -> Result<Vec<SocketAddr>, Error> {
        let port = rule.port();
        if let Some(literal) = rule.literal() {
            return Ok(vec![SocketAddr::new(literal, port)]);
        }
        let lookup = (self.network.resolver.0)(rule.host(), port);
        match timeout(self.bounds.lookup, lookup).await {
            Ok(Ok(found)) if !found.is_empty() => Ok(found),
            _ => Err(Error::Dns),
        }
    }

    async fn connect(&self, addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), Error> {
        let mut failed = Error::ConnectRefused;
        for address in addresses {
            match timeout(self.bounds.connect, TcpStream::connect(address)).await {
                Ok(Ok(tcp)) => {
                    // Requests are one small write each: waiting to merge them only adds delay.
                    let _ = tcp.set_nodelay(true);
                    return Ok((tcp, *address));
                }
                Ok(Err(error)) => failed = Error::from_io(&error),
                Err(_) => failed = Error::ConnectTimeout,
            }
        }
        Err(failed)
    }
}

/// The addresses that the origin may be reached at, in the resolver's order.
pub(super) fn check(
    found: &[SocketAddr],
    origin: &OriginRule,
    reach: &Reach,
) -> Result<Vec<SocketAddr>, Error> {
    let allowed = |address: &&SocketAddr| reach.permits(address.ip(), origin);
    let checked: Vec<SocketAddr> = found.iter().filter(allowed).copied().collect();
    match (checked.is_empty(), found.first()) {
        (false, _) => Ok(checked),
        (true, Some(first)) => Err(Error::AddressProhibited(first.ip())),
        (true, None) => Err(Error::Dns),
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new().extra(Dialed(self.address))
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
