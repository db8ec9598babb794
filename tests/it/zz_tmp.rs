use argocd_tests::{harness::Start, simulator::*};
use serde_json::json;
#[tokio::test]
async fn zz_tmp() {
    for n in [1_000usize, 50_000] {
    let simulator = Simulator::builder().generated(n).start().unwrap();
    let mut host = Start::run(crate::HOST).against(&simulator).arg("--stats").start().unwrap();
    let t = std::time::Instant::now();
    let r = host.call("list_applications", json!({})).await;
    eprintln!("{n} {:?} {:?}", t.elapsed(), r.map(|a| a.text.chars().take(300).collect::<String>()).map_err(|e| e.to_string()));
    eprintln!("{:?}", host.end().await.map(|e| (e.status, e.stderr)));
    }
    for kind in [FaultKind::GzipBomb { bytes: 3 << 30 }, FaultKind::HugeBody { bytes: 64 << 20 }, FaultKind::TornBody { after: 40 }, FaultKind::CloseBeforeHead] {
        let simulator = Simulator::builder().start().unwrap();
        simulator.fault(Fault::on("/api/v1/clusters", kind.clone()));
        let mut host = Start::run(crate::HOST).against(&simulator).start().unwrap();
        let t = std::time::Instant::now();
        let r = host.call("list_clusters", json!({})).await;
        eprintln!("{kind:?} {:?} {:?}", t.elapsed(), r.map(|a| a.text).map_err(|e| e.to_string()));
        eprintln!("{:?}", host.end().await.map(|e| (e.status, e.stderr)));
    }
}
