//! One session between a client and a component: streams, calls, egress and one instance, from the
//! first line to the end of the input.

use std::sync::Arc;

use argocd_gate::{
    audit::{Audit, Started},
    calls::Calls,
    egress::Egress,
    framer::Framed,
    policy::Scheme,
};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    exit::Failure,
    limits,
    plan::Plan,
    runtime::{Ended, Grants, Ready, Report, component::Loaded},
    stdio::{
        inbox::Inbox,
        outbox::{self, Outbox},
        reader::{Intake, read_stdin},
        sink::Sink,
        stderr::Stderr,
    },
    supervise::{self, Restarts, Supervisor},
};

/// What the audit says of a server without TLS.
const PLAINTEXT: &str = "plaintext";

/// A running session whose client is inside this process.
pub(crate) struct Session {
    intake: Intake,
    answers: mpsc::UnboundedReceiver<Vec<u8>>,
    running: JoinHandle<Report>,
    #[cfg_attr(not(feature = "demo"), expect(dead_code, reason = "for `end`"))]
    audit: Arc<Audit>,
    /// Lines that answered nothing that was asked.
    strays: Vec<String>,
}

/// The current-thread runtime that everything runs on: cheaper per call than several threads.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// Serves the client on this process' stdin and stdout until it closes its end.
pub(crate) fn serve(plan: Plan, loaded: &Loaded, stats: bool) -> Result<(), Failure> {
    let runtime = runtime()?;
    let sink = Sink::stdout();
    let is_offline = plan.upstream.is_offline();
    let report = runtime.block_on(async {
        let (parts, running) = start(plan, loaded, sink.clone(), Restarts::default())?;
        if !is_offline {
            let egress = parts.egress.clone();
            sink.after_first_line(move || egress.load_roots_in_background());
        }
        let (inbox, calls) = (parts.intake.inbox.clone(), parts.intake.calls.clone());
        let reading = tokio::spawn(async move { read_stdin(parts.intake).await });
        let report = tokio::select! {
            report = running => report.map_err(|error| Failure::Trap(error.to_string()))?,
            () = overdue(reading) => return Err(Failure::TimeLimit(format!(
                "the component was still running {:?} after the end of its input", limits::EXIT_GRACE
            ))),
        };
        inbox.close();
        supervise::answer_open(&calls, &sink, "the component ended before it answered");
        sink.flush();
        parts.stderr.finish();
        if parts.audit.is_broken() {
            return Err(Failure::Audit("a line could not be written; requests were denied from then on".into()));
        }
        Ok(report)
    })?;
    if stats {
        let line = serde_json::json!({ "peak_memory_bytes": report.peak_memory });
        eprintln!("{line}");
    }
    // A blocked reader thread must not hold up the end.
    runtime.shutdown_background();
    judge(report)
}

/// Writes the last line of the audit, with the exit code of `result`. That it cannot be written is a
/// failure of its own when there was no other.
pub(crate) fn end_audit<T>(audit: &Audit, result: Result<T, Failure>) -> Result<T, Failure> {
    let code = result.as_ref().err().map_or(0, Failure::number);
    match (audit.ended(code), result) {
        (Err(error), Ok(_)) => Err(Failure::Audit(error.to_string())),
        (_, result) => result,
    }
}

/// Resolves when the input has ended and the component has had its time to end too.
async fn overdue(reading: JoinHandle<()>) {
    // A panic of the reader is the end of the input as well.
    let _ = reading.await;
    tokio::time::sleep(limits::EXIT_GRACE).await;
}

fn judge(report: Report) -> Result<(), Failure> {
    match report.ended {
        Ended::Ok => Ok(()),
        Ended::Failed => Err(Failure::Component(
            "the component exited with a failure".into(),
        )),
        Ended::Trapped(why) => Err(Failure::Trap(why)),
    }
}

struct Parts {
    intake: Intake,
    egress: Arc<Egress>,
    audit: Arc<Audit>,
    stderr: Stderr,
}

/// Wires one instance and starts it; must be called inside the runtime.
fn start(
    plan: Plan,
    loaded: &Loaded,
    sink: Sink,
    restarts: Restarts,
) -> Result<(Parts, JoinHandle<Report>), Failure> {
    let ready = Ready::new(loaded).map_err(|error| Failure::Refused(format!("{error:#}")))?;
    let Plan {
        egress: config,
        audit,
        policies,
        base_url,
        guest,
        upstream,
    } = plan;
    audit
        .started(&Started {
            component: &loaded.sha256,
            policies: &policies,
            origin: &base_url,
            trust: if config.origin.scheme() == Scheme::Http {
                PLAINTEXT
            } else {
                config.trust.label()
            },
        })
        .map_err(|error| Failure::Audit(error.to_string()))?;
    let egress = Egress::new(config, audit.clone())?;
    let calls = Arc::new(Calls::default());
    let inbox = Inbox::default();
    let sealed = egress.clone();
    let stderr = Stderr::new(Arc::new(move |line: &[u8]| {
        sealed.seal().text(line).into_owned()
    }));
    let token = egress.placeholder().unwrap_or_default().to_owned();
    let mut environment = vec![
        ("ARGOCD_SERVER".into(), base_url),
        ("ARGOCD_AUTH_TOKEN".into(), token),
        ("ARGOCD_HOST_MANAGED".into(), "1".into()),
    ];
    environment.extend(
        guest
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    let grants = Grants {
        egress: egress.clone(),
        upstream,
        audit: audit.clone(),
        calls: calls.clone(),
        environment,
        stdin: inbox.clone(),
        stdout: Outbox::new(calls.clone(), sink.clone(), refusals(audit.clone())),
        stderr: stderr.clone(),
    };
    // Spawned, not driven by block_on: waking the root future costs an eventfd write each time.
    let supervisor = Supervisor::new(ready, grants, sink.clone(), restarts);
    let running = tokio::spawn(supervisor.run());
    Ok((
        Parts {
            intake: Intake { calls, inbox, sink },
            egress,
            audit,
            stderr,
        },
        running,
    ))
}

/// Notes in the audit which lines of the component its client never saw.
fn refusals(audit: Arc<Audit>) -> outbox::Report {
    Arc::new(move |why, count| {
        // No attempt was made, so there is nothing to stop when the audit cannot take the line: it
        // stays broken, and the next attempt is denied for it.
        let _ = audit.refused("stdout", &format!("{why} ({count} so far)"));
    })
}

impl Session {
    /// Starts a session whose client is the caller; must be called inside [`runtime`].
    pub(crate) fn start(plan: Plan, loaded: &Loaded) -> Result<Session, Failure> {
        let (sender, answers) = mpsc::unbounded_channel();
        let (parts, running) = start(plan, loaded, Sink::channel(sender), Restarts::none())?;
        Ok(Session {
            intake: parts.intake,
            answers,
            running,
            audit: parts.audit,
            strays: Vec::new(),
        })
    }

    /// Calls one tool and returns the JSON-RPC response line.
    pub(crate) async fn call(
        &mut self,
        tool: &str,
        arguments: serde_json::Value,
    ) -> Result<serde_json::Value, Failure> {
        let params = serde_json::json!({ "name": tool, "arguments": arguments });
        self.ask("tools/call", params).await
    }

    /// Makes one request and returns the JSON-RPC response line.
    pub(crate) async fn ask(
        &mut self,
        method: &str,
        mut params: serde_json::Value,
    ) -> Result<serde_json::Value, Failure> {
        params["_meta"] = serde_json::json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let request =
            serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.intake
            .take(Framed::Line(request.to_string().into_bytes()));
        loop {
            tokio::select! {
                line = self.answers.recv() => {
                    let Some(line) = line else { return Err(Failure::Component("the component closed its output".into())) };
                    let value: serde_json::Value = serde_json::from_slice(&line)
                        .map_err(|error| Failure::Component(format!("the component wrote a line that is not JSON: {error}")))?;
                    if value.get("id").is_some_and(|id| id == 1) {
                        return Ok(value);
                    }
                    self.strays.push(value.to_string());
                }
                report = &mut self.running => {
                    let report = report.map_err(|error| Failure::Trap(error.to_string()))?;
                    judge(report)?;
                    return Err(Failure::Component("the component ended before it answered".into()));
                }
            }
        }
    }

    /// The lines besides the answers, since the last call of this.
    #[cfg(feature = "demo")]
    pub(crate) fn strays(&mut self) -> Vec<String> {
        std::mem::take(&mut self.strays)
    }

    /// Closes the component's input, waits for its end, and ends the audit.
    #[cfg(feature = "demo")]
    pub(crate) async fn end(self) {
        self.intake.inbox.close();
        // How it ended plays no part: everything was answered.
        let _ = self.running.await;
        // An audit that lost a line has denied what needed one.
        let _ = self.audit.ended(0);
    }
}
