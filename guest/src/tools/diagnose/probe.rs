//! Probes: which one failed, and what it checks.

use crate::{
    answer::word,
    model::{
        event::Event,
        pod::{self, Container},
    },
    redact::Node,
};

/// Kinds of probes in the order in which they run: liveness starts after startup.
const KINDS: [(&str, &str); 3] = [
    ("startup", "startupProbe"),
    ("liveness", "livenessProbe"),
    ("readiness", "readinessProbe"),
];

/// The kind of probe that failed according to the events; one that restarts the container goes first.
pub(super) fn failed(events: &[Event]) -> Option<&'static str> {
    let says = |kind: &str| {
        events.iter().any(|event| {
            let message = event.message.to_ascii_lowercase();
            message.contains(&format!("{kind} probe"))
                && (message.contains("failed") || message.contains("error"))
        })
    };
    KINDS.iter().map(|(kind, _)| *kind).find(|kind| says(kind))
}

/// `readiness probe: GET :8080/healthz every 10 s, timeout 1 s, 3 failures; container ports 8080`.
pub(super) fn line(live: &Node, container: &Container, kind: &str) -> Option<String> {
    let spec = pod::spec(live, &container.name)?;
    let (_, key) = KINDS.iter().find(|(known, _)| *known == kind)?;
    let probe = spec.at(&[key])?;
    let number = |key: &str, default: i64| pod::number(probe, &[key]).unwrap_or(default);
    let ports: Vec<String> = pod::items(spec, &["ports"])
        .iter()
        .filter_map(|port| pod::number(port, &["containerPort"]))
        .map(|port| port.to_string())
        .collect();
    let ports = if ports.is_empty() {
        String::new()
    } else {
        format!("; container ports {}", ports.join(", "))
    };
    // Kubernetes' defaults, for what the live object leaves out.
    let (period, timeout, failures) = (
        number("periodSeconds", 10),
        number("timeoutSeconds", 1),
        number("failureThreshold", 3),
    );
    let within = match kind {
        "startup" => format!(", so it has {} s to start", period.saturating_mul(failures)),
        _ => String::new(),
    };
    Some(format!(
        "{kind} probe: {} every {period} s, timeout {timeout} s, {failures} failures{within}{ports}",
        asks(probe)
    ))
}

/// What the probe does. A command is shown without its arguments: they may hold secrets.
fn asks(probe: &Node) -> String {
    let port = |of: &str| match probe.at(&[of, "port"]) {
        Some(Node::Number(port)) => port.to_string(),
        Some(Node::Text(port)) => word(port),
        _ => String::new(),
    };
    if probe.at(&["httpGet"]).is_some() {
        let path = probe.text(&["httpGet", "path"]).unwrap_or("/");
        let path = path.split('?').next().unwrap_or(path);
        return format!("GET :{}{}", port("httpGet"), word(path));
    }
    if probe.at(&["tcpSocket"]).is_some() {
        return format!("TCP :{}", port("tcpSocket"));
    }
    if probe.at(&["grpc"]).is_some() {
        return format!("gRPC :{}", port("grpc"));
    }
    match pod::items(probe, &["exec", "command"]).first() {
        Some(Node::Text(program)) => format!("runs {}", word(program)),
        _ => "a command".to_owned(),
    }
}
