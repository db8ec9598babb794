//! Lines in, lines out, and the end of input, on the fake backend of the server's tests.

use std::{
    cell::RefCell,
    pin::pin,
    rc::Rc,
    task::{Context, Waker},
};

use serde_json::{Value, json};

use super::serve;
use crate::{
    http::Local,
    limits,
    server::tests::rig::{Rig, ids, legacy},
};

/// Serves `input` on a fresh server and tells what was written. With `release` the calls that wait
/// at its end end in time, without they do not.
fn served(input: &[&[u8]], release: bool) -> Vec<Value> {
    let rig = Rig::new();
    let mut pieces = input.iter();
    let next = async || pieces.next().map(|piece| piece.to_vec());
    let grace = || -> Local<'static, ()> {
        if release {
            rig.fake.release();
            Box::pin(std::future::pending())
        } else {
            Box::pin(std::future::ready(()))
        }
    };
    let lines = Rc::new(RefCell::new(Vec::new()));
    let written = Rc::clone(&lines);
    let write = move |line: &str| written.borrow_mut().push(line.to_owned());
    let mut context = Context::from_waker(Waker::noop());
    assert!(
        pin!(serve(&rig.server, next, write, grace))
            .poll(&mut context)
            .is_ready()
    );
    assert_eq!(rig.fake.alive.get(), 0);
    assert!(rig.later().is_empty(), "it went to another connection");
    let one = |line: &String| {
        assert_eq!(
            line.find('\n'),
            Some(line.len() - 1),
            "one newline: {line:?}"
        );
        serde_json::from_str(line).unwrap()
    };
    lines.take().iter().map(one).collect()
}

#[test]
fn input_is_served_to_its_end_however_it_is_cut() {
    let ping = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let (head, tail) = ping.split_at(7);
    assert_eq!(ids(&served(&[head, tail, b"\n"], false)), [1]);
    assert_eq!(
        ids(&served(&[ping], false)),
        [1],
        "the last line has no newline"
    );
    assert_eq!(
        ids(&served(&[&[ping, &b"\r\n"[..], ping].concat()], false)),
        [1, 1]
    );
    assert!(served(&[], false).is_empty());
}

#[test]
fn calls_that_end_in_time_are_answered_after_the_end_of_input() {
    let params = json!({ "name": "wait", "arguments": {} });
    let line = format!("{}\n", legacy(1, "tools/call", params));
    assert_eq!(ids(&served(&[line.as_bytes()], true)), [1]);
    assert!(served(&[line.as_bytes()], false).is_empty());
}

#[test]
fn a_line_over_the_cap_gets_an_error_and_the_next_is_served() {
    let huge = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"{}"}}"#,
        "x".repeat(limits::LINE_BYTES)
    );
    let ping = br#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#;
    let answers = served(&[huge.as_bytes(), b"\n", ping], false);
    assert_eq!(ids(&answers), [Value::Null, 2.into()]);
    assert_eq!(answers[0]["error"]["code"], -32600);
}
