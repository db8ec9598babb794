//! One call and 32 at once over pooled TLS, alternating with a native program that does the same job.

use std::time::{Duration, Instant};

use argocd_tests::simulator::Simulator;

use crate::{SMALL, cores, peer::Peer, report};

/// How often both programs are started anew: the system settles on which cores they run soon after
/// that, and one start would be measured by its luck.
const STARTS: usize = 8;
/// Calls that open connections and warm up both sides alike.
const WARM_UP: usize = 10;

/// Prints both, of so many rounds, and gives what one call took.
///
/// One call is a chain of three programs of which one runs at a time. Left to itself the system
/// sometimes keeps the baseline's chain on one core and sometimes wakes another core at each step,
/// which takes twice as long: so one call is measured on one core, and besides as the system likes.
pub(crate) fn measure(calls: usize, batches: usize) -> Duration {
    match cores::bind_to_one() {
        Some(_bound) => {
            let (ours, native) = Pair::start().one(calls);
            report("one call, all on one core", ours, native, "3");
        }
        None => println!("one call, all on one core    not measured: there is no `taskset` here"),
    }
    let (mut one, mut at_once) = (Times::default(), Times::default());
    for _ in 0..STARTS {
        let mut pair = Pair::start();
        add(&mut one, pair.one(calls.div_ceil(STARTS)));
        add(&mut at_once, pair.at_once(batches.div_ceil(STARTS)));
    }
    let took = report("one call, on any core", one.0, one.1, "none");
    report("32 calls at once", at_once.0, at_once.1, "2.5");
    took
}

/// Both programs, towards one server.
struct Pair {
    ours: Peer,
    native: Peer,
    _simulator: Simulator,
}

/// Times of ours, times of the baseline.
type Times = (Vec<Duration>, Vec<Duration>);

fn add(all: &mut Times, more: Times) {
    all.0.extend(more.0);
    all.1.extend(more.1);
}

impl Pair {
    fn start() -> Pair {
        // Identity for both: the simulator's own deflate would be most of what is measured.
        let simulator = Simulator::builder().https().without_gzip().start().unwrap();
        simulator.replace("/api/v1/clusters", SMALL);
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("ca.pem");
        std::fs::write(&authority, simulator.ca_pem().unwrap()).unwrap();
        let (url, authority) = (simulator.url(), authority.display().to_string());
        let server = |name| {
            [
                (name, &*url),
                ("ARGOCD_AUTH_TOKEN", simulator.token()),
                ("ARGOCD_CA_FILE", &authority),
            ]
        };
        let mut ours = Peer::host(&server("ARGOCD_SERVER"));
        let mut native = Peer::native(&server("ARGOCD_BENCH_NATIVE"));
        for peer in [&mut ours, &mut native] {
            for id in 0..WARM_UP {
                once(peer, id);
            }
        }
        Pair {
            ours,
            native,
            _simulator: simulator,
        }
    }

    fn one(&mut self, rounds: usize) -> Times {
        (WARM_UP..WARM_UP + rounds)
            .map(|id| (once(&mut self.ours, id), once(&mut self.native, id)))
            .unzip()
    }

    fn at_once(&mut self, rounds: usize) -> Times {
        for peer in [&mut self.ours, &mut self.native] {
            for round in 0..WARM_UP {
                batch(peer, round);
            }
        }
        (WARM_UP..WARM_UP + rounds)
            .map(|round| (batch(&mut self.ours, round), batch(&mut self.native, round)))
            .unzip()
    }
}

fn once(peer: &mut Peer, id: usize) -> Duration {
    let begun = Instant::now();
    let answer = peer.ask(&call(id));
    let took = begun.elapsed();
    assert!(answer.contains("in-cluster"), "{answer}");
    took
}

fn batch(peer: &mut Peer, round: usize) -> Duration {
    let begun = Instant::now();
    (0..32).for_each(|i| peer.tell(&call(1_000 * (round + 1) + i)));
    for _ in 0..32 {
        let answer = peer.hear();
        assert!(answer.contains("in-cluster"), "{answer}");
    }
    begun.elapsed()
}

fn call(id: usize) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"list_clusters","arguments":{{}}}}}}"#
    )
}
