//! A component that exports `wasi:cli/run` itself, with the bindings that wit-bindgen makes of
//! `wit/world.wit`: no crate of WASI bindings is between it and the host.
//!
//! For a `tools/call` the arguments hold `attempts` as `hostile` takes them; its answer is the same.

#![cfg(target_os = "wasi")]

#[path = "../../src/attempt.rs"]
mod attempt;

/// The imports and exports of our world.
mod bindings {
    #![allow(missing_docs, clippy::all)]
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

use argocd_probes::named;
use bindings::wasi;

struct Probe;

impl bindings::exports::wasi::cli::run::Guest for Probe {
    fn run() -> Result<(), ()> {
        argocd_probes::serve(|message, _| argocd_probes::report(message, attempt::run));
        Ok(())
    }
}

bindings::export!(Probe with_types_in bindings);
