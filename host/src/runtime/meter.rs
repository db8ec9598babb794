//! The CPU meter: a token bucket over the CPU time of polls of the guest's future, host
//! functions included, and the ticker that lets the engine look at it. The ticker is parked while
//! the guest waits, so an idle server uses no CPU.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
    thread::Thread,
    time::{Duration, Instant},
};

use argocd_gate::bucket::Bucket;
use wasmtime::{Engine, EngineWeak};

use crate::limits;

/// Meters one guest; shared with the body reader, which grants time for what it delivers.
pub(crate) struct Meter {
    account: Mutex<Account>,
    running: AtomicBool,
    parked: AtomicBool,
    granted_ns: AtomicU64,
    ticker: Mutex<Option<Thread>>,
}

struct Account {
    /// In seconds of CPU time.
    bucket: Bucket,
    /// This thread's CPU time when the guest was entered.
    entered: Option<Duration>,
}

impl Meter {
    /// A full bucket, and a ticker thread for `engine`, parked while nothing runs.
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Arc<Meter>> {
        let meter = Arc::new(Meter {
            account: Mutex::new(Account {
                bucket: Bucket::full(
                    limits::CPU_BURST.as_secs_f64(),
                    f64::from(limits::CPU_REFILL_PERCENT) / 100.0,
                    Instant::now(),
                ),
                entered: None,
            }),
            running: AtomicBool::new(false),
            parked: AtomicBool::new(false),
            granted_ns: AtomicU64::new(0),
            ticker: Mutex::new(None),
        });
        let (weak, shared) = (engine.weak(), Arc::downgrade(&meter));
        let handle = std::thread::Builder::new()
            .name("epoch".into())
            .spawn(move || tick(&weak, &shared))?;
        *meter.ticker.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(handle.thread().clone());
        Ok(meter)
    }

    /// Runs `future` with every poll of it metered.
    pub(crate) async fn metered<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|cx| {
            self.enter();
            let polled: Poll<_> = future.as_mut().poll(cx);
            self.leave();
            polled
        })
        .await
    }

    /// More time for a guest that has `bytes` of a body to parse.
    pub(crate) fn grant(&self, bytes: u64) {
        let ns = bytes.saturating_mul(limits::CPU_PER_BODY_MIB.as_nanos() as u64) >> 20;
        self.granted_ns.fetch_add(ns, Ordering::Relaxed);
    }

    /// Time to start for an instance that replaces a trapped one. A full bucket would earn a guest
    /// five seconds for each trap.
    pub(crate) fn allow_restart(&self) {
        let least = limits::CPU_RESTART.as_secs_f64();
        self.account().bucket.raise(least);
    }

    /// Whether the guest has used up its time; asked by the engine at each epoch.
    pub(crate) fn spent(&self) -> bool {
        let granted = Duration::from_nanos(self.granted_ns.swap(0, Ordering::Relaxed));
        let mut account = self.account();
        account.bucket.add(granted.as_secs_f64());
        let left = account.bucket.left();
        match account.entered {
            Some(entered) => cpu_time().saturating_sub(entered).as_secs_f64() > left,
            None => left <= 0.0,
        }
    }

    fn enter(&self) {
        let now = Instant::now();
        {
            let mut account = self.account();
            account.bucket.refill(now);
            account.entered = Some(cpu_time());
        }
        self.running.store(true, Ordering::SeqCst);
        if self.parked.load(Ordering::SeqCst)
            && let Some(thread) = &*self.ticker.lock().unwrap_or_else(PoisonError::into_inner)
        {
            thread.unpark();
        }
    }

    fn leave(&self) {
        self.running.store(false, Ordering::SeqCst);
        let mut account = self.account();
        if let Some(entered) = account.entered.take() {
            let used = cpu_time().saturating_sub(entered).as_secs_f64();
            account.bucket.spend(used, Instant::now());
        }
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// CPU time of this thread, on which the guest runs and is asked: on a busy machine, time that other
/// processes took is not the guest's.
#[cfg(target_os = "linux")]
fn cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock exists on every Linux, and the pointer is to a timespec of ours.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

/// Time that passes, where there is no clock of a thread's own.
#[cfg(not(target_os = "linux"))]
fn cpu_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Increments the epoch while the guest runs and parks after a few idle rounds.
fn tick(engine: &EngineWeak, meter: &std::sync::Weak<Meter>) {
    let mut idle = 0;
    loop {
        std::thread::sleep(limits::EPOCH_TICK);
        let (Some(engine), Some(meter)) = (engine.upgrade(), meter.upgrade()) else {
            return;
        };
        if meter.running.load(Ordering::SeqCst) {
            idle = 0;
            engine.increment_epoch();
            continue;
        }
        idle += 1;
        if idle < limits::EPOCH_IDLE_ROUNDS {
            continue;
        }
        meter.parked.store(true, Ordering::SeqCst);
        // Look again: the guest may have entered between the check and the flag.
        let wait = !meter.running.load(Ordering::SeqCst);
        drop(engine);
        if wait {
            std::thread::park();
        }
        meter.parked.store(false, Ordering::SeqCst);
        idle = 0;
    }
}
