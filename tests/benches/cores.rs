//! Which cores this process, and what it starts from then on, may run on. By `taskset` of util-linux:
//! the rest of the project needs no such call.

use std::process::Command;

/// Gives the cores back when dropped.
pub(crate) struct Bound {
    before: String,
}

/// Binds all threads of this process to the first of their cores; `None` where that is not possible.
pub(crate) fn bind_to_one() -> Option<Bound> {
    let shown = Command::new("taskset")
        .args(["-cp", &own_id()])
        .output()
        .ok()?;
    // `pid 7's current affinity list: 0,1` or `0-3`.
    let shown = String::from_utf8(shown.stdout).ok()?;
    let before = shown.rsplit(' ').next()?.trim().to_owned();
    let first = before.split([',', '-']).next()?;
    if !bind(first) {
        return None;
    }
    Some(Bound { before })
}

impl Drop for Bound {
    fn drop(&mut self) {
        assert!(bind(&self.before), "the cores were ours before");
    }
}

fn bind(cores: &str) -> bool {
    let bound = Command::new("taskset")
        .args(["-acp", cores, &own_id()])
        .output();
    bound.is_ok_and(|output| output.status.success())
}

fn own_id() -> String {
    std::process::id().to_string()
}
