//! Logs of which few lines say why, and what of them is quoted.

use serde_json::json;

use super::{TAIL_LINES, log};
use crate::model::log::Stream;

/// A stream of these lines.
fn stream(lines: &[String]) -> Stream {
    let mut stream = Stream::default();
    for line in lines {
        let entry = json!({"result": {"content": line, "timeStampStr": "2026-11-27T07:00:00Z", "podName": "p"}});
        stream.push(entry.to_string().as_bytes());
    }
    stream
}

fn quoted(lines: &[String]) -> String {
    log(&stream(lines)).join("\n")
}

fn several(count: usize, line: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(line).collect()
}

#[test]
fn a_panic_before_a_dump_of_all_goroutines_is_told_with_its_frame() {
    for reason in [
        "fatal error: concurrent map writes",
        "panic: assignment to entry in nil map",
    ] {
        let mut lines = vec![
            "level=info msg=started".to_owned(),
            reason.to_owned(),
            String::new(),
            "goroutine 77 [running]:".to_owned(),
            "runtime.throw({0x1, 0x2})".to_owned(),
            "\t/usr/lib/go/runtime/panic.go:9 +0x1".to_owned(),
            "main.(*cache).put(0xc0001)".to_owned(),
            "\t/src/cache.go:41 +0x8d".to_owned(),
            String::new(),
        ];
        for at in 0..60 {
            lines.push(format!("goroutine {at} [select, 3 minutes]:"));
            lines.push("net/http.(*Server).Serve(0xc1)".to_owned());
            lines.push("\t/usr/lib/go/net/http/server.go:3 +0x1".to_owned());
            lines.push(String::new());
        }
        let told = quoted(&lines);
        assert!(
            told.contains(&format!(
                "log > {reason}\nlog > main.(*cache).put(0xc0001) … /src/cache.go:41"
            )),
            "{told}"
        );
        assert!(
            !told.contains("net/http") && told.contains("are a dump of"),
            "{told}"
        );
    }
}

#[test]
fn only_frames_count_as_a_dump() {
    let panic = [
        "panic: runtime error: index out of range [3] with length 3",
        "",
        "goroutine 1 [running]:",
        "main.main()",
        "\t/src/main.go:12 +0x1d",
    ];
    let drain = several(300, |at| format!("info: draining connection {at}"));
    let lines: Vec<String> = panic.map(str::to_owned).into_iter().chain(drain).collect();
    let told = quoted(&lines);
    assert!(
        told.contains("index out of range") && !told.contains("dump"),
        "{told}"
    );
    let bars = several(300, |at| format!("{at}%|█████ | loading"));
    assert!(!quoted(&bars).contains("dump"));
}

#[test]
fn a_fatal_line_is_told_however_many_quiet_lines_follow() {
    for fatal in [
        "FATAL: no license",
        "F1127 07:29:02.000000       1 main.go:61] no license",
        r#"{"level":"fatal","msg":"no license"}"#,
        r#"{"s":"F","msg":"no license"}"#,
        "CRITICAL no license",
    ] {
        let mut lines = vec!["info boot".to_owned(), fatal.to_owned()];
        lines.extend(several(150, |at| format!("INFO worker {at} stopped")));
        let told = quoted(&lines);
        assert!(told.contains("no license"), "{fatal}: {told}");
        assert!(told.lines().count() <= 2, "{told}");
    }
}

#[test]
fn an_older_line_is_not_told_beside_newer_ones_of_the_same_weight() {
    let mut lines = vec!["error: old trouble".to_owned()];
    lines.extend(several(100, |at| format!("request {at} served")));
    lines.push("error: new trouble".to_owned());
    let told = quoted(&lines);
    assert!(
        told.contains("new trouble") && !told.contains("old trouble"),
        "{told}"
    );
}

#[test]
fn progress_bars_hide_nothing() {
    let mut lines = vec!["RuntimeError: checksum of the weights differs".to_owned()];
    lines.extend(several(90, |at| {
        format!("Loading: {at}%|███▌   | {at}/90 [00:01<00:02]")
    }));
    let told = quoted(&lines);
    assert!(
        told.contains("checksum") && !told.contains("Loading"),
        "{told}"
    );
}

#[test]
fn the_detail_below_a_fatal_line_is_told_with_it() {
    let mut lines = vec![
        "GMT [1] FATAL:  files are incompatible".to_owned(),
        "GMT [1] DETAIL:  The directory was initialized by version 14".to_owned(),
    ];
    lines.extend(several(80, |at| format!("INFO stopping {at}")));
    assert!(quoted(&lines).contains("version 14"));
}

#[test]
fn the_error_at_the_end_of_a_long_line_stays() {
    let config = several(90, |at| format!("option-{at}=value"));
    let long = format!(
        "FATAL start with {} failed: permission denied on /data",
        config.join(" ")
    );
    let told = quoted(&[long]);
    assert!(told.contains("permission denied on /data"), "{told}");
    let fields: serde_json::Map<String, serde_json::Value> = (0..90)
        .map(|at| (format!("field{at}"), json!("x".repeat(9))))
        .collect();
    let mut line = json!({"level": "error", "msg": "start", "zz": {"message": "unused"}, "err": {"message": "quota reached"}});
    line.as_object_mut().unwrap().extend(fields);
    let told = quoted(&[line.to_string()]);
    assert!(told.contains("error start … quota reached"), "{told}");
}

#[test]
fn what_was_not_read_is_said_only_when_nothing_read_explains() {
    let whole = TAIL_LINES as usize;
    let quiet = several(whole, |at| format!("INFO step {at}"));
    assert!(quoted(&quiet).contains("earlier ones were not"));
    assert!(!quoted(&quiet[1..]).contains("earlier ones were not"));
    let mut grave = quiet;
    grave[whole - 9] = "FATAL: no".to_owned();
    assert!(!quoted(&grave).contains("earlier ones were not"));
}

#[test]
fn quiet_words_of_failure_are_no_failure() {
    let told = quoted(&[
        "INFO 0 errors, 0 exceptions, error: none".to_owned(),
        "connection refused".to_owned(),
        "INFO a".to_owned(),
        "INFO b".to_owned(),
        "INFO c".to_owned(),
    ]);
    assert!(told.contains("connection refused"), "{told}");
}
