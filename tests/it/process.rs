//! The host as a process that runs to its end.

use std::process::{Command, Output, Stdio};

use crate::HOST;

/// Runs the host with this environment and no other, without stdin.
pub(crate) fn host(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(HOST)
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// All that it printed.
pub(crate) fn text(output: &Output) -> String {
    let parts = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&parts).into_owned()
}
