//! 5,000 applications: the same lists and filters on both servers, and what they take.

use std::time::{Duration, Instant};

use argocd_tests::{
    harness::{Lab, Start},
    simulator::{Simulator, Wanted},
};
use serde_json::{Value, json};

use crate::HOST;

const COUNT: usize = 5_000;
/// The host holds rows, never the list, whoever serves it.
const HOST_BYTES: u64 = 32 << 20;
/// The server's own floor is about a second a list on two idle cores.
const SLOWEST_LIST: Duration = Duration::from_secs(60);

/// What one server's run took, and what it said.
struct Run {
    answers: Vec<String>,
    times: Vec<Duration>,
    host_bytes: u64,
}

fn questions() -> Vec<Value> {
    vec![
        json!({}),
        json!({ "project": "payments" }),
        json!({ "health": "Degraded,Missing", "sync": "OutOfSync" }),
        json!({ "selector": "team=alpha" }),
        json!({ "search": "service-00042" }),
        json!({ "group_by": "project" }),
        json!({ "sort": "name", "limit": 500 }),
        json!({ "project": "no-such-project" }),
    ]
}

async fn run(url: &str, token: &str) -> Run {
    let mut host = Start::run(HOST)
        .env("ARGOCD_SERVER", url)
        .env("ARGOCD_AUTH_TOKEN", token)
        .arg("--stats")
        .start()
        .unwrap();
    let (mut answers, mut times) = (Vec::new(), Vec::new());
    for question in questions() {
        let begun = Instant::now();
        let answer = host
            .call("list_applications", question.clone())
            .await
            .unwrap();
        times.push(begun.elapsed());
        assert!(!answer.is_error, "{question}: {}", answer.text);
        answers.push(answer.text);
    }
    let ended = host.end().await.unwrap();
    let stats: Value = ended
        .stderr
        .lines()
        .find_map(|line| serde_json::from_str(line).ok())
        .unwrap();
    Run {
        answers,
        times,
        host_bytes: stats["peak_memory_bytes"].as_u64().unwrap(),
    }
}

#[tokio::test]
async fn five_thousand_applications_are_listed_alike() {
    let simulator = Simulator::builder().generated(COUNT).start().unwrap();
    let lab = Lab::wanted(&Wanted {
        prefix: String::new(),
        accounts: Vec::new(),
        generated: Some(COUNT),
        keep_recorded: false,
        application_weight: 0,
        unshared: true,
    })
    .unwrap();
    let simulated = run(&simulator.url(), simulator.token()).await;
    let genuine = run(lab.url(), lab.token("ci")).await;
    let ratio = |a: f64, b: f64| if b == 0.0 { 0.0 } else { a / b };
    println!("{COUNT} applications, the genuine server beside the simulator:");
    for (number, question) in questions().iter().enumerate() {
        let (a, b) = (genuine.times[number], simulated.times[number]);
        println!(
            "  {question}: {:.1} times as long ({a:.1?} for {b:.1?})",
            ratio(a.as_secs_f64(), b.as_secs_f64())
        );
        assert_eq!(
            genuine.answers[number], simulated.answers[number],
            "{question}"
        );
        assert!(a < SLOWEST_LIST, "{question}: {a:?}");
    }
    #[allow(clippy::cast_precision_loss)]
    let bytes = ratio(genuine.host_bytes as f64, simulated.host_bytes as f64);
    println!(
        "  peak memory of the component: {bytes:.2} times ({} bytes for {})",
        genuine.host_bytes, simulated.host_bytes
    );
    println!("  peak memory of the server: {:?} bytes", lab.peak_memory());
    assert!(genuine.host_bytes <= HOST_BYTES && simulated.host_bytes <= HOST_BYTES);
    // Both read the same rows: what they take may differ by how the answer is cut into chunks.
    assert!((0.5..2.0).contains(&bytes), "{bytes}");
}
