//! The trials, kind by kind.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
};

use argocd_tests::{
    attack::{ATTEMPTS, Attempt, FORGED, NAMES},
    simulator::{Fault, FaultKind},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{
    Kind::{self, Check},
    Trial,
    arena::{Arena, Evidence},
    trial::{AUDIT, Broken, expect},
};
use crate::{
    audit::Audit,
    component::{self, Source},
    egress::Resolver,
    exit::Failure,
    plan::Plan,
    policy::{OriginRule, Plaintext},
    runtime::Ready,
    session::Session,
};

/// A component of ours that wants files and sockets.
const IMPORTER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/importer.wasm"));
/// What the component is told when the host refuses a request, and when it refuses an address.
const REFUSED: &str = "HttpRequestDenied";
const PROHIBITED: &str = "DestinationIpProhibited";
/// Requests to a name that moves between any two of them.
const MOVES: usize = 100;
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
    trials.extend(echoes(arena).await?);
    trials.extend(addresses(arena).await?);
    trials.push(moving_name(arena).await?);
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

    async fn ask(&mut self, method: &str, params: Value) -> Result<Evidence, Failure> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => Session::start(self.arena.plan()?, self.arena.hostile())?,
        };
        let evidence = self.arena.ask(&mut session, method, params).await;
        self.session = Some(session);
        Ok(evidence)
    }

    async fn noted(&mut self, held: bool) {
        if let (false, Some(session)) = (held, self.session.take()) {
            session.end().await;
        }
    }
}

async fn requests(arena: &Arena) -> Result<Vec<Trial>, Failure> {
    let mut running = Running::new(arena);
    let mut trials = Vec::new();
    for attempt in ATTEMPTS {
        let (method, params) = attempt.call(&arena.field());
        let evidence = running.ask(method, params).await?;
        let result = refused(attempt, &evidence);
        running.noted(result.is_ok()).await;
        let place = (attempt.requirement, attempt.guard());
        trials.push(Trial::new(
            place,
            attempt.name(),
            evidence.attempt(),
            result,
        ));
    }
    running.noted(false).await;
    Ok(trials)
}

fn refused(attempt: &Attempt, evidence: &Evidence) -> Result<(), Broken> {
    let guard = attempt.guard();
    evidence.nobody_reached(guard)?;
    told(evidence, REFUSED, guard)?;
    evidence.one_line("decision", attempt.rule, guard)
}

/// The component got this error, and no other answer.
fn told(evidence: &Evidence, error: &str, guard: &'static str) -> Result<(), Broken> {
    let (Ok(said) | Err(said)) = &evidence.said;
    let ended = evidence.said.is_ok() && said.trim_end().ends_with(error);
    expect(ended, guard, || {
        format!("the component was not told {error}: {said}")
    })
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
        running.noted(result.is_ok()).await;
        let name = format!("message {}", line.escape_debug());
        trials.push(Trial::new(
            ("C8", "stdout"),
            name,
            evidence.attempt(),
            result,
        ));
    }
    running.noted(false).await;
    Ok(trials)
}

/// A server that repeats the token that it was sent.
async fn echoes(arena: &Arena) -> Result<Vec<Trial>, Failure> {
    let token = arena.simulator().token().to_owned();
    let bearer = format!("Bearer {token}");
    let spellings = [
        ("plain", token.clone()),
        (
            "percent-encoded",
            utf8_percent_encode(&token, NON_ALPHANUMERIC).to_string(),
        ),
        ("in base64", STANDARD.encode(&bearer)),
    ];
    arena
        .simulator()
        .fault(Fault::under("/api/", FaultKind::EchoHeaders));
    let mut trials = Vec::new();
    for (spelling, secret) in spellings {
        let evidence = get(
            arena,
            arena.plan()?,
            "list_applications",
            "/api/v1/applications",
        )
        .await?;
        let carried = |r: &argocd_tests::simulator::Request| {
            r.header("authorization") == Some(bearer.as_str())
        };
        let echoed = evidence.said.as_deref().unwrap_or_default();
        let result = expect(evidence.requests.iter().any(carried), "control", || {
            "the server was not sent the token".to_owned()
        })
        .and_then(|()| {
            expect(echoed.contains("you sent Bearer"), "control", || {
                format!("the server did not echo: {echoed}")
            })
        })
        .and_then(|()| {
            expect(!echoed.contains(&secret), "seal", || {
                "the component was shown the token".to_owned()
            })
        })
        .and_then(|()| evidence.decision_and_outcome());
        let name = format!("token echoed {spelling}");
        trials.push(Trial::new(
            ("R1.11", "seal"),
            name,
            evidence.attempt(),
            result,
        ));
    }
    arena.simulator().clear_faults();
    Ok(trials)
}

/// One GET of the hostile component, with the token, in a session of its own.
async fn get(arena: &Arena, plan: Plan, tool: &str, path: &str) -> Result<Evidence, Failure> {
    let authority = plan.egress.origin.authority();
    let attempt =
        json!({ "scheme": "http", "authority": authority, "path": path, "authorized": true });
    let arguments = json!({ "attempts": [attempt], "tell": true });
    arena
        .ask_once(plan, arena.hostile(), (tool, arguments))
        .await
}

/// A name of the operator's that leads to this machine.
async fn addresses(arena: &Arena) -> Result<Vec<Trial>, Failure> {
    let port = arena.canary().address().port();
    let local = Ipv4Addr::LOCALHOST;
    let mut trials = Vec::new();
    for (what, address) in [
        ("loopback", SocketAddr::from((local, port))),
        ("unspecified", (Ipv4Addr::UNSPECIFIED, port).into()),
        ("mapped loopback", (local.to_ipv6_mapped(), port).into()),
        ("IPv6 loopback", (Ipv6Addr::LOCALHOST, port).into()),
        ("metadata", ([169, 254, 169, 254], 80).into()),
    ] {
        let mut plan = arena.plan()?;
        lead(
            &mut plan,
            &format!("http://argocd.example.com:{port}"),
            move |_| address,
        )?;
        let arguments = json!({ "attempts": [{ "scheme": "http", "path": "/api/version",
            "authority": plan.egress.origin.authority(), "authorized": true }] });
        let call = ("list_applications", arguments);
        let evidence = arena.ask_once(plan, arena.hostile(), call).await?;
        let result = evidence
            .nobody_reached("address")
            .and_then(|()| told(&evidence, PROHIBITED, "address"))
            .and_then(|()| evidence.decision_and_outcome());
        let name = format!("a name that leads to {what}");
        trials.push(Trial::new(
            ("R2.2", "address"),
            name,
            evidence.attempt(),
            result,
        ));
    }
    Ok(trials)
}

/// Another server for `plan`, whose name is resolved by `answer` to the number of the question.
fn lead(
    plan: &mut Plan,
    server: &str,
    answer: impl Fn(usize) -> SocketAddr + Send + Sync + 'static,
) -> Result<(), Failure> {
    let rule = OriginRule::parse(server, Plaintext::Allowed);
    plan.egress.origin = rule.map_err(|error| Failure::Component(error.to_string()))?;
    let asked = AtomicUsize::new(0);
    plan.egress.network.resolver = Resolver::new(move |_, _| {
        let found = vec![answer(asked.fetch_add(1, Ordering::SeqCst))];
        Box::pin(async move { Ok(found) })
    });
    Ok(())
}

/// A name that leads elsewhere whenever it is asked a second time.
async fn moving_name(arena: &Arena) -> Result<Trial, Failure> {
    let (good, port) = (arena.simulator().addr(), arena.canary().address().port());
    let moved = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let mut plan = arena.plan()?;
    let server = format!("http://localhost:{}", good.port());
    lead(&mut plan, &server, move |asked| [good, moved][asked % 2])?;
    // One connection for each request, so that each asks for the name.
    let close = vec![("connection".to_owned(), "close".to_owned())];
    arena
        .simulator()
        .fault(Fault::under("/api/", FaultKind::Headers(close)));
    let attempt = json!({ "scheme": "http", "authority": plan.egress.origin.authority(), "path": "/api/version" });
    let arguments = json!({ "attempts": vec![attempt; MOVES] });
    let call = ("list_applications", arguments);
    let evidence = arena.ask_once(plan, arena.hostile(), call).await?;
    arena.simulator().clear_faults();
    let said = evidence.said.as_deref().unwrap_or_default();
    let denied = said.lines().filter(|l| l.ends_with(PROHIBITED)).count();
    let arrived = evidence.requests.len();
    let result = expect(evidence.canary == (0, 0), "address", || {
        format!("the canary was reached: {:?}", evidence.canary)
    })
    .and_then(|()| {
        expect(
            denied > 0 && arrived > 0 && denied + arrived == MOVES,
            "address",
            || format!("of {MOVES} requests {arrived} arrived and {denied} were denied"),
        )
    })
    .and_then(|()| evidence.decision_and_outcome());
    let name = format!("a name that moves, {MOVES} times");
    Ok(Trial::new(
        ("R2.2", "address"),
        name,
        evidence.attempt(),
        result,
    ))
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
    let guest = component::load(None)?;
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
        match std::mem::replace(&mut self.0, true) {
            false => Ok(bytes.len()),
            true => Err(io::ErrorKind::StorageFull.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn full_disk(arena: &Arena) -> Result<Trial, Failure> {
    let mut plan = arena.plan()?;
    plan.audit = Audit::to_writer(Full(false));
    let attempt = json!({ "scheme": "http", "authority": arena.field().server.to_string(), "path": "/api/version" });
    let call = ("list_applications", json!({ "attempts": [attempt] }));
    let evidence = arena.ask_once(plan, arena.hostile(), call).await?;
    let result = evidence
        .nobody_reached(AUDIT)
        .and_then(|()| told(&evidence, REFUSED, AUDIT));
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
        let evidence = get(arena, arena.plan()?, tool, path).await?;
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
