//! Which server, by which addresses, with which headers.

use argocd_gate::{
    egress::{Network, SealedHeader},
    policy::{OriginRule, Plaintext},
    policy_file::PolicyFile,
};
use ipnet::IpNet;

use super::{
    context::Context,
    draft::{Draft, Purpose},
    private_file,
};

/// What a command says that needs a server.
pub(crate) const NO_SERVER: &str = "ARGOCD_SERVER is not set: set it to the host or URL of your Argo CD, \
     or use --server (`argocd-host demo` needs no server)";

impl Draft<'_> {
    pub(super) fn origin(
        &mut self,
        context: Option<&Context>,
        files: &[PolicyFile],
    ) -> Option<OriginRule> {
        let found = match &self.typed.server {
            Some(server) => Some(("--server", server.clone())),
            None => self.variable(&["ARGOCD_SERVER", "ARGOCD_BASE_URL"]),
        };
        let found = found.or_else(|| {
            let server = files.iter().rev().find_map(PolicyFile::only_server)?;
            Some(("policy file", server.base_url()))
        });
        let found = found.or(context.map(|context| (Context::SOURCE, context.server.clone())));
        let Some((source, text)) = found else {
            // A context that was asked for and has no server has a problem already.
            if self.typed.argocd_context.is_some() {
                return None;
            }
            if self.purpose == Purpose::Look {
                self.note("server", "not set", "default");
            } else {
                self.problem(NO_SERVER);
            }
            return None;
        };
        let plaintext = if self.typed.plaintext {
            Plaintext::Allowed
        } else {
            Plaintext::LoopbackOnly
        };
        let parsed = OriginRule::parse(&text, plaintext).map_err(|error| error.to_string());
        let origin = self.or_problem(parsed, source)?;
        if let Some(context) = context {
            let of_context = OriginRule::parse(&context.server, Plaintext::Allowed);
            if !of_context.is_ok_and(|of_context| of_context.is_same_server(&origin)) {
                self.problem(format!(
                    "{source} and the context {} name different servers: the token of the context is only for its own server",
                    context.name
                ));
                return None;
            }
        }
        self.note("server", origin.base_url(), source);
        Some(origin)
    }

    /// Headers for an access proxy, typed or from a file that nobody else can read.
    pub(super) fn headers(&mut self) -> Vec<SealedHeader> {
        let typed = self.typed.header.iter();
        let mut lines: Vec<(&str, String)> = typed.map(|line| ("--header", line.clone())).collect();
        if let Some(path) = &self.typed.header_file {
            let read = private_file::read(path, private_file::Modes::Private);
            let text = self.or_problem(read, "--header-file").unwrap_or_default();
            let text = zeroize::Zeroizing::new(text);
            let found = text.lines().filter(|line| !line.trim().is_empty());
            lines.extend(found.map(|line| ("--header-file", line.to_owned())));
        }
        let mut headers: Vec<SealedHeader> = Vec::new();
        for (source, line) in lines {
            let line = zeroize::Zeroizing::new(line);
            let parsed = SealedHeader::parse(&line).map_err(|problem| problem.to_string());
            let Some(header) = self.or_problem(parsed, source) else {
                continue;
            };
            if headers.iter().any(|other| other.name() == header.name()) {
                self.problem(format!(
                    "{source}: {} is given twice: keep one",
                    header.name()
                ));
                continue;
            }
            let sealed = if header.is_sealed() {
                "sealed"
            } else {
                "too short to be overwritten in answers"
            };
            self.note(
                "header",
                format!("{} ({sealed})", header.name()),
                source.to_owned(),
            );
            headers.push(header);
        }
        headers
    }

    pub(super) fn network(&mut self) -> Network {
        let mut network = Network::default();
        if !self.typed.allow_cidr.is_empty() {
            let list: Vec<String> = self.typed.allow_cidr.iter().map(IpNet::to_string).collect();
            self.note("networks", list.join(", "), "--allow-cidr");
            network.reach.allow = Some(self.typed.allow_cidr.clone());
        }
        network
    }
}
