//! The escape kit: one row for each requirement of SECURITY.md, run against a given `argocd-host` as a
//! black box: processes, canary listeners, the server's request log. It prints one table.
//!
//! `cargo test --test escape -- [--binary PATH] [--guards] [REQUIREMENT ...]`; without a path the
//! binary of this build is tried. `--guards` is for a binary with the feature `guard-switches`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs
)]

mod audit;
mod client;
#[path = "../it/control.rs"]
mod control;
mod excess;
mod guards;
mod kit;
mod load;
mod process;
mod requests;
mod requirements;
mod secrets;
mod server;
mod stderr;

use std::{process::ExitCode, time::Instant};

use kit::{Kit, Tally};

/// What is printed of a problem, in characters: it may hold a whole answer.
const PROBLEM_CHARS: usize = 300;

/// A requirement, in a few words, and how it is tried.
struct Row {
    id: &'static str,
    what: &'static str,
    run: fn(&Kit) -> Tally,
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { id: "R1.1", what: "foreign authorities", run: |kit| requests::row(kit, "R1.1") },
    Row { id: "R1.2", what: "other targets", run: |kit| requests::row(kit, "R1.2") },
    Row { id: "R1.3", what: "other methods", run: |kit| requests::row(kit, "R1.3") },
    Row { id: "R1.4", what: "ambiguous paths and queries", run: requests::paths },
    Row { id: "R1.5", what: "writes by GET", run: |kit| requests::row(kit, "R1.5") },
    Row { id: "R1.6", what: "imports of files and sockets", run: load::files_and_sockets },
    Row { id: "R1.7", what: "inherited environment", run: load::environment },
    Row { id: "R1.8", what: "any other import", run: load::other_imports },
    Row { id: "R1.9", what: "headers and bodies", run: |kit| requests::row(kit, "R1.9") },
    Row { id: "R1.10", what: "places without the token", run: secrets::places },
    Row { id: "R1.11", what: "echoes of the token", run: secrets::echoes },
    Row { id: "R1.12", what: "excesses", run: excess::row },
    Row { id: "R2.1", what: "answers of a hostile server", run: server::hostile },
    Row { id: "R2.2", what: "addresses, names that move", run: server::addresses },
    Row { id: "R2.3", what: "redirects", run: server::redirects },
    Row { id: "R2.4", what: "old TLS, no certificate check", run: server::old_tls },
    Row { id: "R3.1", what: "long, deep, broken lines", run: client::lines },
    Row { id: "R3.2", what: "names, twice", run: client::names },
    Row { id: "R3.3", what: "odd lines, replayed", run: client::replay },
    Row { id: "R4.1", what: "escape sequences on stderr", run: stderr::row },
    Row { id: "R4.2", what: "hostile text in answers", run: client::planted },
    Row { id: "R5.1", what: "loose secret files, environ", run: secrets::files },
    Row { id: "R5.2", what: "process hardening", run: process::hardening },
    Row { id: "R5.3", what: "files in the working directory", run: process::working_directory },
    Row { id: "R6.1", what: "digest of the component", run: process::digest },
    Row { id: "R6.2", what: "code compiled ahead of time", run: load::precompiled },
    Row { id: "R7.1", what: "audits that cannot be written", run: audit::fails_closed },
    Row { id: "R7.2", what: "members of audit lines", run: audit::members },
    Row { id: "R7.3", what: "requests with their lines", run: audit::sums },
    Row { id: "C8", what: "forged messages", run: requests::forged },
    Row { id: "C9", what: "no open call owns the route", run: requests::ownership },
    Row { id: "C10", what: "headers of answers", run: server::answer_headers },
];

fn main() -> ExitCode {
    let mut binary = env!("CARGO_BIN_EXE_argocd-host").to_owned();
    let (mut guards, mut wanted) = (false, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--binary" => binary = arguments.next().expect("a path after --binary"),
            "--guards" => guards = true,
            // Whoever asks for the names of tests finds none here.
            "--list" => return ExitCode::SUCCESS,
            // Flags of the usual test harness mean nothing here.
            flag if flag.starts_with("--") => {}
            id => wanted.push(id.to_owned()),
        }
    }
    let binary = std::path::absolute(&binary).unwrap().display().to_string();
    requirements::each_has_its_row(ROWS.iter().map(|row| row.id));
    if guards {
        return guards::all(&binary);
    }
    println!("\nescape kit against {binary}");
    let rows: Vec<&Row> = ROWS
        .iter()
        .filter(|row| wanted.is_empty() || wanted.iter().any(|id| id == row.id))
        .collect();
    assert!(
        !rows.is_empty() && wanted.iter().all(|id| rows.iter().any(|row| row.id == id)),
        "a requirement of {wanted:?} has no row"
    );
    if table(&Kit::new(binary, None), &rows, usize::MAX).is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs and prints the rows, each with so many of its problems at most; returns the ids of those that failed.
fn table(kit: &Kit, rows: &[&Row], problems: usize) -> Vec<&'static str> {
    println!(
        "{:<6} {:<31} {:>8} {:>7} {:>6} {:>7}  positive control",
        "id", "attempts", "made", "denied", "audit", "canary"
    );
    let (mut sum, mut denied, mut failed) = (0, 0, Vec::new());
    for row in rows {
        let begun = Instant::now();
        let tally = kit.tally(row.run);
        println!(
            "{:<6} {:<31} {:>8} {:>7} {:>6} {:>7}  {} ({:.1?})",
            row.id,
            row.what,
            tally.attempts,
            tally.denied,
            tally.lines,
            tally.canary_bytes,
            tally.control,
            begun.elapsed()
        );
        for problem in tally.problems.iter().take(problems) {
            let shown: String = problem.chars().take(PROBLEM_CHARS).collect();
            println!("       FAILED: {}", shown.escape_debug());
        }
        if !tally.holds() {
            failed.push(row.id);
        }
        sum += tally.attempts;
        denied += tally.denied;
    }
    println!(
        "{} rows, {denied} of {sum} denied, failed: {failed:?}",
        rows.len()
    );
    failed
}
