//! The integration tests: real clients, the real `argocd-host` process, the real component, and a
//! simulated Argo CD that answers with what a genuine one said.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod audit;
mod certificates;
mod cli;
mod component;
mod concurrency;
mod control;
mod conventions;
mod docs;
mod faults;
mod guards;
#[cfg(target_os = "linux")]
mod hardened;
mod hostile;
mod hostile_client;
mod hostile_server;
mod injection;
mod layering;
mod limits;
mod login;
mod memory_scan;
mod mistakes;
mod offers;
mod packages;
mod policy;
mod process;
mod properties;
mod proxy;
mod raw;
mod record;
mod rust_files;
mod schema;
mod sdk;
mod sealed;
mod secrets;
mod selftest;
mod stdout;
mod tools;
mod tools_apart;
mod trail;
mod traps;
mod trust;

/// The simulator, or a genuine server behind it.
pub(crate) use argocd_tests::harness::argo_cd;

/// The host binary under test.
pub(crate) const HOST: &str = env!("CARGO_BIN_EXE_argocd-host");

/// A row of the calls that every client makes.
#[derive(serde::Deserialize)]
struct Row {
    tool: String,
    /// They work on the recorded data.
    arguments: serde_json::Value,
    /// The answer has it.
    fact: String,
    /// Most GETs of the call, beside the version.
    gets: usize,
}

static ROWS: std::sync::LazyLock<Vec<Row>> = std::sync::LazyLock::new(|| {
    serde_json::from_str(include_str!("../clients/calls.json")).unwrap()
});

/// Every tool, with arguments that work on the recorded data, and a fact that the answer must
/// have: one table for all clients.
pub(crate) fn each_tool() -> Vec<(&'static str, serde_json::Value, &'static str)> {
    ROWS.iter()
        .map(|row| (&*row.tool, row.arguments.clone(), &*row.fact))
        .collect()
}

/// Most GETs of the call of a tool on the recorded data, beside the version. Lists are one; a
/// diagnosis has a budget of eight; the history reads a commit for each deploy and two renderings, and
/// the server's account a question for each right; the others ask for what they show.
pub(crate) fn most_gets(tool: &str) -> usize {
    let row = ROWS.iter().find(|row| row.tool == tool);
    row.expect("a row for each tool").gets
}

/// The Pod of the recorded crash loop.
pub(crate) const CRASHING: &str = "checkout-api-67948d46c5-5bbdp";
