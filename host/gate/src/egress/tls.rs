//! TLS: whom we trust, and when the system's roots are read.
//!
//! Reading them takes 6 to 50 ms, so it happens on a thread of its own, started after the first
//! answer or by the first dial. The runtime's thread awaits it and never joins it.

use std::{
    sync::{Arc, Once},
    thread,
};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WantsClientCert,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};
use tokio::sync::watch;

use super::Error;

/// Who may prove to be the server.
#[derive(Clone)]
pub enum Trust {
    /// The operating system's roots.
    System,
    /// The certificates of this PEM text, and no others.
    CaFile(Vec<u8>),
    /// The operating system's roots and the certificates of this PEM text.
    Added(Vec<u8>),
    /// Anybody: `ARGOCD_INSECURE`. Marked in the audit.
    Insecure,
}

impl Trust {
    /// One word for the audit.
    pub fn label(&self) -> &'static str {
        match self {
            Trust::System => "system",
            Trust::CaFile(_) => "file",
            Trust::Added(_) => "system+file",
            Trust::Insecure => "insecure",
        }
    }
}

/// Why a trust setting cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCertificate;

impl std::fmt::Display for NoCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the CA file contains no certificate in PEM form")
    }
}

impl std::error::Error for NoCertificate {}

/// The host's own certificate chain and its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads a chain and its key, both PEM; the error says which one is wrong.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Identity, &'static str> {
        let chain = from_pem(chain).map_err(|_| "the client certificate is not PEM")?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| "the client key is not a private key in PEM form")?;
        let identity = Identity { chain, key };
        let fits = configure(
            |builder| builder.with_root_certificates(RootCertStore::empty()),
            Some(&identity),
        );
        fits.map(|_| identity)
            .ok_or("the client key does not belong to the client certificate")
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.key);
    }
}

type Loaded = Option<Result<Arc<ClientConfig>, Error>>;

/// The client configuration, there at once or loaded on a thread.
pub(super) struct Tls {
    loaded: watch::Sender<Loaded>,
    start: Once,
    identity: Option<Identity>,
    /// Trusted besides the system's roots.
    added: Vec<CertificateDer<'static>>,
}

impl Tls {
    pub(super) fn new(
        trust: &Trust,
        identity: Option<Identity>,
    ) -> Result<Arc<Tls>, NoCertificate> {
        let mut added = Vec::new();
        let config = match trust {
            Trust::System => None,
            Trust::CaFile(pem) => Some(with_roots(&from_pem(pem)?, identity.as_ref())),
            Trust::Added(pem) => {
                added = from_pem(pem)?;
                None
            }
            Trust::Insecure => Some(unverified(identity.as_ref())),
        };
        Ok(Arc::new(Tls {
            loaded: watch::Sender::new(config),
            start: Once::new(),
            identity,
            added,
        }))
    }

    /// Starts reading the system's roots, once; returns at once.
    pub(super) fn load_in_background(self: &Arc<Self>) {
        if self.loaded.borrow().is_some() {
            return;
        }
        self.start.call_once(|| {
            let tls = Arc::clone(self);
            let load = move || {
                let config = tls.system();
                tls.loaded.send_replace(Some(config));
            };
            let thread = thread::Builder::new().name("roots".to_owned());
            if thread.spawn(load).is_err() {
                self.loaded.send_replace(Some(self.system()));
            }
        });
    }

    pub(super) async fn config(self: &Arc<Self>) -> Result<Arc<ClientConfig>, Error> {
        self.load_in_background();
        let mut loaded = self.loaded.subscribe();
        let config = loaded.wait_for(Option::is_some).await;
        // The sender lives in `self`, so waiting can't fail.
        config
            .ok()
            .and_then(|config| config.clone())
            .unwrap_or(Err(Error::ConnectionClosed))
    }

    fn system(&self) -> Result<Arc<ClientConfig>, Error> {
        let mut found = rustls_native_certs::load_native_certs().certs;
        found.extend(self.added.iter().cloned());
        if found.is_empty() {
            return Err(Error::TlsCertificate(
                "the system has no root certificates".to_owned(),
            ));
        }
        with_roots(&found, self.identity.as_ref())
    }
}

fn from_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, NoCertificate> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates
        .ok()
        .filter(|certificates| !certificates.is_empty())
        .ok_or(NoCertificate)
}

fn with_roots(
    certificates: &[CertificateDer<'static>],
    identity: Option<&Identity>,
) -> Result<Arc<ClientConfig>, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates.iter().cloned());
    let config = configure(|builder| builder.with_root_certificates(roots), identity);
    config.ok_or_else(misfit)
}

fn unverified(identity: Option<&Identity>) -> Result<Arc<ClientConfig>, Error> {
    let verifier = Arc::new(Unverified(Arc::new(ring::default_provider())));
    let trust = |builder: rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>| {
        let builder = builder.dangerous();
        builder.with_custom_certificate_verifier(verifier)
    };
    configure(trust, identity).ok_or_else(misfit)
}

/// Cannot happen: [`Identity::from_pem`] has tried.
fn misfit() -> Error {
    Error::TlsCertificate("the client certificate cannot be used".to_owned())
}

/// `None` when the identity's key does not fit its certificate.
fn configure(
    trust: impl FnOnce(
        rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>,
    ) -> rustls::ConfigBuilder<ClientConfig, WantsClientCert>,
    identity: Option<&Identity>,
) -> Option<Arc<ClientConfig>> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    #[allow(
        clippy::expect_used,
        reason = "ring has the cipher suites of TLS 1.2 and 1.3"
    )]
    let builder = builder
        .with_safe_default_protocol_versions()
        .expect("ring supports TLS 1.2 and 1.3");
    let builder = trust(builder);
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(Identity { chain, key }) => builder
            .with_client_auth_cert(chain.clone(), key.clone_key())
            .ok()?,
    };
    // Argo CD lists h2 too, and passes only gRPC over it.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(Arc::new(config))
}

/// Checks signatures, so that the handshake is one, but not whose certificate it is.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
