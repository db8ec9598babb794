//! Policy files: TOML that only narrows. The one in `/etc` is a ceiling for every user; a file of the
//! user's own narrows further. No file is looked for in the working directory.

use std::{
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use crate::{
    digest::sha256,
    egress::Bounds,
    escape::escaped,
    limits,
    policy::{Narrowing, OriginRule, Plaintext, ROUTES, SideEffects, is_owner},
};

/// The ceiling of this machine.
pub const SYSTEM: &str = "/etc/argocd-host/policy.toml";
/// The JSON schema of a policy file.
pub const SCHEMA: &str = include_str!("policy.schema.json");

/// What a file says. Everything left out narrows nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<Spanned<u32>>,
    servers: Option<Vec<Spanned<String>>>,
    tools: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    deny_routes: Vec<Spanned<String>>,
    #[serde(default)]
    deny_side_effects: bool,
    networks: Option<Vec<Spanned<String>>>,
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
    response_body_mib: Option<Spanned<u64>>,
    total_seconds: Option<Spanned<u64>>,
    concurrent_requests: Option<Spanned<u64>>,
    requests_per_minute: Option<Spanned<u32>>,
}

/// A file that was read and makes sense.
#[derive(Debug)]
pub struct PolicyFile {
    /// Where it was read.
    pub path: PathBuf,
    /// Of the text that was read.
    pub sha256: String,
    /// The servers that may be named; any when `None`.
    pub servers: Option<Vec<OriginRule>>,
    /// Tools and routes that it takes away.
    pub narrowing: Narrowing,
    /// The networks that may be reached; no bound of its own when `None`.
    pub networks: Option<Vec<IpNet>>,
    /// Nothing runs without a complete audit.
    pub require_audit_log: bool,
    /// No unverified TLS.
    pub forbid_insecure: bool,
    /// No `http://` beyond this machine.
    pub forbid_plaintext: bool,
    limits: Limits,
}

/// Reads the file at `path`; `None` when there is none. Any other failure is a problem: a ceiling
/// that cannot be read must not be taken for one that is not there.
pub fn read(path: &Path) -> Result<Option<PolicyFile>, Vec<String>> {
    let failed = |error: std::io::Error| vec![format!("cannot be read: {error}")];
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let meta = file.metadata().map_err(failed)?;
    let mode = meta.permissions().mode() & 0o777;
    if !meta.is_file() || mode & 0o022 != 0 {
        return Err(vec![format!(
            "not a regular file, or others can change it (mode {mode:04o}): chmod go-w it"
        )]);
    }
    let mut text = String::new();
    let mut limited = file.take(limits::POLICY_FILE_BYTES + 1);
    limited.read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > limits::POLICY_FILE_BYTES {
        return Err(vec![format!(
            "larger than {} bytes",
            limits::POLICY_FILE_BYTES
        )]);
    }
    parse(&text, path).map(Some)
}

/// What a policy file's text says, or every problem with it: each with its line, as a terminal may
/// show it.
pub fn parse(text: &str, path: &Path) -> Result<PolicyFile, Vec<String>> {
    let mut problems = Problems {
        text,
        found: Vec::new(),
    };
    let Some(file) = problems.keys() else {
        return Err(problems.found);
    };
    if let Some(version) = file.version.filter(|version| *version.get_ref() != 1) {
        let words = format!("version {} is unknown: write 1", version.get_ref());
        problems.at(&version, &words);
    }
    let servers = file.servers.map(|list| {
        problems.each(&list, |server| {
            let rule = OriginRule::parse(server, Plaintext::Allowed);
            rule.map_err(|error| format!("servers: {error}"))
        })
    });
    let networks = file.networks.map(|list| {
        problems.each(&list, |network| {
            let parsed: Result<IpNet, _> = network.parse();
            parsed.map_err(|_| format!("networks: {network} is not a valid CIDR"))
        })
    });
    // A name that nothing has would silently narrow too much, or not at all.
    let tools = file.tools.map(|list| {
        problems.each(&list, |tool| {
            let words = || format!("tools: there is no tool {tool} (argocd-host tools lists them)");
            is_owner(tool).then(|| tool.to_owned()).ok_or_else(words)
        })
    });
    let denied_routes = problems.each(&file.deny_routes, |template| {
        let known = ROUTES.iter().any(|route| route.template == template);
        let words = || {
            format!("deny_routes: there is no route {template} (argocd-host explain lists them)")
        };
        known.then(|| template.to_owned()).ok_or_else(words)
    });
    file.limits.check(&mut problems);
    let problems = problems.found;
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
        sha256: sha256(text.as_bytes()),
        servers,
        narrowing: Narrowing {
            source: path.display().to_string(),
            tools,
            denied_routes,
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
    fn check(&self, problems: &mut Problems<'_>) {
        let body = limits::BODY_PLAIN_BYTES >> 20;
        let requests = limits::CONCURRENT_REQUESTS as u64;
        problems.count("response_body_mib", &self.response_body_mib, body);
        problems.count(
            "total_seconds",
            &self.total_seconds,
            limits::TOTAL.as_secs(),
        );
        problems.count("concurrent_requests", &self.concurrent_requests, requests);
        problems.count(
            "requests_per_minute",
            &self.requests_per_minute,
            u64::from(u32::MAX),
        );
    }
}

/// What is wrong with a text that is TOML.
struct Problems<'a> {
    text: &'a str,
    found: Vec<String>,
}

impl Problems<'_> {
    /// The keys of the file that have the right form, and a problem for each other one. `None` for a
    /// text that is not TOML, or has more such keys than are listed.
    fn keys(&mut self) -> Option<File> {
        let (mut table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors.iter().take(limits::POLICY_PROBLEMS) {
            self.of_parser(error);
        }
        if !self.found.is_empty() {
            return None;
        }
        if !table.get_ref().contains_key("version") {
            self.at_byte(0, "version is missing: write version = 1");
        }
        // The deserializer stops at the first wrong key: it is asked again without it.
        for _ in 0..limits::POLICY_PROBLEMS {
            let error = match File::deserialize(Deserializer::from(table.clone())) {
                Ok(file) => return Some(file),
                Err(error) => error,
            };
            self.of_parser(&error);
            let place = error.span()?.start;
            if !remove(table.get_mut(), place) {
                return None;
            }
        }
        None
    }

    fn of_parser(&mut self, error: &toml::de::Error) {
        let place = error.span().map_or(0, |span| span.start);
        self.at_byte(place, error.message());
    }

    fn at<T>(&mut self, place: &Spanned<T>, words: &str) {
        self.at_byte(place.span().start, words);
    }

    fn at_byte(&mut self, place: usize, words: &str) {
        let before = &self.text.as_bytes()[..place.min(self.text.len())];
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        self.found.push(format!("line {line}: {}", escaped(words)));
    }

    /// What each text of a list means; a problem for each that means nothing.
    fn each<T>(
        &mut self,
        list: &[Spanned<String>],
        meaning: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let mut good = Vec::new();
        for text in list {
            match meaning(text.get_ref()) {
                Ok(value) => good.push(value),
                Err(words) => self.at(text, &words),
            }
        }
        good
    }

    fn count<T: Copy + Into<u64>>(&mut self, name: &str, value: &Option<Spanned<T>>, most: u64) {
        let Some(value) = value else { return };
        if !(1..=most).contains(&(*value.get_ref()).into()) {
            let words = format!(
                "limits.{name}: write a number from 1 to {most}; a policy file only narrows"
            );
            self.at(value, &words);
        }
    }
}

/// Removes the key at this byte of the text, with its value, from a table or the tables in it.
fn remove(table: &mut DeTable<'_>, place: usize) -> bool {
    let within = |span: std::ops::Range<usize>| (span.start..=span.end).contains(&place);
    let inside = table.iter_mut().any(|(_, value)| match value.get_mut() {
        DeValue::Table(inner) => remove(inner, place),
        _ => false,
    });
    if inside {
        return true;
    }
    let found = table
        .iter()
        .find(|(key, value)| within(key.span()) || within(value.span()))
        .map(|(key, _)| key.clone());
    found.is_some_and(|key| table.remove(&**key.get_ref()).is_some())
}

impl PolicyFile {
    /// The only server that it allows.
    pub fn only_server(&self) -> Option<&OriginRule> {
        match self.servers.as_deref() {
            Some([server]) => Some(server),
            _ => None,
        }
    }

    /// Lowers what this file lowers.
    pub fn lower(&self, bounds: &mut Bounds) {
        let limits = &self.limits;
        if let Some(mib) = value(&limits.response_body_mib) {
            bounds.body_plain_bytes = bounds.body_plain_bytes.min(mib << 20);
            bounds.body_wire_bytes = bounds.body_wire_bytes.min(mib << 20);
        }
        if let Some(seconds) = value(&limits.total_seconds) {
            bounds.total = bounds.total.min(std::time::Duration::from_secs(seconds));
        }
        if let Some(most) = value(&limits.concurrent_requests).and_then(|n| usize::try_from(n).ok())
        {
            bounds.concurrent_requests = bounds.concurrent_requests.min(most);
        }
        if let Some(most) = value(&limits.requests_per_minute) {
            let before = bounds.requests_per_minute.unwrap_or(u32::MAX);
            bounds.requests_per_minute = Some(before.min(most));
        }
    }
}

fn value<T: Copy>(limit: &Option<Spanned<T>>) -> Option<T> {
    limit.as_ref().map(|limit| *limit.get_ref())
}

#[cfg(test)]
mod tests;
