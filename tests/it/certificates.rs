//! Certificates, right and wrong, for servers of tests.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

/// A certificate authority.
pub(crate) struct Authority {
    /// Its certificate, as clients are given it.
    pub(crate) pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
pub(crate) struct Issued {
    pub(crate) pem: String,
    pub(crate) key: KeyPair,
    der: CertificateDer<'static>,
}

/// When a certificate ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    Later,
    LongAgo,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key).unwrap();
        Authority {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate for one name or address.
    pub(crate) fn issue(&self, name: &str, ends: Ends) -> Issued {
        let key = KeyPair::generate().unwrap();
        let certificate = params(name, ends).signed_by(&key, &self.issuer).unwrap();
        Issued {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            key,
        }
    }
}

/// A certificate that vouches for itself.
pub(crate) fn self_signed(name: &str) -> Issued {
    let key = KeyPair::generate().unwrap();
    let certificate = params(name, Ends::Later).self_signed(&key).unwrap();
    Issued {
        pem: certificate.pem(),
        der: certificate.der().clone(),
        key,
    }
}

fn params(name: &str, ends: Ends) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.use_authority_key_identifier_extension = true;
    if ends == Ends::LongAgo {
        params.not_after = date_time_ymd(2020, 1, 1);
    }
    params
}

impl Issued {
    /// A server that shows it, and asks for a certificate of `clients` when there is such.
    pub(crate) fn acceptor(&self, clients: Option<&Authority>) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let config = match clients {
            None => config.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.der.clone()).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                config.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let config = config
            .with_single_cert(vec![self.der.clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}
