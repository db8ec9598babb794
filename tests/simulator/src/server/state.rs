//! What the requests of one simulator share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::accounts::Accounts;
use super::fault::Faults;
use super::genuine::Genuine;
use super::requests::Record;
use super::world::World;
use crate::returned::fields::Version;

/// One simulated server.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) record: Record,
    pub(crate) faults: Faults,
    pub(crate) settings: Settings,
    /// Answers in place of the recordings, when a test put it there.
    pub(crate) genuine: Option<Arc<dyn Genuine>>,
    accounts: Mutex<Accounts>,
    list_calls: AtomicUsize,
    /// Counts calls of `release`: a held request waits for the next one.
    releases: watch::Sender<u64>,
}

/// What does not change while it runs.
pub(crate) struct Settings {
    /// As `/api/version` says it.
    pub(crate) version: String,
    /// `/argocd`, or nothing.
    pub(crate) prefix: String,
    pub(crate) https: bool,
    pub(crate) gzip: bool,
    /// Bytes that a generated application counts for in a gRPC message.
    pub(crate) application_weight: u64,
}

impl State {
    pub(crate) fn new(
        world: World,
        settings: Settings,
        accounts: Accounts,
        genuine: Option<Arc<dyn Genuine>>,
    ) -> Self {
        Self {
            world,
            record: Record::default(),
            faults: Faults::default(),
            settings,
            genuine,
            accounts: Mutex::new(accounts),
            list_calls: AtomicUsize::new(0),
            releases: watch::Sender::new(0),
        }
    }

    pub(crate) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn version(&self) -> Version {
        Version::parse(&self.settings.version)
    }

    pub(crate) fn application_weight(&self) -> u64 {
        self.settings.application_weight
    }

    /// The number of this call of the applications list, from 0.
    pub(crate) fn next_list_call(&self) -> usize {
        self.list_calls.fetch_add(1, Ordering::SeqCst)
    }

    /// Lets every held request go on.
    pub(crate) fn release(&self) {
        self.releases.send_modify(|count| *count += 1);
    }

    /// Counts from here: taken before a request is seen, so that a release right after that is not missed.
    pub(crate) fn releases(&self) -> watch::Receiver<u64> {
        self.releases.subscribe()
    }
}
