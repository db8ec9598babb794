//! Landlock: which files may still be read, and which TCP ports may be connected to.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};

use super::{needs::Reach, status::Status};

/// Name resolution and trust roots live below these; what is missing is left out.
const READABLE: &[&str] = &[
    "/etc",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/usr/local/ssl",
    "/var/lib/ca-certificates",
    "/run/systemd/resolve",
    "/run/NetworkManager",
    "/run/resolvconf",
];
/// Symbolic links that may lead out of them.
const LINKS: &[&str] = &[
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/certs/ca-bundle.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
];
/// Where a user keeps trust roots of his own (OpenSSL's names).
const VARIABLES: &[&str] = &["SSL_CERT_FILE", "SSL_CERT_DIR"];
/// Name servers that answer in more than a datagram.
const DNS: u16 = 53;

/// Restricts this thread and those that it will start.
pub(super) fn restrict(reach: Reach<'_>) -> Result<Status, String> {
    let why = |error: landlock::RulesetError| error.to_string();
    // What this code was tested with; an older kernel enforces the part that it knows.
    let (abi, scopes) = (ABI::V5, ABI::V6);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(scopes)))
        .and_then(Ruleset::create)
        .map_err(why)?;
    for path in readable().into_iter().chain(reach.read.map(Path::to_owned)) {
        let Ok(file) = PathFd::new(&path) else {
            continue;
        };
        let mut access = AccessFs::ReadFile | AccessFs::ReadDir;
        if !path.is_dir() {
            access = AccessFs::ReadFile.into();
        }
        rules = rules
            .add_rule(PathBeneath::new(file, access))
            .map_err(why)?;
    }
    if let Some(file) = reach.write.and_then(|folder| PathFd::new(folder).ok()) {
        let access = AccessFs::ReadFile
            | AccessFs::ReadDir
            | AccessFs::MakeReg
            | AccessFs::WriteFile
            | AccessFs::Truncate;
        rules = rules
            .add_rule(PathBeneath::new(file, access))
            .map_err(why)?;
    }
    for port in reach.port.into_iter().flat_map(|port| [port, DNS]) {
        rules = rules
            .add_rule(NetPort::new(port, AccessNet::ConnectTcp))
            .map_err(why)?;
    }
    match rules.restrict_self().map_err(why)?.ruleset {
        RulesetStatus::FullyEnforced => Ok(Status::Active),
        RulesetStatus::PartiallyEnforced => Ok(Status::Partly),
        RulesetStatus::NotEnforced => Err("this kernel has no Landlock".to_owned()),
    }
}

fn readable() -> Vec<PathBuf> {
    let named = READABLE.iter().map(PathBuf::from);
    let targets = LINKS
        .iter()
        .filter_map(|link| std::fs::canonicalize(link).ok())
        .filter(|target| !target.starts_with("/etc"));
    let own = VARIABLES
        .iter()
        .filter_map(std::env::var_os)
        .flat_map(|list| std::env::split_paths(&list).collect::<Vec<_>>());
    named.chain(targets).chain(own).collect()
}
