//! The positive control: a runtime without policy. Whatever an escape test tries must succeed here,
//! or the test proves nothing.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use argocd_tests::{
    hostile::{Attempt, Canary, Field},
    simulator::Simulator,
};
use http_body_util::BodyExt;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::json;
use wasmtime::{
    Config, Engine, Store,
    component::{Component, Linker, ResourceTable},
};
use wasmtime_wasi::{
    WasiCtx, WasiCtxView, WasiView,
    p2::{
        bindings::Command,
        pipe::{MemoryInputPipe, MemoryOutputPipe},
    },
};
use wasmtime_wasi_http::{
    Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView,
    WasiHttpHooks, WasiHttpView,
};

/// Runs a component with these lines as its stdin and everything allowed; returns its stdout.
pub(crate) async fn run(component: &[u8], environment: &[(&str, &str)], stdin: String) -> String {
    said(component, environment, stdin).await.0
}

/// Has a component make these attempts of the table, a runtime without policy around it; what it said.
/// Those that would leave this machine are left out.
pub(crate) async fn attempts(
    component: &[u8],
    (simulator, canary): (&Simulator, &Canary),
    attempts: impl Iterator<Item = &'static Attempt>,
) -> String {
    let field = Field {
        server: simulator.addr(),
        canary: canary.address(),
    };
    let harmless = attempts.filter(|attempt| attempt.is_harmless());
    let tried: Vec<_> = harmless.map(|attempt| attempt.request(&field)).collect();
    let line = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "list_applications", "arguments": { "attempts": tried } } });
    let token = [("ARGOCD_AUTH_TOKEN", simulator.token())];
    run(component, &token, format!("{line}\n")).await
}

/// The same as [`run`], with its stderr besides.
pub(crate) async fn said(
    component: &[u8],
    environment: &[(&str, &str)],
    stdin: String,
) -> (String, String) {
    let engine = Engine::new(&Config::new()).unwrap();
    let component = Component::from_binary(&engine, component).unwrap();
    let mut linker = Linker::<Open>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).unwrap();
    let (stdout, stderr) = (
        MemoryOutputPipe::new(1 << 20),
        MemoryOutputPipe::new(1 << 20),
    );
    let wasi = WasiCtx::builder()
        .envs(environment)
        .stdin(MemoryInputPipe::new(stdin))
        .stdout(stdout.clone())
        .stderr(stderr.clone())
        .build();
    let state = Open {
        wasi,
        table: ResourceTable::new(),
        http: WasiHttpCtx::new(),
        hooks: Sender,
    };
    let mut store = Store::new(&engine, state);
    let command = Command::instantiate_async(&mut store, &component, &linker)
        .await
        .unwrap();
    // Its exit status plays no part: what counts is what it sent.
    let _ = command.wasi_cli_run().call_run(&mut store).await;
    drop(store);
    let text = |pipe: MemoryOutputPipe| String::from_utf8_lossy(&pipe.contents()).into_owned();
    (text(stdout), text(stderr))
}

struct Open {
    wasi: WasiCtx,
    table: ResourceTable,
    http: WasiHttpCtx,
    hooks: Sender,
}

impl WasiView for Open {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Open {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// What some of the odd requests wait for in vain, such as a CONNECT: a local server answers at once.
const ANSWER: std::time::Duration = std::time::Duration::from_secs(2);

/// Sends everything, as it is, anywhere.
struct Sender;

type Sent = Box<
    dyn Future<
            Output = Result<
                (
                    http::Response<WasiBody>,
                    Box<dyn Future<Output = Result<(), Error>> + Send>,
                ),
                Error,
            >,
        > + Send,
>;

impl WasiHttpHooks for Sender {
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(|_| false)
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _fut: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Sent {
        Box::new(async move {
            let client = Client::builder(TokioExecutor::new()).build_http::<Shared>();
            let response = client.request(request.map(Shared::new));
            let response = tokio::time::timeout(ANSWER, response)
                .await
                .map_err(|_| Error::HttpResponseTimeout)?
                .map_err(|error| Error::InternalError(Some(error.to_string())))?;
            let response = response.map(|body| body.map_err(Error::from).boxed_unsync());
            Ok((
                response,
                Box::new(async { Ok(()) }) as Box<dyn Future<Output = Result<(), Error>> + Send>,
            ))
        })
    }
}

/// The client wants a body whose errors are standard errors.
struct Shared(WasiBody);

impl Shared {
    fn new(body: WasiBody) -> Shared {
        Shared(body)
    }
}

impl http_body::Body for Shared {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>> {
        Pin::new(&mut self.0)
            .poll_frame(cx)
            .map_err(|error| std::io::Error::other(format!("{error:?}")))
    }
}
