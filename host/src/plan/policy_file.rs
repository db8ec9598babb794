//! Policy files: TOML that only narrows. The one in `/etc` is a ceiling for every user; a file of the
//! user's own narrows further. No file is looked for in the working directory.

use std::{
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use serde::Deserialize;

use crate::{
    egress::Bounds,
    limits,
    policy::{Narrowing, OriginRule, Plaintext, ROUTES, SideEffects},
};

/// The ceiling of this machine.
pub(crate) const SYSTEM: &str = "/etc/argocd-host/policy.toml";
/// The JSON schema of a policy file.
pub(crate) const SCHEMA: &str = include_str!("policy.schema.json");

/// What a file says. Everything left out narrows nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    servers: Option<Vec<String>>,
    tools: Option<Vec<String>>,
    #[serde(default)]
    deny_routes: Vec<String>,
    #[serde(default)]
    deny_side_effects: bool,
    networks: Option<Vec<String>>,
    #[serde(default)]
    require_audit_log: bool,
    #[serde(default)]
    forbid_insecure: bool,
    #[serde(default)]
    forbid_plaintext: bool,
    #[serde(default)]
    limits: Limits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    response_body_mib: Option<u64>,
    total_seconds: Option<u64>,
    concurrent_requests: Option<u64>,
    requests_per_minute: Option<u32>,
}

/// A file that was read and makes sense.
#[derive(Debug)]
pub(crate) struct PolicyFile {
    pub(crate) path: PathBuf,
    pub(crate) servers: Option<Vec<OriginRule>>,
    pub(crate) narrowing: Narrowing,
    pub(crate) networks: Option<Vec<IpNet>>,
    pub(crate) require_audit_log: bool,
    pub(crate) forbid_insecure: bool,
    pub(crate) forbid_plaintext: bool,
    limits: Limits,
}

/// Reads the file at `path`; `None` when there is none. Any other failure is a problem: a ceiling
/// that cannot be read must not be taken for one that is not there.
pub(crate) fn read(path: &Path) -> Result<Option<PolicyFile>, Vec<String>> {
    let failed = |error: std::io::Error| vec![format!("cannot read it: {error}")];
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let meta = file.metadata().map_err(failed)?;
    let mode = meta.permissions().mode() & 0o777;
    if !meta.is_file() || mode & 0o022 != 0 {
        return Err(vec![format!(
            "it is no regular file, or others may change it (mode {mode:04o})"
        )]);
    }
    let mut text = String::new();
    let mut limited = file.take(limits::POLICY_FILE_BYTES + 1);
    limited.read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > limits::POLICY_FILE_BYTES {
        return Err(vec!["it is too large".to_owned()]);
    }
    parse(&text, path).map(Some)
}

fn parse(text: &str, path: &Path) -> Result<PolicyFile, Vec<String>> {
    let file: File = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
    let mut problems = Vec::new();
    if file.version != 1 {
        problems.push(format!("version is {}, and 1 is known", file.version));
    }
    let servers = file.servers.map(|list| {
        let mut servers = Vec::new();
        for server in list {
            match OriginRule::parse(&server, Plaintext::Allowed) {
                Ok(rule) => servers.push(rule),
                Err(error) => problems.push(format!("servers: {error}")),
            }
        }
        servers
    });
    let networks = file.networks.map(|list| {
        let mut networks: Vec<IpNet> = Vec::new();
        for text in list {
            match text.parse() {
                Ok(network) => networks.push(network),
                Err(_) => problems.push(format!("networks: {text} is no CIDR")),
            }
        }
        networks
    });
    // A name that nothing has would silently narrow too much, or not at all.
    for tool in file.tools.iter().flatten() {
        if !ROUTES.iter().any(|route| route.owners.contains(&&**tool)) {
            problems.push(format!("tools: {tool} is no tool"));
        }
    }
    for template in &file.deny_routes {
        if !ROUTES.iter().any(|route| route.template == template) {
            problems.push(format!(
                "deny_routes: {template} is no route (argocd-host explain lists them)"
            ));
        }
    }
    problems.extend(file.limits.problems());
    if !problems.is_empty() {
        return Err(problems);
    }
    let side_effects = if file.deny_side_effects {
        SideEffects::Denied
    } else {
        SideEffects::Allowed
    };
    Ok(PolicyFile {
        path: path.to_owned(),
        servers,
        narrowing: Narrowing {
            source: path.display().to_string(),
            tools: file.tools,
            denied_routes: file.deny_routes,
            side_effects,
        },
        networks,
        require_audit_log: file.require_audit_log,
        forbid_insecure: file.forbid_insecure,
        forbid_plaintext: file.forbid_plaintext,
        limits: file.limits,
    })
}

impl Limits {
    /// Values of 0 or above the built-in bound: a file only narrows.
    fn problems(&self) -> Vec<String> {
        let rows = [
            (
                "response_body_mib",
                self.response_body_mib,
                limits::BODY_PLAIN_BYTES >> 20,
            ),
            ("total_seconds", self.total_seconds, limits::TOTAL.as_secs()),
            (
                "concurrent_requests",
                self.concurrent_requests,
                limits::CONCURRENT_REQUESTS as u64,
            ),
            (
                "requests_per_minute",
                self.requests_per_minute.map(u64::from),
                u64::from(u32::MAX),
            ),
        ];
        let wrong = rows.into_iter().filter_map(|(name, value, most)| {
            let wrong = value.is_some_and(|value| value == 0 || value > most);
            wrong
                .then(|| format!("limits.{name}: a number from 1 to {most}; a policy only narrows"))
        });
        wrong.collect()
    }
}

impl PolicyFile {
    /// The only server that it allows.
    pub(crate) fn only_server(&self) -> Option<&OriginRule> {
        match self.servers.as_deref() {
            Some([server]) => Some(server),
            _ => None,
        }
    }

    /// Lowers what this file lowers.
    pub(crate) fn lower(&self, bounds: &mut Bounds) {
        let limits = &self.limits;
        if let Some(mib) = limits.response_body_mib {
            bounds.body_plain_bytes = bounds.body_plain_bytes.min(mib << 20);
            bounds.body_wire_bytes = bounds.body_wire_bytes.min(mib << 20);
        }
        if let Some(seconds) = limits.total_seconds {
            bounds.total = bounds.total.min(std::time::Duration::from_secs(seconds));
        }
        if let Some(most) = limits
            .concurrent_requests
            .and_then(|n| usize::try_from(n).ok())
        {
            bounds.concurrent_requests = bounds.concurrent_requests.min(most);
        }
        if let Some(most) = limits.requests_per_minute {
            let before = bounds.requests_per_minute.unwrap_or(u32::MAX);
            bounds.requests_per_minute = Some(before.min(most));
        }
    }
}

#[cfg(test)]
#[path = "policy_file_tests.rs"]
mod tests;
