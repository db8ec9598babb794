//! The trials of a component: requests, messages, imports, names, and the controls.

use std::{
    io::{self, Write},
    sync::Arc,
};

use argocd_gate::audit::Audit;
use argocd_simulator::hostile::{
    self, ATTEMPTS, AUDIT, Broken, Evidence, FORGED, Field, NAMES, Stage, expect,
};
use serde_json::{Value, json};

use super::{
    Kind::{self, Check},
    Trial,
    arena::Arena,
    network,
};
use crate::{
    exit::Failure,
    runtime::Ready,
    runtime::component::{self, Source},
    session::Session,
};

/// A component of ours that wants files and sockets.
const IMPORTER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/importer.wasm"));
/// What the component is told when the host refuses a request.
const REFUSED: &str = "HttpRequestDenied";
/// GETs that are allowed, each with a tool that owns it.
const ALLOWED: [(&str, &str); 5] = [
    ("list_applications", "/api/version"),
    ("list_applications", "/api/v1/applications"),
    ("list_clusters", "/api/v1/clusters"),
    ("list_projects", "/api/v1/projects"),
    ("list_repositories", "/api/v1/repositories"),
];

/// Runs all of them.
pub(super) async fn all(arena: &Arena) -> Result<Vec<Trial>, Failure> {
    let mut trials = requests(arena).await?;
    trials.extend(forgeries(arena).await?);
    trials.extend(network::echoes(arena).await?);
    trials.extend(network::addresses(arena).await?);
    trials.push(network::moving_name(arena).await?);
    trials.push(imports(arena));
    trials.extend(names(arena).await?);
    trials.push(full_disk(arena).await?);
    trials.extend(controls(arena).await?);
    Ok(trials)
}

/// The hostile component's session, and a new one after a trial that failed: it may be out of step.
struct Running<'a> {
    arena: &'a Arena,
    session: Option<Session>,
}

impl<'a> Running<'a> {
    fn new(arena: &'a Arena) -> Running<'a> {
        Running {
            arena,
            session: None,
        }
    }
}

impl Stage for Running<'_> {
    type Error = Failure;

    fn field(&self) -> Field {
        self.arena.field()
    }

    async fn ask(&mut self, method: &str, params: Value) -> Result<Evidence, Failure> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => Session::start(self.arena.plan()?, self.arena.hostile())?,
        };
        let evidence = self.arena.ask(&mut session, method, params).await;
        self.session = Some(session);
        Ok(evidence)
    }

    async fn renew(&mut self) {
        if let Some(session) = self.session.take() {
            session.end().await;
        }
    }
}

async fn requests(arena: &Arena) -> Result<Vec<Trial>, Failure> {
    let mut running = Running::new(arena);
    let tried = hostile::run(&mut running, ATTEMPTS).await?;
    running.renew().await;
    let trial = |tried: hostile::Tried| {
        let attempt = tried.attempt;
        let place = (attempt.requirement, attempt.guard());
        let kind = Kind::of(&tried.evidence);
        let result = tried.verdict.broken().map_or(Ok(()), Err);
        Trial::new(place, attempt.name(), kind, result)
    };
    Ok(tried.into_iter().map(trial).collect())
}

async fn forgeries(arena: &Arena) -> Result<Vec<Trial>, Failure> {
    const MARK: &str = "\"arguments\"";
    let mut running = Running::new(arena);
    let mut trials = Vec::new();
    for line in FORGED {
        let arguments = json!({ "say": [line], "tell": true });
        let params = json!({ "name": "list_clusters", "arguments": arguments });
        let evidence = running.ask("tools/call", params).await?;
        let own = evidence.said.as_ref().is_ok_and(|text| text.contains(MARK));
        let unseen = expect(own && evidence.strays.is_empty(), "stdout", || {
            format!(
                "the client saw {:?} and {:?}",
                evidence.said, evidence.strays
            )
        });
        let result = unseen.and_then(|()| evidence.one_line("refused", "stdout", "stdout"));
        if result.is_err() {
            running.renew().await;
        }
        let name = format!("message {}", line.escape_debug());
        trials.push(Trial::new(
            ("C8", "stdout"),
            name,
            Kind::of(&evidence),
            result,
        ));
    }
    running.renew().await;
    Ok(trials)
}

/// A component that imports files and sockets.
fn imports(arena: &Arena) -> Trial {
    arena.lines();
    let loaded = component::from_bytes(IMPORTER, Source::Embedded);
    let loaded = component::audited(loaded, &arena.audit());
    let lines = arena.lines();
    let result = match loaded {
        Err(Failure::Imports { names, .. }) => {
            let named = |line: &Value| {
                let listed = line["imports"].as_array().map_or(0, Vec::len);
                line["kind"] == "imports_refused" && listed == names.len()
            };
            expect(lines.len() == 1 && lines.iter().all(named), AUDIT, || {
                "no line that names each import".to_owned()
            })
        }
        Err(other) => Err(Broken {
            guard: "import",
            why: format!("refused for another reason: {other}"),
        }),
        Ok(loaded) => Err(Broken {
            guard: "import",
            why: match Ready::new(&loaded) {
                Ok(_) => "the component was linked".to_owned(),
                Err(_) => "only the linker, which lacks the imports, stopped it".to_owned(),
            },
        }),
    };
    let audited = !lines.is_empty();
    let name = "a component that imports files and sockets";
    Trial::new(("R1.6", "import"), name, Kind::Attempt { audited }, result)
}

/// The component of this project with names that would be other paths: it makes no request of them.
async fn names(arena: &Arena) -> Result<Vec<Trial>, Failure> {
    let guest = component::load(None, None)?;
    let mut session = Session::start(arena.plan()?, &guest)?;
    let mut trials = Vec::new();
    for name in NAMES {
        let params = json!({ "name": "get_application", "arguments": { "name": name } });
        let evidence = arena.ask(&mut session, "tools/call", params).await;
        let decisions = evidence.of_kind("decision").count();
        let result = evidence.nobody_reached("path").and_then(|()| {
            expect(decisions == 0, "name", || {
                "the component asked for it, and only the host refused".to_owned()
            })
        });
        let name = format!("name {}", name.escape_debug());
        trials.push(Trial::new(("R3.2", "name"), name, Check, result));
    }
    session.end().await;
    Ok(trials)
}

/// An audit that takes the first line and no other.
struct Full(bool);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if std::mem::replace(&mut self.0, true) {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn full_disk(arena: &Arena) -> Result<Trial, Failure> {
    let mut plan = arena.plan()?;
    plan.audit = Arc::new(Audit::to_writer(Full(false)));
    let attempt = json!({ "scheme": "http", "authority": arena.field().server.to_string(), "path": "/api/version" });
    let call = ("list_applications", json!({ "attempts": [attempt] }));
    let evidence = arena.ask_once(plan, arena.hostile(), call).await?;
    let result = evidence
        .nobody_reached(AUDIT)
        .and_then(|()| evidence.told(REFUSED, AUDIT));
    let name = "an allowed GET whose audit line cannot be written";
    Ok(Trial::new(("R7.1", AUDIT), name, Check, result))
}

/// What must work, or nothing above proves anything.
async fn controls(arena: &Arena) -> Result<Vec<Trial>, Failure> {
    let token = arena.simulator().token().to_owned();
    let bearer = format!("Bearer {token}");
    let control = |name: String, result| Trial::new(("control", "control"), name, Check, result);
    let mut trials = Vec::new();
    for (tool, path) in ALLOWED {
        let evidence = arena.get(tool, path).await?;
        let said = evidence.said.as_deref().unwrap_or_default();
        let seen = evidence.requests.iter().any(|r| {
            r.method == "GET"
                && r.path() == path
                && r.header("authorization") == Some(bearer.as_str())
        });
        let result = expect(seen && said.contains("status 200"), "control", || {
            format!("it was not answered: {said}")
        })
        .and_then(|()| evidence.decision_and_outcome())
        .and_then(|()| {
            expect(!said.contains(&token), "seal", || {
                "the component was given the token".to_owned()
            })
        })
        .and_then(|()| {
            expect(said.contains("argocd-host.sealed."), "control", || {
                "the component was given no placeholder".to_owned()
            })
        });
        trials.push(control(format!("GET {path} is allowed"), result));
    }
    let last = arena.lines().pop().unwrap_or_default();
    let result = expect(last["kind"] == "ended", AUDIT, || {
        format!("the last line of a session is {last}")
    });
    trials.push(control("a session ends its audit".to_owned(), result));
    let counted = arena.canary().touch()?;
    let (connections, _) = arena.canary().seen();
    let result = expect(counted && connections == 0, "control", || {
        format!("it counts: {counted}; connections besides the control's: {connections}")
    });
    trials.push(control(
        "the canary counts what reaches it".to_owned(),
        result,
    ));
    Ok(trials)
}
