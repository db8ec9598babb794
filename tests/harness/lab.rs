//! A genuine Argo CD API server in a process of its own (`tests/lab`, in Go), for the same tests as the
//! simulator.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

use crate::simulator::{
    Builder, Genuine, Passed, Reply, Replying, Simulator, Wanted, generated_list,
};

/// `lab` puts a genuine server behind every simulator of [`argo_cd`].
const SWITCH: &str = "ARGOCD_TEST_SERVER";
/// Where the program is, if not in the target folder.
const PROGRAM: &str = "ARGOCD_TEST_LAB";
/// What a generated application weighs unpadded, in bytes.
const GENERATED_BYTES: u64 = 4 * 1024;
/// Headers that belong to a connection, not to a message.
const OF_THE_CONNECTION: [&str; 5] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
];

/// A running lab; dropping it ends it.
pub struct Lab {
    ready: Ready,
    child: Child,
    stdin: Option<ChildStdin>,
}

/// What the lab says when it is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    url: String,
    tokens: HashMap<String, String>,
    admin_password: String,
    ca_file: Option<PathBuf>,
    writes: String,
}

/// A simulated Argo CD, with a genuine server behind it when the environment says so.
pub fn argo_cd() -> Builder {
    let builder = Simulator::builder();
    match std::env::var(SWITCH).as_deref() {
        Ok("lab") => builder.behind(genuine),
        Ok("" | "simulator") | Err(_) => builder,
        Ok(_) => builder.behind(|_| bail!("{SWITCH} is neither simulator nor lab")),
    }
}

/// The server for what is wanted: one for all tests of a process that want the same, as what they
/// send changes little. Generated applications are heavy: those servers end with their test.
fn genuine(wanted: &Wanted) -> Result<Arc<dyn Genuine>> {
    static SHARED: Mutex<Vec<(Wanted, Arc<Lab>)>> = Mutex::new(Vec::new());
    if wanted.unshared || wanted.generated.is_some() {
        return Ok(Arc::new(Lab::wanted(wanted)?));
    }
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, lab)) = shared.iter().find(|(known, _)| known == wanted) {
        return Ok(Arc::clone(lab) as Arc<dyn Genuine>);
    }
    let lab = Arc::new(Lab::wanted(wanted)?);
    shared.push((wanted.clone(), Arc::clone(&lab)));
    Ok(lab)
}

impl Lab {
    /// Starts one with these arguments; `--help` of the program lists them.
    pub fn start<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Result<Lab> {
        let program = std::env::var_os(PROGRAM).map_or_else(default_program, PathBuf::from);
        let mut child = Command::new(&program)
            .arg("--fixtures")
            .arg(super::fixtures())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| {
                format!(
                    "starting {}: `just lab` builds it, with Go",
                    program.display()
                )
            })?;
        let stdin = child.stdin.take();
        let mut errors = child.stderr.take().context("stderr")?;
        let said = std::thread::spawn(move || {
            let mut text = String::new();
            // What was read before an error is what there is.
            let _ = errors.read_to_string(&mut text);
            text
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("stdout")?).read_line(&mut line)?;
        let Ok(ready) = serde_json::from_str(&line) else {
            let _ = child.wait();
            bail!("the lab did not start: {}", said.join().unwrap_or_default());
        };
        Ok(Lab {
            ready,
            child,
            stdin,
        })
    }

    /// Starts what a simulator was asked to be.
    pub fn wanted(wanted: &Wanted) -> Result<Lab> {
        let mut arguments = Vec::new();
        if !wanted.prefix.is_empty() {
            arguments.push(format!("--rootpath={}", wanted.prefix));
        }
        for (user, password) in &wanted.accounts {
            arguments.push(format!("--account={user}={password}"));
        }
        let Some(count) = wanted.generated else {
            return Lab::start(arguments);
        };
        let name = format!("argocd-generated-{}-{count}.json", std::process::id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, generated_list(count))?;
        arguments.push(format!("--generated={}", file.display()));
        if wanted.keep_recorded {
            arguments.push("--keep-recorded".to_owned());
        }
        let pad = wanted.application_weight.saturating_sub(GENERATED_BYTES);
        arguments.push(format!("--pad={pad}"));
        let lab = Lab::start(arguments);
        // It was read before the lab was ready.
        let _ = std::fs::remove_file(&file);
        lab
    }

    /// `scheme://127.0.0.1:port/prefix`.
    pub fn url(&self) -> &str {
        &self.ready.url
    }

    /// The token of an account of the recordings, or `expired` or `revoked`.
    pub fn token(&self, account: &str) -> &str {
        self.ready
            .tokens
            .get(account)
            .map_or("no-such-account", |token| token)
    }

    /// What `admin` logs in with.
    pub fn admin_password(&self) -> &str {
        &self.ready.admin_password
    }

    /// The file of the CA behind `--tls`.
    pub fn ca_file(&self) -> Option<&Path> {
        self.ready.ca_file.as_deref()
    }

    /// Where every write that the server made is listed, as JSON.
    pub fn writes_url(&self) -> &str {
        &self.ready.writes
    }

    /// Peak memory of the process, in bytes; `None` where there is no /proc.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> String {
        let rest = self.ready.url.split("://").nth(1).unwrap_or_default();
        rest.split('/').next().unwrap_or_default().to_owned()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // It ends at once when its stdin does.
        let _ = self.child.wait();
    }
}

impl Genuine for Lab {
    fn pass(&self, request: Passed) -> Replying {
        Box::pin(exchange(self.address(), request))
    }

    fn token(&self, account: &str) -> String {
        Lab::token(self, account).to_owned()
    }
}

fn default_program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/lab/lab")
}

/// One request in plain HTTP on a connection of its own. Dropping it closes the connection.
pub async fn exchange(address: String, request: Passed) -> io::Result<Reply> {
    let stream = TcpStream::connect(&address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(connection);
    let mut passed = hyper::Request::builder()
        .method(request.method.as_str())
        .uri(request.path_and_query)
        .header("host", address);
    for (name, value) in message_headers(request.headers) {
        passed = passed.header(name, value);
    }
    let passed = passed
        .body(Full::new(Bytes::from(request.body)))
        .map_err(io::Error::other)?;
    let response = sender
        .send_request(passed)
        .await
        .map_err(io::Error::other)?;
    let (head, body) = response.into_parts();
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect();
    Ok(Reply {
        status: head.status.as_u16(),
        headers: message_headers(headers).collect(),
        body: body.collect().await.map_err(io::Error::other)?.to_bytes(),
    })
}

fn message_headers(headers: Vec<(String, String)>) -> impl Iterator<Item = (String, String)> {
    headers
        .into_iter()
        .filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()))
}
