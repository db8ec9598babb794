//! What policy files do to a plan: lower, take away, forbid.

use std::path::Path;

use argocd_gate::{
    egress::{Bounds, Network, Trust},
    policy::{Narrowing, OriginRule, Scheme},
    policy_file::{self, PolicyFile},
};

use super::draft::{Draft, Purpose};

impl Draft<'_> {
    /// The ceiling of the machine, when there is one, and the user's file, when one was named.
    pub(super) fn policy_files(&mut self) -> Vec<PolicyFile> {
        let mut files = Vec::new();
        self.policy_file(Path::new(policy_file::SYSTEM), "ceiling", &mut files);
        let named = match &self.typed.policy {
            Some(path) => Some(("--policy", path.clone())),
            None => self
                .variable(&["ARGOCD_HOST_POLICY"])
                .map(|(source, path)| (source, path.into())),
        };
        if let Some((source, path)) = named {
            let before = files.len() + self.problems.len();
            self.policy_file(&path, source, &mut files);
            if files.len() + self.problems.len() == before {
                self.problem(format!("{source}: {} does not exist", path.display()));
            }
        }
        files
    }

    fn policy_file(&mut self, path: &Path, source: &'static str, files: &mut Vec<PolicyFile>) {
        match policy_file::read(path) {
            Ok(None) => {}
            Ok(Some(file)) => {
                self.note("policy", path.display().to_string(), source);
                files.push(file);
            }
            Err(problems) => {
                for problem in problems {
                    self.problem(format!("policy file {}: {problem}", path.display()));
                }
            }
        }
    }

    /// Lowers bounds, adds networks, and gathers what the policy itself must know.
    pub(super) fn narrow(
        &mut self,
        files: &[PolicyFile],
        network: &mut Network,
        bounds: &mut Bounds,
    ) -> Vec<Narrowing> {
        for file in files {
            file.lower(bounds);
            network.reach.ceilings.extend(file.networks.clone());
        }
        files.iter().map(|file| file.narrowing.clone()).collect()
    }

    /// Notes as problems what the files forbid.
    pub(super) fn forbid(
        &mut self,
        files: &[PolicyFile],
        origin: Option<&OriginRule>,
        trust: Option<&Trust>,
    ) {
        if self.purpose == Purpose::Demo {
            return;
        }
        for file in files {
            let path = file.path.display().to_string();
            let among = |servers: &Vec<OriginRule>| origin.is_none_or(|it| servers.contains(it));
            let clear =
                origin.is_some_and(|it| it.scheme() == Scheme::Http && !it.names_loopback());
            if !file.servers.as_ref().is_none_or(among) {
                self.problem(format!("{path} does not allow this server"));
            }
            if file.forbid_plaintext && clear {
                self.problem(format!("{path} forbids http:// to other machines"));
            }
            if file.forbid_insecure && matches!(trust, Some(Trust::Insecure)) {
                self.problem(format!("{path} forbids unverified TLS"));
            }
            let audited = self.typed.audit_log.is_some() || self.purpose == Purpose::Look;
            if file.require_audit_log && !audited {
                self.problem(format!("{path} requires an audit log: use --audit-log"));
            }
        }
    }
}
