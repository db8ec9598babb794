//! What the tests of egress share: bounds that a test can wait for, an audit to look into, a GET.

use std::{
    io::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

pub(super) use argocd_tests::hostile_server::{Act, Server, answer};
use http::HeaderMap;
use http_body_util::BodyExt;

use super::super::*;
use crate::policy::Plaintext;

pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// An audit to look into.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Kind, actor, status and reason of each line.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            let status = line["status"]
                .as_u64()
                .map_or("-".to_owned(), |status| status.to_string());
            let decision = if line["kind"] == "decision" {
                field("decision")
            } else {
                field("reason")
            };
            format!("{} {} {status} {decision}", field("kind"), field("actor"))
        };
        self.text().lines().map(line).collect()
    }

    pub(super) fn outcomes(&self) -> Vec<String> {
        self.lines()
            .into_iter()
            .filter(|line| line.starts_with("outcome"))
            .collect()
    }
}

/// Bounds that a test can wait for.
pub(super) fn quick() -> Bounds {
    Bounds {
        tls_handshake: Duration::from_millis(800),
        first_byte: Duration::from_millis(1_500),
        between_bytes: Duration::from_millis(1_000),
        total: Duration::from_secs(4),
        body_wire_bytes: 4 << 20,
        body_plain_bytes: 1 << 20,
        ..Bounds::default()
    }
}

pub(super) fn egress(server: &str, credentials: Credentials, trust: Trust) -> (Arc<Egress>, Log) {
    bounded(server, credentials, trust, quick())
}

pub(super) fn bounded(
    server: &str,
    credentials: Credentials,
    trust: Trust,
    bounds: Bounds,
) -> (Arc<Egress>, Log) {
    let config = EgressConfig {
        bounds,
        ..config(server, credentials, trust)
    };
    started(config)
}

pub(super) fn config(server: &str, credentials: Credentials, trust: Trust) -> EgressConfig {
    let origin = OriginRule::parse(server, Plaintext::LoopbackOnly).unwrap();
    EgressConfig {
        bounds: quick(),
        ..EgressConfig::new(origin, credentials, trust)
    }
}

pub(super) fn started(config: EgressConfig) -> (Arc<Egress>, Log) {
    let log = Log::default();
    let audit = Arc::new(Audit::to_writer(log.clone()));
    (Egress::new(config, audit).unwrap(), log)
}

/// Admits `GET path` for `list_applications`, with the placeholder.
pub(super) fn admit(egress: &Egress, path: &str) -> Result<Admitted, Denied> {
    let mut headers = HeaderMap::new();
    if let Some(placeholder) = egress.placeholder() {
        headers.insert(
            "authorization",
            format!("Bearer {placeholder}").parse().unwrap(),
        );
    }
    let authority = egress.policy().origin().authority();
    let target = Target {
        method: "GET",
        scheme: Some(egress.policy().origin().scheme().as_str()),
        authority: Some(&authority),
        path_with_query: Some(path),
        headers: &headers,
    };
    let open = OpenCall {
        id: "1".into(),
        tool: "list_applications".into(),
    };
    egress.admit(&target, &[open].into())
}

pub(super) const LIST: &str = "/api/v1/applications";

/// Status, headers and body of an allowed GET.
pub(super) async fn get(egress: &Arc<Egress>) -> Result<(u16, HeaderMap, String), Error> {
    let response = egress
        .clone()
        .exchange(admit(egress, LIST).unwrap())
        .await?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok((
        parts.status.as_u16(),
        parts.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    ))
}
