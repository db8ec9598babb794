//! Which certificates to trust, and the host's own certificate.

use std::path::Path;

use argocd_gate::{
    egress::{Identity, Trust},
    policy::{OriginRule, Scheme},
};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::{context::Context, draft::Draft, private_file};
use crate::limits;

impl Draft<'_> {
    pub(super) fn trust(
        &mut self,
        context: Option<&Context>,
        origin: Option<&OriginRule>,
    ) -> Option<Trust> {
        let noted = self.settings.len();
        let trust = self.trust_of_certificates(context);
        if origin.is_some_and(|origin| origin.scheme() == Scheme::Http) {
            self.settings.truncate(noted);
            self.note("tls", "none: http:// is not encrypted", "server");
        }
        trust
    }

    fn trust_of_certificates(&mut self, context: Option<&Context>) -> Option<Trust> {
        let insecure = match self.variable(&["ARGOCD_INSECURE"]) {
            _ if self.typed.insecure => Some("--insecure"),
            Some((source, value)) => match value.to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" => Some(source),
                "0" | "false" | "no" => None,
                _ => {
                    self.problem(format!("{source}: write 1 or 0"));
                    return None;
                }
            },
            None => context
                .filter(|context| context.insecure)
                .map(|_| Context::SOURCE),
        };
        let file = match &self.typed.ca_file {
            Some(path) => Some(("--ca-file", path.clone())),
            None => self
                .variable(&["ARGOCD_CA_FILE"])
                .map(|(source, path)| (source, path.into())),
        };
        match (insecure, file) {
            (Some(source), None) => {
                self.note("tls", "NOT VERIFIED: any certificate is accepted", source);
                Some(Trust::Insecure)
            }
            (Some(insecure), Some((source, _))) => {
                self.problem(format!(
                    "{insecure} and {source} exclude each other: keep one"
                ));
                None
            }
            (None, Some((source, path))) => {
                let pem = self.ca_file(source, &path)?;
                Some(self.roots(pem, &path.display().to_string(), source))
            }
            (None, None) => match context.and_then(|context| context.authority.clone()) {
                Some(pem) if has_certificate(&pem) => {
                    Some(self.roots(pem, "its certificate-authority-data", Context::SOURCE))
                }
                Some(_) => {
                    let source = Context::SOURCE;
                    self.problem(format!(
                        "{source}: certificate-authority-data contains no certificate in PEM form"
                    ));
                    None
                }
                None if self.typed.ca_add => {
                    self.problem("--ca-add does nothing here: it adds the system's authorities to those of --ca-file or of a context");
                    None
                }
                None => {
                    let roots = "verified against the system's trust roots";
                    self.note("tls", roots, "default");
                    Some(Trust::System)
                }
            },
        }
    }

    fn roots(&mut self, pem: Vec<u8>, what: &str, source: &'static str) -> Trust {
        if self.typed.ca_add {
            let text = format!("verified against the system's trust roots and {what}");
            self.note("tls", text, source);
            Trust::Added(pem)
        } else {
            self.note("tls", format!("verified against {what}"), source);
            Trust::CaFile(pem)
        }
    }

    fn ca_file(&mut self, source: &'static str, path: &Path) -> Option<Vec<u8>> {
        let read = std::fs::metadata(path).and_then(|meta| match meta.len() {
            size if size > limits::CA_FILE_BYTES => Err(std::io::ErrorKind::FileTooLarge.into()),
            _ => std::fs::read(path),
        });
        let shown = path.display();
        match read {
            Ok(pem) if has_certificate(&pem) => return Some(pem),
            Ok(_) => self.problem(format!(
                "{source}: {shown} contains no certificate in PEM form"
            )),
            Err(error) => self.problem(format!("{source}: cannot read {shown}: {error}")),
        }
        None
    }

    /// The host's own certificate: by flags, or the context's.
    pub(super) fn identity(&mut self, context: Option<&Context>) -> Option<Identity> {
        let (source, chain, key) = match (&self.typed.client_crt, &self.typed.client_crt_key) {
            (Some(chain), Some(key)) => {
                let source = "--client-crt";
                let chain = self.ca_file(source, chain);
                let read = private_file::read(key, private_file::Modes::Private);
                let key = self.or_problem(read, "--client-crt-key");
                (source, chain?, key?.into_bytes())
            }
            (None, None) => {
                let (chain, key) = context?.identity.as_ref()?;
                (Context::SOURCE, chain.clone(), key.to_vec())
            }
            _ => {
                self.problem("--client-crt and --client-crt-key are used together: give both");
                return None;
            }
        };
        let key = zeroize::Zeroizing::new(key);
        match Identity::from_pem(&chain, &key) {
            Ok(identity) => {
                self.note("client", "certificate with its key (sealed)", source);
                Some(identity)
            }
            Err(why) => {
                self.problem(format!("{source}: {why}"));
                None
            }
        }
    }
}

fn has_certificate(pem: &[u8]) -> bool {
    CertificateDer::pem_slice_iter(pem).any(|certificate| certificate.is_ok())
}
