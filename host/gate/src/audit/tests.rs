#![allow(clippy::unwrap_used)]

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::Value;

use super::*;

/// A sink to look into; fails after so many lines.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<(Vec<u8>, Option<usize>)>>);

impl Memory {
    fn lines(&self) -> Vec<Value> {
        let held = self.0.lock().unwrap();
        let text = std::str::from_utf8(&held.0).unwrap();
        assert!(text.is_ascii() && text.ends_with('\n'));
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap();
        if let Some(left) = &mut held.1 {
            *left = left.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
        }
        held.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn decision<'a>(allowed: bool, calls: &'a [(&'a str, &'a str)]) -> Decision<'a> {
    Decision {
        actor: Actor::Guest,
        allowed,
        calls,
        rule: "rule",
        reason: if allowed { "" } else { "because" },
        method: "GET",
        authority: None,
        path: "/api/version",
        keys: &["a", "b"],
    }
}

#[test]
fn lines_say_what_they_are_documented_to_say() {
    let sink = Memory::default();
    let audit = Audit::to_writer(sink.clone());
    let started = Started {
        component: "abc",
        policies: &["def".to_owned()],
        origin: "https://h",
        trust: "insecure",
    };
    audit.started(&started).unwrap();
    let calls = [("7", "t2"), ("\"x\"", "t1"), ("not json", "t1")];
    let seq = audit.decision(&decision(true, &calls)).unwrap();
    audit.decision(&decision(false, &[])).unwrap();
    let outcome = Outcome {
        actor: Actor::Guest,
        status: Some(200),
        reason: "ok",
        address: Some("10.0.0.1:443".parse().unwrap()),
        bytes: 12,
        elapsed: Duration::from_millis(34),
    };
    audit.outcome(seq, &outcome).unwrap();
    audit.refused("header-syntax", "bad\r\nname").unwrap();
    audit
        .imports_refused("abc", &["wasi:sockets/tcp@0.2.0".to_owned()])
        .unwrap();
    audit.ended(134).unwrap();
    audit.ended(0).unwrap();
    let mut lines = sink.lines();
    for line in &mut lines {
        // The same in each line of a run, another one in each run.
        let run = line.as_object_mut().unwrap().remove("run").unwrap();
        assert_eq!(run.as_str().unwrap(), &*audit.lock().run);
        assert_eq!(run.as_str().unwrap().len(), 16);
        let time = line.as_object_mut().unwrap().remove("time").unwrap();
        assert_eq!(
            time.as_str().unwrap().len(),
            "2026-01-01T00:00:00.000Z".len()
        );
    }
    let expected = serde_json::json!([
        {"seq": 1, "kind": "started", "component": "abc", "policies": ["def"], "origin": "https://h", "trust": "insecure"},
        {"seq": 2, "kind": "decision", "actor": "guest", "decision": "allow", "ids": [7, "x", "not json"],
         "tools": ["t1", "t2"], "rule": "rule", "method": "GET", "path": "/api/version", "keys": ["a", "b"]},
        {"seq": 3, "kind": "decision", "actor": "guest", "decision": "deny", "rule": "rule",
         "method": "GET", "path": "/api/version", "keys": ["a", "b"], "reason": "because"},
        {"seq": 2, "kind": "outcome", "actor": "guest", "status": 200, "reason": "ok",
         "address": "10.0.0.1:443", "bytes": 12, "ms": 34},
        {"seq": 4, "kind": "refused", "actor": "guest", "rule": "header-syntax", "reason": "bad\r\nname"},
        {"seq": 5, "kind": "imports_refused", "rule": "imports", "component": "abc",
         "imports": ["wasi:sockets/tcp@0.2.0"]},
        {"seq": 6, "kind": "ended", "exit_code": 134, "allowed": 1, "denied": 1},
    ]);
    assert_eq!(Value::Array(lines), expected);
    assert_ne!(Audit::to_writer(sink).lock().run, audit.lock().run);
}

#[test]
fn a_run_that_never_started_has_no_last_line() {
    let sink = Memory::default();
    let audit = Audit::to_writer(sink.clone());
    audit.ended(4).unwrap();
    assert!(sink.0.lock().unwrap().0.is_empty());
}

#[test]
fn a_lost_line_ends_all_decisions() {
    let sink = Memory(Arc::new(Mutex::new((Vec::new(), Some(1)))));
    let audit = Audit::to_writer(sink.clone());
    assert!(audit.decision(&decision(true, &[])).is_ok());
    assert!(!audit.is_broken());
    assert!(audit.decision(&decision(true, &[])).is_err());
    sink.0.lock().unwrap().1 = None;
    assert!(
        audit.decision(&decision(true, &[])).is_err(),
        "the sink works again, the log has a hole"
    );
    assert!(audit.is_broken());
    assert_eq!(sink.lines().len(), 1);
}

#[test]
fn hostile_text_stays_one_short_ascii_line() {
    let sink = Memory::default();
    let audit = Audit::to_writer(sink.clone());
    let long = "é".repeat(AUDIT_TEXT_BYTES);
    let path = "/\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\n\u{7f}\u{1f600}";
    let keys = vec!["k"; AUDIT_LIST + 9];
    let hostile = Decision {
        path,
        reason: &long,
        keys: &keys,
        ..decision(false, &[])
    };
    audit.decision(&hostile).unwrap();
    let line = &sink.lines()[0];
    assert_eq!(line["path"], path);
    assert_eq!(line["keys"].as_array().unwrap().len(), AUDIT_LIST);
    assert!(line["reason"].as_str().unwrap().len() <= AUDIT_TEXT_BYTES + "…".len());
    assert!(
        sink.0
            .lock()
            .unwrap()
            .0
            .iter()
            .all(|byte| (b' '..0x7f).contains(byte) || *byte == b'\n')
    );
}

#[test]
fn times_are_utc_dates() {
    let rows = [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_399, "2000-02-28T23:59:59.000Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199, "2024-02-29T23:59:59.000Z"),
        (1_709_251_200, "2024-03-01T00:00:00.000Z"),
        (1_798_761_599, "2026-12-31T23:59:59.000Z"),
        (4_107_542_400, "2100-03-01T00:00:00.000Z"),
    ];
    for (seconds, date) in rows {
        assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(seconds)), date);
    }
}
