//! A hostile component in a host process of its own: where the table of attempts is run.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Ended, Host, Start};
use crate::{
    hostile::{Canary, Evidence, Field, Stage},
    simulator::Simulator,
};

/// The process, and everything around it.
pub struct ProcessStage<'a> {
    host: Host,
    simulator: &'a Simulator,
    canary: &'a Canary,
    log: PathBuf,
    /// Lines of the audit that are evidence of earlier requests.
    read: usize,
}

impl<'a> ProcessStage<'a> {
    /// Starts the process, which is told to write its audit to `log`.
    pub fn start(
        start: Start,
        (simulator, canary): (&'a Simulator, &'a Canary),
        log: PathBuf,
    ) -> Result<ProcessStage<'a>> {
        let host = start.arg("--audit-log").arg(&log).start()?;
        Ok(ProcessStage {
            host,
            simulator,
            canary,
            log,
            read: 0,
        })
    }

    /// Closes stdin and waits for the end.
    pub async fn end(self) -> Result<Ended> {
        self.host.end().await
    }

    /// The audit's lines since the last look.
    fn lines(&mut self) -> Result<Vec<Value>> {
        let text = std::fs::read_to_string(&self.log).context("the audit log")?;
        let lines: serde_json::Result<Vec<Value>> = text
            .lines()
            .skip(self.read)
            .map(serde_json::from_str)
            .collect();
        let lines = lines.context("a line of the audit")?;
        self.read += lines.len();
        Ok(lines)
    }
}

impl Stage for ProcessStage<'_> {
    type Error = anyhow::Error;

    fn field(&self) -> Field {
        Field {
            server: self.simulator.addr(),
            canary: self.canary.address(),
        }
    }

    async fn ask(&mut self, method: &str, params: Value) -> Result<Evidence> {
        self.simulator.clear_requests();
        let before = self.canary.seen();
        let answer = self.host.ask(method, params).await?;
        let text = answer["result"]["content"][0]["text"].as_str();
        let after = self.canary.seen();
        Ok(Evidence {
            said: text.map(str::to_owned).ok_or_else(|| answer.to_string()),
            strays: self.host.strays(),
            lines: self.lines()?,
            canary: (after.0 - before.0, after.1 - before.1),
            requests: self.simulator.requests(),
        })
    }

    /// The process goes on: a new one would have another audit log.
    async fn renew(&mut self) {}
}
