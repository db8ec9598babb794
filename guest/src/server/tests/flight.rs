//! Calls side by side: order, cancellation, progress, subscriptions, the end.

use std::{
    pin::pin,
    task::{Context, Waker},
};

use serde_json::{Value, json};

use super::rig::{Rig, ids, legacy, modern, notification};
use crate::{limits, server::Out};

fn call(id: impl Into<Value>, tool: &str) -> Value {
    legacy(id, "tools/call", json!({ "name": tool, "arguments": {} }))
}

fn cancel(id: impl Into<Value>) -> Value {
    notification(
        "notifications/cancelled",
        json!({ "requestId": id.into(), "reason": "test" }),
    )
}

#[test]
fn others_are_answered_while_a_call_waits() {
    let rig = Rig::new();
    assert!(rig.say(&call(1, "wait")).is_empty());
    assert_eq!(ids(&rig.say(&call(2, "echo"))), [2]);
    assert_eq!(ids(&rig.say(&legacy(3, "ping", json!({})))), [3]);
    assert!(rig.say(&call(4, "wait")).is_empty());
    rig.fake.release();
    assert_eq!(ids(&rig.later()), [1, 4]);
    assert_eq!(rig.fake.alive.get(), 0);
}

#[test]
fn a_cancelled_call_is_dropped_and_not_answered() {
    let rig = Rig::new();
    rig.say(&call(1, "wait"));
    rig.say(&call("1", "wait"));
    assert_eq!(rig.fake.alive.get(), 2);
    assert!(rig.say(&cancel(1)).is_empty());
    assert_eq!(rig.fake.alive.get(), 1, "the cancelled call still runs");
    rig.fake.release();
    assert_eq!(ids(&rig.later()), ["1"]);
    assert!(rig.say(&cancel(1)).is_empty());
}

#[test]
fn a_call_that_is_done_when_the_cancellation_comes_is_not_answered_twice() {
    let rig = Rig::new();
    assert_eq!(ids(&rig.say(&call(1, "echo"))), [1]);
    assert!(rig.say(&cancel(1)).is_empty());
    assert!(rig.later().is_empty());
}

#[test]
fn one_id_used_twice_is_answered_twice_and_cancelled_as_one() {
    let rig = Rig::new();
    rig.say(&call(1, "wait"));
    assert_eq!(ids(&rig.say(&call(1, "echo"))), [1]);
    rig.say(&call(1, "wait"));
    assert_eq!(rig.fake.alive.get(), 2);
    rig.say(&cancel(1));
    assert_eq!(rig.fake.alive.get(), 0);
}

#[test]
fn calls_beyond_the_bound_wait_in_order_and_can_be_cancelled_there() {
    let rig = Rig::new();
    let (running, last) = (limits::CALLS as u64, limits::CALLS as u64 + 2);
    for id in 0..=last {
        assert!(rig.say(&call(id, "wait")).is_empty());
    }
    assert_eq!(rig.fake.started.get(), limits::CALLS);
    rig.say(&cancel(running + 1));
    assert_eq!(ids(&rig.say(&legacy("ping", "ping", json!({})))), ["ping"]);
    rig.say(&cancel(0));
    assert_eq!(
        rig.fake.started.get(),
        limits::CALLS + 1,
        "the free place was not taken"
    );
    rig.fake.release();
    let mut answered: Vec<u64> = rig
        .later()
        .iter()
        .filter_map(|answer| answer["id"].as_u64())
        .collect();
    answered.sort_unstable();
    let expected: Vec<u64> = (1..=last).filter(|id| *id != running + 1).collect();
    assert_eq!(answered, expected);
}

#[test]
fn a_client_gone_wild_is_told_so() {
    let rig = Rig::new();
    for id in 0..limits::CALLS + limits::CALLS_WAITING {
        assert!(rig.say(&call(id, "wait")).is_empty());
    }
    assert_eq!(rig.ask(&call("more", "wait"))["error"]["code"], -32603);
    assert_eq!(rig.fake.alive.get(), limits::CALLS + limits::CALLS_WAITING);
}

#[test]
fn progress_rises_and_ends_with_the_answer() {
    let rig = Rig::new();
    let params = json!({ "name": "steps", "arguments": {}, "_meta": { "progressToken": "t" } });
    let told = rig.say(&legacy(1, "tools/call", params));
    let expected = [
        json!({ "progressToken": "t", "progress": 1, "total": 3, "message": "on the way" }),
        json!({ "progressToken": "t", "progress": 2.5, "message": "on the way" }),
    ];
    let params: Vec<Value> = told.iter().map(|line| line["params"].clone()).collect();
    assert_eq!(params, expected);
    assert!(
        told.iter()
            .all(|line| line["method"] == "notifications/progress" && line.get("id").is_none())
    );
    let reporter = rig.fake.reporter.take().unwrap();
    rig.fake.release();
    assert_eq!(ids(&rig.later()), [1]);
    reporter(9.0, None, "too late");
    assert!(rig.later().is_empty());
}

#[test]
fn progress_is_for_those_who_asked_and_still_wait() {
    let rig = Rig::new();
    assert!(rig.say(&call(1, "steps")).is_empty());
    let params = json!({ "name": "steps", "_meta": { "progressToken": 7 } });
    assert_eq!(rig.say(&modern(2, "tools/call", params)).len(), 2);
    let reporter = rig.fake.reporter.take().unwrap();
    assert!(rig.say(&cancel(2)).is_empty());
    reporter(9.0, None, "too late");
    assert!(rig.later().is_empty());
}

#[test]
fn a_subscription_is_acknowledged_stays_open_and_is_answered_at_the_end() {
    let rig = Rig::new();
    let params = json!({ "notifications": { "toolsListChanged": true } });
    let told = rig.say(&modern("s", "subscriptions/listen", params.clone()));
    assert_eq!(
        told,
        [notification(
            "notifications/subscriptions/acknowledged",
            json!({ "notifications": {}, "_meta": { "io.modelcontextprotocol/subscriptionId": "s" } })
        )]
    );
    assert_eq!(rig.say(&modern(2, "subscriptions/listen", params)).len(), 1);
    assert!(rig.say(&cancel(2)).is_empty());
    rig.server.close(&rig.client);
    let told = rig.later();
    assert_eq!(ids(&told), ["s"]);
    assert_eq!(told[0]["result"]["resultType"], "complete");
    assert_eq!(
        told[0]["result"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
        "s"
    );
}

#[test]
fn subscriptions_are_modern_checked_and_bounded() {
    let rig = Rig::new();
    let params = json!({ "notifications": {} });
    let code = |answer: Value| answer["error"]["code"].clone();
    assert_eq!(
        code(rig.ask(&legacy(1, "subscriptions/listen", params.clone()))),
        -32602
    );
    assert_eq!(
        code(rig.ask(&modern(1, "subscriptions/listen", json!({})))),
        -32602
    );
    for id in 0..limits::LISTENS {
        assert_eq!(
            rig.ask(&modern(id, "subscriptions/listen", params.clone()))
                .get("error"),
            None
        );
    }
    assert_eq!(
        code(rig.ask(&modern("more", "subscriptions/listen", params))),
        -32603
    );
}

#[test]
fn the_end_drops_what_still_runs_without_an_answer() {
    let rig = Rig::new();
    rig.say(&call(1, "wait"));
    let mut context = Context::from_waker(Waker::noop());
    assert!(
        pin!(rig.server.calls.idle())
            .poll(&mut context)
            .is_pending()
    );
    rig.server.close(&rig.client);
    assert_eq!(rig.fake.alive.get(), 0);
    assert!(rig.later().is_empty());
    assert!(pin!(rig.server.calls.idle()).poll(&mut context).is_ready());
}

#[test]
fn one_id_on_two_connections_is_two_requests() {
    let rig = Rig::new();
    let (other, heard) = rig.connect();
    rig.say(&call(1, "wait"));
    rig.server
        .message(call(1, "wait").to_string().as_bytes(), &other);
    assert_eq!(rig.fake.alive.get(), 2);
    // A cancellation reaches the calls of its own connection only.
    rig.say(&cancel(1));
    assert_eq!(rig.fake.alive.get(), 1);
    rig.fake.release();
    assert!(rig.later().is_empty());
    assert!(matches!(&heard.take()[..], [Out::Response(answer)] if answer.contains("\"id\":1")));
}

#[test]
fn a_connection_that_ends_takes_its_own_calls_and_subscriptions() {
    let rig = Rig::new();
    let (other, heard) = rig.connect();
    let listen = modern("s", "subscriptions/listen", json!({ "notifications": {} }));
    for message in [call(1, "wait"), listen] {
        rig.say(&message);
        rig.server.message(message.to_string().as_bytes(), &other);
    }
    assert!(matches!(&heard.take()[..], [Out::Notification(_)]));
    rig.server.close(&other);
    assert_eq!(rig.fake.alive.get(), 1);
    assert!(matches!(&heard.take()[..], [Out::Response(_)]));
    rig.fake.release();
    assert_eq!(ids(&rig.later()), [1]);
}
