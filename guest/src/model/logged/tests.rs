//! Lines of the usual log libraries, and lines that only look like them.

use super::{Level, json, level};

/// A line, its level, what has to be told of it, and what must not.
type Row = (&'static str, Level, &'static str);

const ROWS: [Row; 24] = [
    // Elastic Common Schema, dotted and nested.
    (
        r#"{"@timestamp":"x","log.level":"ERROR","message":"boot","error.type":"java.io.IOException","error.message":"No space","error.stack_trace":"java.io.IOException: No space\n\tat a.B\nCaused by: x.Y: quota of 5 reached"}"#,
        Level::Error,
        "ERROR boot … java.io.IOException … No space … Caused by: x.Y: quota of 5 reached",
    ),
    (
        r#"{"log":{"level":"fatal"},"message":"stop","error":{"message":"bad header"}}"#,
        Level::Fatal,
        "fatal stop … bad header",
    ),
    // log4j2 JsonTemplateLayout.
    (
        r#"{"level":"FATAL","message":"boot failed","thrown":{"message":"expired","name":"com.acme.E"}}"#,
        Level::Fatal,
        "FATAL boot failed … com.acme.E … expired",
    ),
    // MongoDB: an error as text, as an object, and none.
    (
        r#"{"t":{"$date":"x"},"s":"F","c":"CONTROL","msg":"Wrong version","attr":{"error":"found 4.2"}}"#,
        Level::Fatal,
        "F Wrong version … found 4.2",
    ),
    (
        r#"{"s":"E","msg":"Assertion","attr":{"error":{"code":13,"codeName":"Unauthorized","errmsg":"not authorized"}}}"#,
        Level::Error,
        "E Assertion … not authorized",
    ),
    (
        r#"{"s":"F","msg":"Fatal assertion","attr":{"msgid":34433,"file":"a.cpp"}}"#,
        Level::Fatal,
        "F Fatal assertion … file … a.cpp … msgid … 34433",
    ),
    (
        r#"{"s":"I","msg":"Shutting down","attr":{"exitCode":62}}"#,
        Level::Quiet,
        "I Shutting down",
    ),
    // pino, bunyan.
    (
        r#"{"level":60,"msg":"exit","err":{"type":"TypeError","message":"x is undefined","stack":"TypeError: x\n at y"}}"#,
        Level::Fatal,
        "exit … TypeError … x is undefined",
    ),
    (
        r#"{"level":30,"msg":"listening"}"#,
        Level::Quiet,
        "listening",
    ),
    // Serilog: compact and plain.
    (
        r#"{"@t":"x","@mt":"Cannot reach {Host:l}","@l":"Error","Host":"db-7","@x":"System.TimeoutException: late\n   at A.B()\n ---> System.Net.Sockets.SocketException: refused"}"#,
        Level::Error,
        "Error Cannot reach {Host:l} … db-7 … System.TimeoutException: late … ---> System.Net.Sockets.SocketException: refused",
    ),
    (
        r#"{"@t":"x","@mt":"Now listening on {Address}","Address":":80"}"#,
        Level::Quiet,
        "Now listening on {Address} … :80",
    ),
    (
        r#"{"Timestamp":"x","Level":"Fatal","MessageTemplate":"Host ended","Exception":"System.Exception: no key\n at X"}"#,
        Level::Fatal,
        "Fatal Host ended … System.Exception: no key",
    ),
    // .NET's console formatter.
    (
        r#"{"EventId":0,"LogLevel":"Critical","Category":"P","Message":"Down","Exception":"System.Exception: x"}"#,
        Level::Fatal,
        "Critical Down … System.Exception: x",
    ),
    // zap, short keys; zerolog; slog.
    (
        r#"{"L":"ERROR","M":"start","error":"bind"}"#,
        Level::Error,
        "ERROR start … bind",
    ),
    (
        r#"{"level":"fatal","error":"EOF","message":"read"}"#,
        Level::Fatal,
        "fatal read … EOF",
    ),
    (
        r#"{"level":"ERROR","msg":"send","err":"timeout"}"#,
        Level::Error,
        "ERROR send … timeout",
    ),
    // Google Cloud; structlog; python-json-logger; loguru; Monolog; tracing.
    (
        r#"{"severity":"CRITICAL","message":"no key"}"#,
        Level::Fatal,
        "CRITICAL no key",
    ),
    (
        r#"{"event":"crash","level":"error","exception":"Traceback (most recent call last):\n  File \"a\"\nKeyError: 'X'"}"#,
        Level::Error,
        "error crash … KeyError: 'X'",
    ),
    (
        r#"{"levelname":"ERROR","message":"run","exc_info":"Traceback (most recent call last):\n  File\nValueError: y"}"#,
        Level::Error,
        "ERROR run … ValueError: y",
    ),
    (
        r#"{"text":"t","record":{"level":{"name":"ERROR","no":40},"message":"m","exception":{"type":"OSError","value":"v"}}}"#,
        Level::Error,
        "ERROR m … OSError … v",
    ),
    (
        r#"{"message":"oops","level":500,"level_name":"CRITICAL","context":{"exception":{"class":"PDOException","message":"gone away"}}}"#,
        Level::Fatal,
        "oops … PDOException … gone away",
    ),
    (
        r#"{"level":"ERROR","fields":{"message":"failed","error":"no route"},"target":"app"}"#,
        Level::Error,
        "ERROR failed … no route",
    ),
    // PostgreSQL below an operator.
    (
        r#"{"level":"info","logger":"postgres","msg":"record","record":{"error_severity":"FATAL","message":"incompatible","detail":"initialized by 14"}}"#,
        Level::Fatal,
        "FATAL incompatible … initialized by 14",
    ),
    // A word in the message is no error member, and no level.
    (
        r#"{"level":"info","msg":"error budget is fine"}"#,
        Level::Quiet,
        "info error budget is fine",
    ),
];

#[test]
fn lines_in_json_are_read_under_the_names_of_their_libraries() {
    for (line, level, text) in ROWS {
        let logged = json(line).unwrap_or_else(|| panic!("{line}"));
        assert_eq!((logged.level, &*logged.text), (level, text), "{line}");
    }
}

#[test]
fn other_lines_are_no_json_log() {
    for line in [
        "plain {\"level\":\"error\"}",
        "{\"level\":\"error\",\"msg\":\"cut …",
        "{}",
        "[\"error\"]",
        "{\"count\":7}",
    ] {
        assert_eq!(json(line), None, "{line}");
    }
}

#[test]
fn credentials_in_a_json_line_stay_hidden() {
    let line =
        r#"{"level":"error","msg":"login failed","err":{"message":"no"},"password":"hunter2x"}"#;
    let text = json(line).map(|logged| logged.text.to_string());
    assert!(text.is_some_and(|text| !text.contains("hunter2x")));
    let line =
        r#"{"level":"error","msg":"login","error":"dial postgres://u:hunter2x@h/db: refused"}"#;
    let text = json(line).map(|logged| logged.text.to_string());
    assert!(text.is_some_and(|text| text.contains("refused") && !text.contains("hunter2x")));
}

#[test]
fn plain_lines_name_their_level() {
    for (line, want) in [
        (
            "F1127 07:29:02.000000       1 main.go:61] unable to load",
            Level::Fatal,
        ),
        (
            "I1127 07:29:02.000000       1 main.go:61] error budget",
            Level::Quiet,
        ),
        ("E1127 and more", Level::Unsaid),
        (
            "time=\"x\" level=fatal msg=\"no config\" err=EOF",
            Level::Fatal,
        ),
        ("t=x lvl=eror msg=y", Level::Error),
        (
            "2026-11-27 06:52:29.996 GMT [1] FATAL:  incompatible",
            Level::Fatal,
        ),
        (
            "2026-11-27 06:52:29.996 GMT [1] LOG:  error counter is 0",
            Level::Quiet,
        ),
        (
            "[2026-11-27 07:29:02 +0000] [7] [ERROR] Exception in worker",
            Level::Error,
        ),
        ("07:29:01.100 [info] Running", Level::Quiet),
        ("fail: Microsoft.Hosting[11]", Level::Error),
        ("2026-11-27T07:29:14Z info listening", Level::Quiet),
        (
            "2026/11/27 07:29:14 [emerg] 1#1: host not found",
            Level::Fatal,
        ),
        ("panic: runtime error", Level::Fatal),
        // Words that are no level.
        ("cannot read: more info in the error log", Level::Unsaid),
        ("an error occurred", Level::Unsaid),
        ("2026-11-27 cannot open info.db", Level::Unsaid),
        ("Information about the license", Level::Unsaid),
    ] {
        assert_eq!(level(line), want, "{line}");
    }
}
