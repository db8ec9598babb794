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

/// What is read and did not come.
fn lacking(reads: &BTreeSet<String>, came: &BTreeSet<String>) -> Vec<String> {
    reads.difference(came).cloned().collect()
}

#[tokio::test]
async fn what_the_guest_reads_comes_from_the_genuine_server() {
    let lab = Lab::start::<&str>([]).unwrap();
    let (mut wrong, mut sent) = (Vec::new(), 0);
    for (name, operation) in operations() {
        let mut came = BTreeSet::new();
        for path in &operation.gets {
            let token = Some(lab.token("ci").to_owned());
            let reply = get(&lab.address(), path, token).await;
            sent += 1;
            if reply.status != 200 {
                wrong.push(format!("{name} {path}: status {}", reply.status));
            }
            came.extend(members(&reply));
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
    for (fields, is_found) in [("items.status.health", false), ("items.status.health.status", true)] {
        let path = format!("/api/v1/applications?fields={fields}");
        let token = Some(lab.token("ci").to_owned());
        let came = members(&get(&lab.address(), &path, token).await);
        assert_eq!(!lacking(&reads, &came).is_empty(), is_found, "{fields}");
    }
}
