//! Logs with parameters that nobody recorded.

use serde_json::Value;

use super::{PATIENCE, start};
use crate::Simulator;
use crate::server::test_client::get;

const GUESTBOOK: &str = "/api/v1/applications/guestbook/logs";
const CHECKOUT: &str = "/api/v1/applications/checkout-api/logs";
const POD: &str = "podName=guestbook-7969d88797-26vzn";

/// Contents, and whether the end was marked.
fn read(sim: &Simulator, path: &str) -> (Vec<String>, bool) {
    let got = get(sim, path);
    assert_eq!(got.status, 200, "{}", got.text());
    let entries: Vec<Value> = got
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ended = entries
        .last()
        .is_some_and(|entry| entry["result"]["last"] == true);
    let lines = entries
        .iter()
        .filter(|entry| entry["result"]["last"] == false)
        .map(|entry| entry["result"]["content"].as_str().unwrap().to_owned())
        .collect();
    (lines, ended)
}

#[test]
fn the_tail_is_cut_before_the_filter_and_per_pod() {
    let sim = start();
    let (all, ended) = read(&sim, &format!("{GUESTBOOK}?{POD}"));
    assert!(ended);
    let (tail, _) = read(&sim, &format!("{GUESTBOOK}?{POD}&tailLines=3"));
    assert_eq!(tail, all[all.len() - 3..]);
    let (filtered, _) = read(&sim, &format!("{GUESTBOOK}?{POD}&tailLines=3&filter=SLOW"));
    assert_eq!(filtered, [&all[all.len() - 2][..]]);
    let (cased, _) = read(
        &sim,
        &format!("{GUESTBOOK}?{POD}&tailLines=3&filter=SLOW&matchCase=true"),
    );
    assert_eq!(cased, [""; 0]);
    let (early, _) = read(
        &sim,
        &format!("{GUESTBOOK}?{POD}&tailLines=3&filter=starting"),
    );
    assert_eq!(early, [""; 0]);
    let (by_set, _) = read(
        &sim,
        &format!(
            "{GUESTBOOK}?group=apps&kind=ReplicaSet&resourceName=guestbook-7969d88797&tailLines=1"
        ),
    );
    assert_eq!(by_set.len(), 3);
    let (by_path, _) = read(
        &sim,
        "/api/v1/applications/guestbook/pods/guestbook-7969d88797-26vzn/logs",
    );
    assert_eq!(by_path, all);
}

#[test]
fn the_kubelet_answers_in_a_line_of_the_year_one() {
    let sim = start();
    let pod = "podName=checkout-api-67948d46c5-5bbdp&namespace=checkout";
    let (lines, ended) = read(&sim, &format!("{CHECKOUT}?{pod}&tailLines=5"));
    let choose = "a container name must be specified for pod checkout-api-67948d46c5-5bbdp, choose one of: [api envoy]";
    assert_eq!((lines, ended), (vec![choose.to_owned()], true));
    let entry = get(&sim, &format!("{CHECKOUT}?{pod}")).text();
    assert!(entry.contains(r#""timeStamp":null"#) && entry.contains("0001-01-01T00:00:00Z"));
    // The filter hides it.
    assert_eq!(
        read(&sim, &format!("{CHECKOUT}?{pod}&filter=error")).0,
        [""; 0]
    );
    // One line for each pod of the application.
    assert_eq!(read(&sim, CHECKOUT).0.len(), 3);
    let (envoy, _) = read(
        &sim,
        &format!("{CHECKOUT}?{pod}&container=envoy&tailLines=2"),
    );
    assert_eq!(envoy.len(), 2);
    let (none, _) = read(
        &sim,
        &format!("{CHECKOUT}?{pod}&container=envoy&previous=true&tailLines=7"),
    );
    assert!(none[0].starts_with("previous terminated container"));
    let (wrong, _) = read(&sim, &format!("{CHECKOUT}?{pod}&container=nope"));
    assert!(wrong[0].starts_with("container nope is not valid"));
}

#[test]
fn a_pod_elsewhere_is_no_pod() {
    let sim = start();
    for query in [
        format!("{POD}&namespace=elsewhere"),
        "podName=nope".to_owned(),
    ] {
        assert_eq!(get(&sim, &format!("{GUESTBOOK}?{query}")).text(), "");
    }
}

#[test]
fn the_line_behind_the_end_time_is_the_last() {
    let sim = start();
    let got = get(
        &sim,
        &format!("{GUESTBOOK}?{POD}&untilTime=2026-11-22T21:11:39.5Z"),
    );
    let entries: Vec<Value> = got
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[2]["result"]["last"], true);
    assert!(
        entries[2]["result"]["content"]
            .as_str()
            .unwrap()
            .contains("listening")
    );
}

#[test]
fn a_followed_log_stays_open() {
    use std::io::{BufRead as _, Write as _};
    let sim = start();
    let mut stream = std::net::TcpStream::connect(sim.addr()).unwrap();
    let token = sim.token();
    write!(stream, "GET {GUESTBOOK}?{POD}&tailLines=1&follow=true HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n").unwrap();
    let mut lines = std::io::BufReader::new(&stream).lines();
    assert!(lines.any(|line| line.unwrap().contains("status=200")));
    assert!(!sim.requests()[0].finished);
    drop(lines);
    drop(stream);
    assert!(sim.wait_until(|seen| seen[0].aborted, PATIENCE));
}

#[test]
fn more_pods_than_the_limit_are_refused() {
    let sim = start();
    sim.edit("/api/v1/applications/guestbook/resource-tree", |tree| {
        let pod = tree["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|n| n["kind"] == "Pod")
            .unwrap()
            .clone();
        for number in 0..9 {
            let mut pod = pod.clone();
            pod["name"] = format!("guestbook-more-{number}").into();
            tree["nodes"].as_array_mut().unwrap().push(pod);
        }
    });
    let got = get(&sim, GUESTBOOK);
    assert_eq!(got.status, 400);
    assert!(
        got.json()["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("max pods to view logs are reached")
    );
}
