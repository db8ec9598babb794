//! Drives the real `argocd-host` process by raw lines, as an MCP client would, and keeps everything it said.

mod corpus;
mod lab;
mod left_out;
mod memory;
mod stage;

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::{Notify, mpsc},
    task::JoinHandle,
    time::timeout,
};

pub use self::{corpus::corpus, left_out::left_out, memory::Memory, stage::ProcessStage};
use crate::simulator::Simulator;

pub use lab::{Lab, argo_cd, exchange};

/// How long a test waits for anything before it fails: far beyond what a loaded machine needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What to start.
pub struct Start {
    command: Command,
    unread: bool,
}

/// A running host process.
pub struct Host {
    child: Child,
    stdin: Option<ChildStdin>,
    reading: JoinHandle<()>,
    read_on: Arc<Notify>,
    lines: mpsc::UnboundedReceiver<String>,
    stderr: JoinHandle<Vec<u8>>,
    early: VecDeque<Value>,
    transcript: Vec<String>,
    next_id: i64,
}

/// What a process left behind.
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// Everything on stderr.
    pub stderr: String,
    /// Every line on stdout.
    pub transcript: Vec<String>,
}

/// The content of a tool result.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The text content, joined.
    pub text: String,
    /// `isError`.
    pub is_error: bool,
}

impl Start {
    /// `argocd-host run` of the binary at `program`, with nothing of this process' Argo CD settings.
    pub fn run(program: &str) -> Start {
        let mut command = Command::new(program);
        command
            .arg("run")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.kill_on_drop(true);
        Start {
            command,
            unread: false,
        }
    }

    /// Points it at `simulator` with the simulator's token, every tool listed.
    pub fn against(self, simulator: &Simulator) -> Start {
        let url = simulator.url();
        let token = simulator.token().to_owned();
        self.env("ARGOCD_SERVER", &url)
            .env("ARGOCD_AUTH_TOKEN", &token)
            .env("ARGOCD_MCP_TOOLSETS", "all")
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Start {
        self.command.env(name, value);
        self
    }

    /// Removes an environment variable that an earlier call set.
    pub fn without(mut self, name: &str) -> Start {
        self.command.env_remove(name);
        self
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Start {
        self.command.arg(argument);
        self
    }

    /// Adds some arguments.
    pub fn args(
        mut self,
        arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>,
    ) -> Start {
        self.command.args(arguments);
        self
    }

    /// Leaves stdout alone until [`Host::read_on`].
    pub fn unread(mut self) -> Start {
        self.unread = true;
        self
    }

    /// Starts the process.
    pub fn start(mut self) -> Result<Host> {
        let mut child = self.command.spawn().context("starting argocd-host")?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().context("stdout")?;
        let mut errors = child.stderr.take().context("stderr")?;
        let (sender, lines) = mpsc::unbounded_channel();
        let read_on = Arc::new(Notify::new());
        let gate = self.unread.then(|| Arc::clone(&read_on));
        let reading = tokio::spawn(async move {
            if let Some(gate) = gate {
                gate.notified().await;
            }
            let mut reader = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = reader.next_line().await {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let stderr = tokio::spawn(async move {
            let mut all = Vec::new();
            // What was read before an error is what there is.
            let _ = errors.read_to_end(&mut all).await;
            all
        });
        Ok(Host {
            child,
            stdin,
            reading,
            read_on,
            lines,
            stderr,
            early: VecDeque::new(),
            transcript: Vec::new(),
            next_id: 0,
        })
    }
}

impl Host {
    /// The process id.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Memory of the process so far; `None` where the system does not say.
    ///
    /// # Panics
    /// On Linux, which always says: or a bound of memory would not be checked and nobody would know.
    pub fn memory(&self) -> Option<Memory> {
        let memory = self.child.id().and_then(Memory::of);
        assert!(
            memory.is_some() || !cfg!(target_os = "linux"),
            "/proc says nothing of the process"
        );
        memory
    }

    /// Begins to read a stdout that was left unread.
    pub fn read_on(&self) {
        self.read_on.notify_one();
    }

    /// Closes the reading end of stdout, as a client that went away.
    pub fn close_stdout(&self) {
        self.reading.abort();
    }

    /// The writing end of stdin, for a client that writes while it reads. The process' input ends
    /// when it is dropped.
    pub fn take_stdin(&mut self) -> Result<ChildStdin> {
        self.stdin.take().context("stdin is closed")
    }

    /// Writes bytes as they are.
    pub async fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        let stdin = self.stdin.as_mut().context("stdin is closed")?;
        stdin.write_all(bytes).await?;
        stdin.flush().await?;
        Ok(())
    }

    /// Writes one message as a line.
    pub async fn send(&mut self, message: &Value) -> Result<()> {
        self.raw(format!("{message}\n").as_bytes()).await
    }

    /// Sends a request with a fresh id and returns that id.
    pub async fn request(&mut self, method: &str, params: Value) -> Result<i64> {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await?;
        Ok(id)
    }

    /// Starts a tool call and returns its id.
    pub async fn begin(&mut self, tool: &str, arguments: Value) -> Result<i64> {
        self.request(
            "tools/call",
            json!({ "name": tool, "arguments": arguments }),
        )
        .await
    }

    /// The next line as JSON, whichever it answers.
    pub async fn next(&mut self) -> Result<Value> {
        if let Some(message) = self.early.pop_front() {
            return Ok(message);
        }
        self.read().await
    }

    /// The response to `id`; other messages stay for later.
    pub async fn response(&mut self, id: i64) -> Result<Value> {
        if let Some(at) = self.early.iter().position(|message| message["id"] == id) {
            return self.early.remove(at).context("the message at this place");
        }
        loop {
            let message = self.read().await?;
            if message["id"] == id {
                return Ok(message);
            }
            self.early.push_back(message);
        }
    }

    /// The answer to the tool call `id`.
    pub async fn answer(&mut self, id: i64) -> Result<Answer> {
        let response = self.response(id).await?;
        Answer::of(&response)
    }

    /// Calls a tool and waits for its answer.
    pub async fn call(&mut self, tool: &str, arguments: Value) -> Result<Answer> {
        let id = self.begin(tool, arguments).await?;
        self.answer(id).await
    }

    /// Sends a request and waits for its response.
    pub async fn ask(&mut self, method: &str, params: Value) -> Result<Value> {
        let id = self.request(method, params).await?;
        self.response(id).await
    }

    /// The legacy handshake.
    pub async fn initialize(&mut self, version: &str) -> Result<Value> {
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
        let response = self.ask("initialize", params).await?;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
            .await?;
        Ok(response)
    }

    /// Messages that came and answered no request that was waited for, as lines.
    pub fn strays(&mut self) -> Vec<String> {
        let early = self.early.drain(..);
        early.map(|message| message.to_string()).collect()
    }

    /// Closes stdin and waits for the end.
    pub async fn end(mut self) -> Result<Ended> {
        drop(self.stdin.take());
        let status = timeout(PATIENCE, self.child.wait())
            .await
            .context("the process did not end")??;
        while let Some(line) = self.lines.recv().await {
            self.transcript.push(line);
        }
        let stderr = String::from_utf8_lossy(&self.stderr.await?).into_owned();
        Ok(Ended {
            status,
            stderr,
            transcript: self.transcript,
        })
    }

    async fn read(&mut self) -> Result<Value> {
        let line = timeout(PATIENCE, self.lines.recv())
            .await
            .context("no line came in time")?;
        let Some(line) = line else {
            bail!("the process closed its stdout")
        };
        self.transcript.push(line.clone());
        serde_json::from_str(&line).with_context(|| format!("a line that is no JSON: {line}"))
    }
}

impl Answer {
    /// The tool result in a JSON-RPC response; a protocol error is an error here.
    pub fn of(response: &Value) -> Result<Answer> {
        if response.get("error").is_some() {
            bail!("protocol error: {response}");
        }
        let result = &response["result"];
        let parts = result["content"].as_array().context("content")?;
        let text = parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n");
        Ok(Answer {
            text,
            is_error: result["isError"].as_bool().unwrap_or(false),
        })
    }
}

/// The folder of the recorded answers, for tests that read what a fixture says.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("simulator/fixtures/argocd")
}
