//! Finds in documents what is to be replaced, by where it stands: a name in `metadata`, a host in a URL.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    table::{COMMIT_CHARS, Kind, Table},
    words::{is_kept, is_public, looks_like_host},
};

/// Members that hold the name of something.
const NAMES: [&str; 18] = [
    "appNamespace",
    "claimName",
    "instance",
    "namespace",
    "nodeName",
    "owner",
    "podName",
    "project",
    "resourceNamespace",
    "secretName",
    "serviceAccount",
    "serviceAccountName",
    "serviceName",
    "squad",
    "storageClassName",
    "team",
    "volumeName",
    "groups",
];
/// Members whose `name` is that of an object, without a kind beside it.
const NAMED: [&str; 18] = [
    "claimRef",
    "configMap",
    "configMapKeyRef",
    "configMapRef",
    "destination",
    "hosts",
    "imagePullSecrets",
    "involvedObject",
    "issuerRef",
    "metadata",
    "ownerReferences",
    "parentRefs",
    "roles",
    "secret",
    "secretKeyRef",
    "secretRef",
    "secrets",
    "service",
];
/// Members that hold a URL, or a host.
const URLS: [&str; 7] = [
    "host",
    "hostname",
    "repo",
    "repoURL",
    "server",
    "url",
    "externalURL",
];
/// Members that hold an image.
const IMAGES: [&str; 3] = ["image", "imageID", "images"];
/// Members that hold a person, in whatever form.
const PEOPLE: [&str; 5] = ["author", "committer", "username", "user", "triggeredBy"];
/// Users that every Argo CD has.
const USERS: [&str; 5] = ["admin", "anonymous", "argocd", "unknown", "root"];

/// What was found, without what stays.
#[derive(Default)]
pub(super) struct Found {
    names: BTreeSet<String>,
    hosts: BTreeSet<String>,
    addresses: BTreeSet<String>,
    commits: BTreeSet<String>,
    people: BTreeSet<String>,
    mails: BTreeSet<String>,
    groups: BTreeSet<String>,
    kept: BTreeSet<String>,
}

impl Found {
    /// Looks at a request: the name of the application, and what its query names.
    pub(super) fn request(&mut self, request: &str) {
        let (path, query) = request.split_once('?').unwrap_or((request, ""));
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        if let ["", "api", "v1", kind, name, ..] = path.split('/').collect::<Vec<_>>()[..]
            && !matches!(kind, "account" | "session")
        {
            self.one(&plain(name));
        }
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            if NAMES.contains(&key) || key == "resourceName" {
                self.name(&plain(value));
            }
        }
    }

    /// Looks at a document.
    pub(super) fn document(&mut self, document: &Value) {
        self.value("", document);
    }

    /// Looks at the value of a member, or at an element of it.
    fn value(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.member(key, text),
            Value::Array(items) => items.iter().for_each(|item| self.value(key, item)),
            Value::Object(members) => self.members(key, members),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn members(&mut self, key: &str, members: &Map<String, Value>) {
        let is_named = ["kind", "server"]
            .iter()
            .any(|beside| members.contains_key(*beside))
            || NAMED.contains(&key)
            || key.ends_with("Ref");
        for (member, value) in members {
            match (member.as_str(), value) {
                ("name", Value::String(name)) if is_named => self.one(name),
                ("generateName", Value::String(name)) => self.name(name.trim_end_matches('-')),
                // Nothing in there that does not stand elsewhere too.
                ("managedFields", _) => {}
                _ => self.value(member, value),
            }
            // Annotations may have a host in their key.
            self.text(member);
        }
    }

    fn member(&mut self, key: &str, text: &str) {
        if text.starts_with(['{', '['])
            && let Ok(document) = serde_json::from_str::<Value>(text)
        {
            return self.value("", &document);
        }
        match key {
            "group" => drop(self.groups.insert(text.to_owned())),
            "apiVersion" => {
                let group = text.split_once('/').map_or("", |(group, _)| group);
                self.groups.insert(group.to_owned());
            }
            key if NAMES.contains(&key) => self.one(text),
            key if URLS.contains(&key) => self.url(text),
            key if IMAGES.contains(&key) => self.image(text),
            key if PEOPLE.contains(&key) => self.person(text),
            _ => {}
        }
        self.text(text);
    }

    /// A name, or a URL where one is named by it.
    fn one(&mut self, text: &str) {
        if text.contains("://") {
            self.url(text);
        } else if looks_like_host(text) {
            self.host(text);
        } else {
            self.name(text);
        }
    }

    fn name(&mut self, name: &str) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if name.is_empty() || !name.chars().all(is_name) {
            // `namespace/name`, `team:role`.
            let parts = name
                .split(['/', ':'])
                .filter(|part| !part.is_empty() && *part != name);
            parts.for_each(|part| self.name(part));
        } else if is_kept(name) {
            if name.contains(|c: char| c.is_ascii_alphabetic()) {
                self.kept.insert(name.to_owned());
            }
        } else {
            self.names.insert(name.to_owned());
        }
    }

    fn host(&mut self, host: &str) {
        let host = host.trim_matches('.');
        let ends_in_letters = host.ends_with(|c: char| c.is_ascii_alphabetic());
        if !ends_in_letters || is_public(host) {
            return;
        }
        if !host.contains('.') {
            return self.name(host);
        }
        self.hosts.insert(host.to_owned());
        let parent = host.split_once('.').map_or("", |(_, parent)| parent);
        if parent.contains('.') {
            self.host(parent);
        }
    }

    /// `scheme://host:port/a/b`, `git@host:a/b`, or a host alone. What the path names is somebody's.
    fn url(&mut self, text: &str) {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
        let (authority, path) = rest.split_at(rest.find(['/', ':', '?']).unwrap_or(rest.len()));
        if !authority
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
        {
            return;
        }
        self.host(authority);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        for segment in path.split(['/', ':']) {
            let segment = segment.trim_end_matches(".git");
            if !segment.is_empty() {
                self.name(segment);
            }
        }
    }

    /// The registry and the folders of an image. Its base name says what it is, and stays.
    fn image(&mut self, image: &str) {
        let image = image.split_once("://").map_or(image, |(_, rest)| rest);
        let Some((folders, _)) = image.rsplit_once('/') else {
            return;
        };
        let (registry, below) = folders.split_once('/').unwrap_or((folders, ""));
        let has_registry = registry.contains(['.', ':']) || registry == "localhost";
        if has_registry {
            self.host(registry.split(':').next().unwrap_or(registry));
        } else {
            self.name(registry);
        }
        below
            .split('/')
            .filter(|folder| !folder.is_empty())
            .for_each(|folder| self.name(folder));
    }

    /// `Ada Park <ada@example.com>`, a mail address, or a user's name.
    fn person(&mut self, text: &str) {
        let name = text.split('<').next().unwrap_or(text).trim();
        let is_user = name.contains('@') || name.contains(':') || USERS.contains(&name);
        if name.len() > 2 && !is_user {
            self.people.insert(name.to_owned());
        }
    }

    /// What is recognised wherever it stands: mail addresses, URLs, hosts, addresses and commits.
    fn text(&mut self, text: &str) {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-._@+".contains(c);
        for word in text.split(|c: char| !is_part(c)) {
            let word = word.trim_matches(['.', '-', '+', '_']);
            let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            if let Some((user, host)) = word.split_once('@') {
                if !user.is_empty() && user != "git" && looks_like_host(host) {
                    self.mails.insert(word.to_owned());
                }
                self.host_in_text(host);
            } else if word.len() == COMMIT_CHARS && word.bytes().all(is_hex) {
                self.commits.insert(word.to_owned());
            } else if is_address(word) {
                self.addresses.insert(word.to_owned());
            } else {
                self.host_in_text(word);
            }
        }
        for (at, _) in text.match_indices("://") {
            let rest = &text[at + 3..];
            let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
            let host = rest[..end].rsplit('@').next().unwrap_or_default();
            if host.contains('.') {
                self.host(host);
            }
        }
        // `Signed-off-by: Ada Park <ada@example.com>` of a commit's message.
        for (at, _) in text.match_indices(" <") {
            let is_mail = text[at + 2..]
                .split('>')
                .next()
                .is_some_and(|mail| mail.contains('@'));
            let line = text[..at].rsplit(['\n', ':']).next().unwrap_or_default();
            if is_mail {
                self.person(line);
            }
        }
    }

    fn host_in_text(&mut self, word: &str) {
        // The parts of `web.shop.svc.cluster.local` are names.
        if let Some((names, _)) = word.split_once(".svc") {
            names
                .split('.')
                .filter(|name| !name.is_empty())
                .for_each(|name| self.name(name));
        } else if looks_like_host(word) {
            self.host(word);
        }
    }

    /// The replacements, and the words that stay.
    pub(super) fn table(self) -> (Table, BTreeSet<String>) {
        let mut table = Table::default();
        for group in self.groups.iter().filter(|group| group.contains('.')) {
            table.add(Kind::Kept, group, group.clone());
        }
        // Whatever is built on another name goes with it.
        let is_base = |name: &&String| {
            let mut ends = name.match_indices('-').map(|(at, _)| at);
            !ends.any(|end| self.names.contains(&name[..end]))
        };
        let names: Vec<&String> = self.names.iter().filter(is_base).collect();
        let width = names.len().to_string().len().max(2);
        for (at, name) in names.iter().enumerate() {
            table.add(Kind::Name, name, format!("name-{:0width$}", at + 1));
        }
        let hosts = self
            .hosts
            .iter()
            .filter(|host| !self.groups.contains(*host));
        for (at, host) in hosts.enumerate() {
            table.add(Kind::Host, host, format!("host-{}.example", at + 1));
        }
        for (at, address) in self.addresses.iter().enumerate() {
            let (high, low) = (at / 250 % 250, at % 250 + 1);
            table.add(Kind::Address, address, format!("10.255.{high}.{low}"));
        }
        for (at, commit) in self.commits.iter().enumerate() {
            table.add(Kind::Commit, commit, format!("c{:06x}{:033}", at + 1, 0));
        }
        for (at, person) in self.people.iter().enumerate() {
            table.add(Kind::Person, person, format!("Person {}", at + 1));
        }
        for (at, mail) in self.mails.iter().enumerate() {
            table.add(
                Kind::Person,
                mail,
                format!("person-{}@mail.example", at + 1),
            );
        }
        (table, self.kept)
    }
}

/// An IPv4 address that is nobody's own: not of this machine, and not any.
fn is_address(word: &str) -> bool {
    let parsed = word.parse::<std::net::Ipv4Addr>();
    parsed.is_ok_and(|address| !address.is_loopback() && !address.is_unspecified())
}
