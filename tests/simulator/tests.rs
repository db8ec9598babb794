//! The simulator against what was recorded, and against its own promises.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::test_client::{Client, get};
use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

fn start() -> Simulator {
    Simulator::builder().start().unwrap()
}

#[test]
fn answers_recorded_requests() {
    let sim = start();
    let got = get(&sim, "/api/v1/applications/guestbook");
    assert_eq!(got.status, 200);
    assert_eq!(got.json()["metadata"]["name"], "guestbook");
    let got = get(&sim, "/api/v1/applications/nope");
    assert_eq!((got.status, got.json()["code"].as_u64()), (403, Some(7)));
    assert_eq!(sim.count("GET", "/api/v1/applications/"), 2);
    assert_eq!(sim.connections(), 2);
}

#[test]
fn a_held_request_waits_for_the_release_and_no_longer() {
    let sim = start();
    sim.fault(Fault::on("/api/version", FaultKind::Hold).times(1));
    std::thread::scope(|scope| {
        let held = scope.spawn(|| get(&sim, "/api/version").status);
        assert!(sim.wait_until(|seen| seen.len() == 1, PATIENCE));
        assert_eq!(get(&sim, "/api/version").status, 200);
        assert_eq!(sim.requests()[0].status, None);
        sim.release();
        assert_eq!(held.join().unwrap(), 200);
    });
}
