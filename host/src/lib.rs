//! `argocd-host`: runs `argocd.wasm` so that it can reach one Argo CD, by GET, on listed routes.
//!
//! What a security engineer reads to believe that: the crate `argocd-gate` in `gate/`, and the linking in
//! `runtime`. Everything else is convenience around it.

mod cli;
mod commands;
#[doc(hidden)]
pub mod cost;
mod exit;
mod harden;
mod limits;
mod output;
mod plan;
mod render;
mod runtime;
mod session;
mod shell;
mod stdio;
mod supervise;
mod upstream;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;

/// The whole program: parse, resolve, run, exit code.
pub fn run() -> ExitCode {
    harden::hide_memory();
    // SAFETY: the first thing that this process does, before any thread.
    unsafe { plan::take_secrets() };
    match commands::dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.to_string();
            if !text.is_empty() {
                eprintln!("argocd-host: {text}");
            }
            failure.code()
        }
    }
}
