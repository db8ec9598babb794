//! A client of a few lines for the simulator's own tests: it follows nothing, unpacks nothing and
//! hides nothing.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use tokio::net::TcpStream;

use super::Simulator;

/// An answer, or what of it came before the connection broke.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) broke: bool,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// A connection that stays open between requests.
pub(crate) struct Client {
    runtime: tokio::runtime::Runtime,
    sender: http1::SendRequest<Full<Bytes>>,
}

impl Client {
    pub(crate) fn connect(simulator: &Simulator) -> Self {
        let runtime = runtime();
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(simulator.addr()).await.unwrap();
            handshake(stream).await
        });
        Self { runtime, sender }
    }

    /// TLS with the simulator's authority and nothing else to trust.
    pub(crate) fn connect_tls(simulator: &Simulator, name: &str) -> Result<Self, std::io::Error> {
        let runtime = runtime();
        let mut roots = rustls::RootCertStore::empty();
        let pem = simulator.ca_pem().unwrap();
        roots
            .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(simulator.addr()).await?;
            let stream = connector.connect(name, stream).await?;
            Ok::<_, std::io::Error>(handshake(stream).await)
        })?;
        Ok(Self { runtime, sender })
    }

    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Got> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "argocd.example.com");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            self.sender.ready().await.ok()?;
            let response = self.sender.send_request(request).await.ok()?;
            let (head, mut incoming) = response.into_parts();
            let (mut body, mut broke) = (Vec::new(), false);
            while let Some(frame) = incoming.frame().await {
                match frame {
                    Ok(frame) => body.extend_from_slice(&frame.into_data().unwrap_or_default()),
                    Err(_) => {
                        broke = true;
                        break;
                    }
                }
            }
            Some(Got {
                status: head.status.as_u16(),
                headers: head.headers,
                body: body.into(),
                broke,
            })
        })
    }

    pub(crate) fn get(&mut self, path: &str, token: &str) -> Got {
        let authorization = format!("Bearer {token}");
        self.send("GET", path, &[("authorization", &authorization)], "")
            .unwrap()
    }
}

/// One GET on a connection of its own, as the read-only account.
pub(crate) fn get(simulator: &Simulator, path: &str) -> Got {
    Client::connect(simulator).get(path, simulator.token())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

async fn handshake<S>(stream: S) -> http1::SendRequest<Full<Bytes>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}
