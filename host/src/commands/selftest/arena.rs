//! Where trials happen: the demo Argo CD, a canary, an audit in memory, and a hostile component.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use argocd_gate::{audit::Audit, egress::Bounds};
use argocd_simulator::{
    Simulator,
    hostile::{Canary, Evidence, Field},
};
use serde_json::{Value, json};

use crate::{
    cli::Connection,
    commands::demo::{self, Demo, HOSTILE},
    exit::Failure,
    plan::Plan,
    render,
    runtime::component::{self, Loaded, Source},
    session::Session,
};

/// Everything around the component.
pub(super) struct Arena {
    demo: Demo,
    canary: Canary,
    hostile: Loaded,
    lines: Lines,
}

/// An audit log in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Arena {
    pub(super) fn start() -> Result<Arena, Failure> {
        Ok(Arena {
            demo: demo::start()?,
            canary: Canary::start()?,
            hostile: component::from_bytes(HOSTILE, Source::Embedded)?,
            lines: Lines::default(),
        })
    }

    pub(super) fn simulator(&self) -> &Simulator {
        self.demo.simulator()
    }

    pub(super) fn canary(&self) -> &Canary {
        &self.canary
    }

    pub(super) fn hostile(&self) -> &Loaded {
        &self.hostile
    }

    pub(super) fn field(&self) -> Field {
        Field {
            server: self.simulator().addr(),
            canary: self.canary.address(),
        }
    }

    /// Settings as `run --demo` has them, with the audit in this arena. What the machine's policy
    /// file takes away is given back: this is about the program.
    pub(super) fn plan(&self) -> Result<Plan, Failure> {
        let mut plan = self.demo.plan(&Connection::default())?;
        plan.egress.narrowings.clear();
        plan.egress.bounds = Bounds::default();
        plan.audit = self.audit();
        Ok(plan)
    }

    /// An audit whose lines are this arena's evidence.
    pub(super) fn audit(&self) -> Arc<Audit> {
        Arc::new(Audit::to_writer(self.lines.clone()))
    }

    /// Makes one request of the client and gathers what it caused.
    pub(super) async fn ask(&self, session: &mut Session, method: &str, params: Value) -> Evidence {
        self.lines.take();
        self.simulator().clear_requests();
        let before = self.canary.seen();
        let answer = session.ask(method, params).await;
        let said = match answer {
            Ok(answer) if answer["result"].is_object() => Ok(render::text_of(&answer["result"])),
            Ok(answer) => Err(answer["error"].to_string()),
            Err(failure) => Err(failure.to_string()),
        };
        let after = self.canary.seen();
        Evidence {
            said,
            strays: session.strays(),
            lines: self.lines.take(),
            canary: (after.0 - before.0, after.1 - before.1),
            requests: self.simulator().requests(),
        }
    }

    /// The same, in a session of its own with another plan.
    pub(super) async fn ask_once(
        &self,
        plan: Plan,
        loaded: &Loaded,
        (tool, arguments): (&str, Value),
    ) -> Result<Evidence, Failure> {
        let mut session = Session::start(plan, loaded)?;
        let params = json!({ "name": tool, "arguments": arguments });
        let evidence = self.ask(&mut session, "tools/call", params).await;
        session.end().await;
        Ok(evidence)
    }

    /// One GET of the hostile component with the token, which then tells what it was given.
    pub(super) async fn get(&self, tool: &str, path: &str) -> Result<Evidence, Failure> {
        let authority = self.field().server.to_string();
        let attempt =
            json!({ "scheme": "http", "authority": authority, "path": path, "authorized": true });
        let arguments = json!({ "attempts": [attempt], "tell": true });
        let call = (tool, arguments);
        self.ask_once(self.plan()?, self.hostile(), call).await
    }

    /// The audit's lines that no request caused.
    pub(super) fn lines(&self) -> Vec<Value> {
        self.lines.take()
    }
}

impl Lines {
    fn take(&self) -> Vec<Value> {
        let bytes = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            // A line that is no JSON is none: it will be missed.
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect()
    }
}
