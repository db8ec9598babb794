//! Every GET that the guest can build, sent to the genuine server: what the guest reads of the answers
//! comes. `reads.json` holds both; the guest's own test writes it and keeps it complete.

use std::collections::{BTreeMap, BTreeSet};

use argocd_tests::harness::Lab;
use serde::Deserialize;

use crate::{contract::get, shape::members};

/// One operation of the guest.
#[derive(Deserialize)]
struct Operation {
    /// Path and query of each GET.
    gets: Vec<String>,
    /// Paths of the members that are read, as `items.metadata.name`.
    reads: BTreeSet<String>,
}

fn operations() -> BTreeMap<String, Operation> {
    serde_json::from_str(include_str!("reads.json")).unwrap()
}

/// The paths that a GET asks for in `fields`.
fn fields(get: &str) -> impl Iterator<Item = &str> {
    let (_, query) = get.split_once('?').unwrap_or_default();
    let values = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("fields="));
    values.flat_map(|value| value.split("%2C"))
}

/// Whether `member` is what `path` names, or is below that.
fn is_at(path: &str, member: &str) -> bool {
    let rest = member.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What is read and did not come.
fn lacking(reads: &BTreeSet<String>, came: &BTreeSet<String>) -> Vec<String> {
    reads.difference(came).cloned().collect()
}

#[tokio::test]
async fn what_the_guest_reads_comes_from_the_genuine_server() {
    let lab = Lab::start::<&str>([]).unwrap();
    let (mut wrong, mut sent) = (Vec::new(), 0);
    for (name, operation) in &operations() {
        let mut came = BTreeSet::new();
        // Of each path of `fields` that is read, whether a GET that asks for it brings it.
        let mut asked: BTreeMap<&str, bool> = BTreeMap::new();
        for path in &operation.gets {
            let token = Some(lab.token("ci").to_owned());
            let reply = get(&lab.address(), path, token).await;
            sent += 1;
            if reply.status != 200 {
                wrong.push(format!("{name} {path}: status {}", reply.status));
            }
            let members = members(&reply);
            for field in fields(path) {
                *asked.entry(field).or_default() |= members.contains(field);
            }
            came.extend(members);
        }
        for (field, _) in asked.into_iter().filter(|(_, comes)| !comes) {
            if operation.reads.iter().any(|member| is_at(field, member)) {
                wrong.push(format!("{name}: {field} is asked for and does not come"));
            }
        }
        for path in lacking(&operation.reads, &came) {
            wrong.push(format!("{name}: {path} does not come"));
        }
    }
    println!("{sent} GETs of {} operations", operations().len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The one path that was wrong, and was found by nobody.
#[tokio::test]
async fn a_planted_wrong_path_is_found() {
    let lab = Lab::start::<&str>([]).unwrap();
    let reads = BTreeSet::from(["items.status.health.status".to_owned()]);
    for (fields, is_found) in [
        ("items.status.health", false),
        ("items.status.health.status", true),
    ] {
        let path = format!("/api/v1/applications?fields={fields}");
        let token = Some(lab.token("ci").to_owned());
        let came = members(&get(&lab.address(), &path, token).await);
        assert_eq!(!lacking(&reads, &came).is_empty(), is_found, "{fields}");
    }
}
