//! The trials of a server that tells the token, and of names that lead elsewhere.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
};

use argocd_gate::{
    egress::Resolver,
    policy::{OriginRule, Plaintext},
};
use argocd_simulator::{Fault, FaultKind, Request, hostile::expect};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{Kind, Trial, arena::Arena};
use crate::{exit::Failure, plan::Plan};

/// What the component is told when the host refuses an address.
const PROHIBITED: &str = "DestinationIpProhibited";
/// Requests to a name that moves between any two of them.
const MOVES: usize = 100;

/// A server that repeats the token that it was sent.
pub(super) async fn echoes(arena: &Arena) -> Result<Vec<Trial>, Failure> {
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
        let evidence = arena
            .get("list_applications", "/api/v1/applications")
            .await?;
        let carried = |r: &Request| r.header("authorization") == Some(bearer.as_str());
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
            Kind::of(&evidence),
            result,
        ));
    }
    arena.simulator().clear_faults();
    Ok(trials)
}

/// A name of the operator's that leads to this machine.
pub(super) async fn addresses(arena: &Arena) -> Result<Vec<Trial>, Failure> {
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
            .and_then(|()| evidence.told(PROHIBITED, "address"))
            .and_then(|()| evidence.decision_and_outcome());
        let name = format!("a name that leads to {what}");
        trials.push(Trial::new(
            ("R2.2", "address"),
            name,
            Kind::of(&evidence),
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
pub(super) async fn moving_name(arena: &Arena) -> Result<Trial, Failure> {
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
        Kind::of(&evidence),
        result,
    ))
}
