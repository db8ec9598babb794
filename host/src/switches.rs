//! `argocd-host` with guards that can be switched off: for `just guards`, never installed.

use std::process::ExitCode;

fn main() -> ExitCode {
    argocd_host::run()
}
