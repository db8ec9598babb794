//! What the rows share: the binary, an Argo CD with a canary beside it, and a row's result.

use std::{
    future::Future,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use argocd_tests::{harness::Start, hostile::Canary, simulator::Simulator};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const HOSTILE: &str = concat!(env!("OUT_DIR"), "/hostile.wasm");
/// Switches a guard off in a binary that has switches.
const SWITCH: &str = "ARGOCD_HOST_GUARD_OFF";

/// The binary under test.
pub(crate) struct Kit {
    binary: String,
    guard_off: Option<&'static str>,
}

/// A row's result.
#[derive(Default)]
pub(crate) struct Tally {
    /// Attempts made.
    pub(crate) attempts: usize,
    /// Those that ended as required.
    pub(crate) denied: usize,
    /// Audit lines of them.
    pub(crate) lines: usize,
    /// Bytes at the canary.
    pub(crate) canary_bytes: usize,
    /// What the positive control did.
    pub(crate) control: String,
    pub(crate) problems: Vec<String>,
}

/// An Argo CD, a canary, and a folder with the audit log.
pub(crate) struct Arena {
    pub(crate) simulator: Simulator,
    pub(crate) canary: Canary,
    pub(crate) folder: TempDir,
}

impl Kit {
    pub(crate) fn new(binary: String, guard_off: Option<&'static str>) -> Kit {
        Kit { binary, guard_off }
    }

    /// Runs a row; a panic is a failed row.
    pub(crate) fn tally(&self, row: fn(&Kit) -> Tally) -> Tally {
        let caught = std::thread::scope(|scope| scope.spawn(|| row(self)).join());
        caught.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or(panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let mut tally = Tally::default();
            tally.problems.push(text.unwrap_or_default());
            tally
        })
    }

    /// `argocd-host run` with nothing of this process' environment.
    pub(crate) fn run(&self) -> Start {
        let start = Start::run(&self.binary);
        match self.guard_off {
            Some(guard) => start.env(SWITCH, guard),
            None => start,
        }
    }

    /// `argocd-host run` of the hostile component against the arena, with an audit log.
    pub(crate) fn hostile(&self, arena: &Arena) -> Start {
        let start = self.run().against(&arena.simulator).arg(HOSTILE);
        start.arg("--audit-log").arg(arena.log())
    }

    /// Another command of the binary, run to its end in this folder.
    pub(crate) fn output(
        &self,
        folder: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Output {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .env_clear()
            .envs(environment.iter().copied())
            .envs(self.guard_off.map(|guard| (SWITCH, guard)))
            .current_dir(folder)
            .stdin(Stdio::null());
        command.output().unwrap()
    }

    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(future)
    }
}

impl Arena {
    pub(crate) fn new() -> Arena {
        Arena::with(Simulator::builder().start().unwrap())
    }

    pub(crate) fn with(simulator: Simulator) -> Arena {
        Arena {
            simulator,
            canary: Canary::start().unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    /// The lines of the audit log; none when there is none.
    pub(crate) fn audit(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Server and token, for a command's environment.
    pub(crate) fn environment(&self) -> [(String, String); 2] {
        let token = self.simulator.token().to_owned();
        [
            ("ARGOCD_SERVER".to_owned(), self.simulator.url()),
            ("ARGOCD_AUTH_TOKEN".to_owned(), token),
        ]
    }

    /// What the canary counted, after its own control.
    pub(crate) fn canary_bytes(&self, tally: &mut Tally) {
        tally.require(self.canary.touch().unwrap(), "the canary does not count");
        let (connections, bytes) = self.canary.seen();
        tally.require(connections == 0, "the canary was connected to");
        tally.canary_bytes = bytes;
    }
}

/// The lines of this kind.
pub(crate) fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

/// stdout and stderr of a command.
pub(crate) fn text(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&all).into_owned()
}

impl Tally {
    /// Counts one attempt, and what it did when it did not end as required.
    pub(crate) fn attempt(&mut self, denied: bool, otherwise: impl FnOnce() -> String) {
        self.attempts += 1;
        if denied {
            self.denied += 1;
        } else {
            self.problems.push(otherwise());
        }
    }

    /// Notes a problem unless `held`.
    pub(crate) fn require(&mut self, held: bool, otherwise: impl Into<String>) {
        if !held {
            self.problems.push(otherwise.into());
        }
    }

    /// The positive control: what it showed, or a problem.
    pub(crate) fn control(&mut self, held: bool, what: impl Into<String>) {
        self.control = what.into();
        if !held {
            self.problems.push(format!("control: {}", self.control));
        }
    }

    pub(crate) fn holds(&self) -> bool {
        self.attempts > 0
            && self.denied == self.attempts
            && self.canary_bytes == 0
            && self.problems.is_empty()
    }
}
