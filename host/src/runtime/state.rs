//! What one instance of the component owns in the host: its WASI context, its resource table, its limits.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use argocd_gate::{audit::Audit, calls::Calls, egress::Egress};
use wasmtime::{StoreLimits, StoreLimitsBuilder, component::ResourceTable};
use wasmtime_wasi::{HostWallClock, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView,
    WasiHttpHooks, WasiHttpView,
};

use super::meter::Meter;
use crate::{
    limits,
    stdio::{inbox::Inbox, outbox::Outbox, stderr::Stderr},
    upstream::Upstream,
};

/// The store's data.
pub(crate) struct State {
    wasi: WasiCtx,
    pub(crate) table: ResourceTable,
    http: WasiHttpCtx,
    hooks: NoHooks,
    pub(crate) limits: Peak,
    pub(crate) egress: Arc<Egress>,
    pub(crate) upstream: Upstream,
    pub(crate) audit: Arc<Audit>,
    pub(crate) calls: Arc<Calls>,
    pub(crate) meter: Arc<Meter>,
}

/// What the component gets from outside: nothing else than this.
pub(crate) struct Grants {
    pub(crate) egress: Arc<Egress>,
    pub(crate) upstream: Upstream,
    pub(crate) audit: Arc<Audit>,
    pub(crate) calls: Arc<Calls>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) stdin: Inbox,
    pub(crate) stdout: Outbox,
    pub(crate) stderr: Stderr,
}

impl State {
    /// A fresh instance's state.
    pub(crate) fn new(grants: &Grants, meter: Arc<Meter>) -> State {
        let mut wasi = WasiCtx::builder();
        if let Some(then) = grants.upstream.moment() {
            wasi.wall_clock(Since {
                then,
                begun: Instant::now(),
            });
        }
        let wasi = wasi
            .arg("argocd")
            .envs(&grants.environment)
            .stdin(grants.stdin.clone())
            .stdout(grants.stdout.clone())
            .stderr(grants.stderr.clone())
            .allow_ip_name_lookup(false)
            .allow_tcp(false)
            .allow_udp(false)
            .max_random_size(limits::RANDOM_BYTES)
            .build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits::HANDLES);
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(limits::FIELD_BYTES);
        State {
            wasi,
            table,
            http,
            hooks: NoHooks,
            limits: Peak::new(),
            egress: grants.egress.clone(),
            upstream: grants.upstream.clone(),
            audit: grants.audit.clone(),
            calls: grants.calls.clone(),
            meter,
        }
    }
}

/// The time of a recording, going on: ages in answers count from it.
struct Since {
    /// Since 1970.
    then: Duration,
    begun: Instant,
}

impl HostWallClock for Since {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        self.then + self.begun.elapsed()
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// The stock hooks are out of the way: our own `handle` judges and sends.
pub(crate) struct NoHooks;

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

impl WasiHttpHooks for NoHooks {
    fn is_forbidden_header(&mut self, _name: &http::HeaderName) -> bool {
        false
    }

    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(|_| false)
    }

    fn send_request(
        &mut self,
        _request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _fut: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Sent {
        // The stock outgoing handler is not linked, so nothing calls this.
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}

/// The store's limits, and the largest memory that was asked for and granted.
pub(crate) struct Peak {
    inner: StoreLimits,
    memory: usize,
}

impl Peak {
    fn new() -> Peak {
        let inner = StoreLimitsBuilder::new()
            .memory_size(limits::MEMORY_BYTES)
            .table_elements(limits::TABLE_ELEMENTS)
            .instances(limits::INSTANCES)
            .tables(limits::TABLES)
            .memories(limits::MEMORIES)
            .build();
        Peak { inner, memory: 0 }
    }

    /// Largest size of the component's linear memory so far, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }
}

impl wasmtime::ResourceLimiter for Peak {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let granted = self.inner.memory_growing(current, desired, maximum)?;
        if granted {
            self.memory = self.memory.max(desired);
        }
        Ok(granted)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.inner.memory_grow_failed(error)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.inner.table_growing(current, desired, maximum)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.inner.table_grow_failed(error)
    }

    fn instances(&self) -> usize {
        self.inner.instances()
    }

    fn tables(&self) -> usize {
        self.inner.tables()
    }

    fn memories(&self) -> usize {
        self.inner.memories()
    }
}
