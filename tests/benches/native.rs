//! The baseline: a native program with the same job. A line in, a pooled GET over TLS, a line out;
//! no sandbox, no policy, no MCP.

use std::{os::fd::AsFd, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::unix::pipe::Receiver,
};

/// Serves lines until the end of stdin.
pub(crate) fn serve(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = Arc::new(Client::builder(TokioExecutor::new()).build(Tls::new()));
        // By readiness, as the host reads: tokio's own stdin is a thread, which would flatter us.
        let stdin = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
        let mut lines = BufReader::new(Receiver::from_owned_fd(stdin).unwrap()).lines();
        let target: http::Uri = format!("{}/api/v1/clusters", url.trim_end_matches('/')).parse().unwrap();
        let bearer = format!("Bearer {}", std::env::var("ARGOCD_AUTH_TOKEN").unwrap());
        while let Ok(Some(line)) = lines.next_line().await {
            let (client, target, bearer) = (client.clone(), target.clone(), bearer.clone());
            tokio::spawn(async move {
                let asked: serde_json::Value = serde_json::from_str(&line).unwrap();
                let request = http::Request::get(target).header("authorization", bearer).body(Empty::<Bytes>::new()).unwrap();
                let body = client.request(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
                let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
                let answer = serde_json::json!({ "jsonrpc": "2.0", "id": asked["id"], "result": read["items"][0]["name"] });
                use std::io::Write;
                let mut stdout = std::io::stdout().lock();
                stdout.write_all(format!("{answer}\n").as_bytes()).unwrap();
                stdout.flush().unwrap();
            });
        }
    });
}

/// A TLS connector over hyper's own TCP connector.
#[derive(Clone)]
struct Tls {
    tcp: HttpConnector,
    tls: tokio_rustls::TlsConnector,
}

impl Tls {
    fn new() -> Tls {
        let pem = std::fs::read(std::env::var("ARGOCD_CA_FILE").unwrap()).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(
            CertificateDer::pem_slice_iter(&pem).map(|certificate| certificate.unwrap()),
        );
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Tls {
            tcp,
            tls: Arc::new(config).into(),
        }
    }
}

impl tower_service::Service<http::Uri> for Tls {
    type Response = Stream;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Stream, Self::Error>> + Send>>;

    fn poll_ready(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: http::Uri) -> Self::Future {
        let name = rustls::pki_types::ServerName::try_from(uri.host().unwrap().to_owned()).unwrap();
        let (tls, tcp) = (self.tls.clone(), self.tcp.call(uri));
        Box::pin(async move {
            let tcp = tcp.await?.into_inner();
            Ok(Stream(hyper_util::rt::TokioIo::new(
                tls.connect(name, tcp).await?,
            )))
        })
    }
}

/// The connection, as hyper wants it.
struct Stream(hyper_util::rt::TokioIo<tokio_rustls::client::TlsStream<tokio::net::TcpStream>>);

impl hyper_util::client::legacy::connect::Connection for Stream {
    fn connected(&self) -> hyper_util::client::legacy::connect::Connected {
        hyper_util::client::legacy::connect::Connected::new()
    }
}

impl hyper::rt::Read for Stream {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: hyper::rt::ReadBufCursor<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl hyper::rt::Write for Stream {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::pin::Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
