//! Bodies, deadlines and the fields of the list, over a fake port.

use std::{cell::Cell, cell::RefCell, ops::ControlFlow, rc::Rc, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use super::super::{
    AppRef, Error, Get, ListFields, ListFilter, Reading,
    fake::{Reply, Request, World},
    operation::Operation,
};
use crate::{http, limits};

const WITHIN: Duration = Duration::from_secs(20);
const TOKEN: [(&str, &str); 1] = [("ARGOCD_AUTH_TOKEN", "t0ken")];

#[derive(Debug, Deserialize, PartialEq)]
struct Named {
    name: String,
}

impl Reading for Named {}
impl Reading for Value {}

/// Reads the items of one reply.
fn items(reply: impl Fn() -> Reply + 'static) -> (Result<(), Error>, Vec<String>) {
    let world = World::new(move |_| Ok(reply()));
    let client = world.client(&TOKEN);
    let names = Rc::new(RefCell::new(Vec::new()));
    let seen = names.clone();
    let outcome = world.run_one(async move {
        client
            .items(&Get::clusters(), WITHIN, |item: Named| {
                seen.borrow_mut().push(item.name)
            })
            .await
    });
    (outcome, names.take())
}

fn json(reply: impl Fn() -> Result<Reply, http::Error> + 'static) -> Result<Value, Error> {
    let world = World::new(move |_| reply());
    let client = world.client(&TOKEN);
    world.run_one(async move { client.json(&Get::projects(), WITHIN).await })
}

#[test]
fn items_arrive_one_by_one() {
    let (outcome, names) = items(|| {
        Reply::json(200, r#"{"items":[{"name":"a"},{"na"#)
            .then(Ok(br#"me":"b","more":[{}]}],"metadata":{}}"#.to_vec()))
    });
    assert_eq!(
        (outcome, names),
        (Ok(()), vec!["a".to_owned(), "b".to_owned()])
    );
    for empty in [r#"{"items":null}"#, r#"{"items":[]}"#, "{}"] {
        assert_eq!(items(move || Reply::json(200, empty)), (Ok(()), vec![]));
    }
    // An object with other members is no list of Argo CD's: "0 clusters" would be a wrong answer.
    let (outcome, _) = items(|| Reply::json(200, r#"{"metadata":{}}"#));
    assert!(
        matches!(outcome, Err(Error::Malformed { .. })),
        "{outcome:?}"
    );
}

#[test]
fn a_list_that_breaks_off_is_torn_however_it_ends() {
    let head = r#"{"items":[{"name":"a"},{"#;
    for end in [None, Some(http::Error::Torn)] {
        let (outcome, names) = items(move || match &end {
            None => Reply::json(200, head),
            Some(error) => Reply::json(200, head).then(Err(error.clone())),
        });
        assert_eq!(
            (outcome, names),
            (
                Err(Error::Torn {
                    operation: Operation::ListClusters
                }),
                vec!["a".to_owned()]
            )
        );
    }
    assert_eq!(
        items(|| Reply::json(200, "")).0,
        Err(Error::Torn {
            operation: Operation::ListClusters
        })
    );
}

#[test]
fn an_element_of_another_form_is_named_without_its_value() {
    let (outcome, _) = items(|| {
        Reply::json(
            200,
            r#"{"items":[{"name":{"s3cr3t":"s3cr3t, expected x"}}]}"#,
        )
    });
    let text = outcome.unwrap_err().explain();
    assert!(
        text.contains("expected a string") && !text.contains("s3cr3t"),
        "{text}"
    );
    let (outcome, _) = items(|| Reply::json(200, r#"{"items":[{"name":"s3cr3t"x}]}"#));
    let text = outcome.unwrap_err().explain();
    assert!(
        text.contains("not JSON") && !text.contains("s3cr3t"),
        "{text}"
    );
    let (outcome, _) = items(|| Reply::json(200, "[1]"));
    assert!(matches!(outcome, Err(Error::Malformed { .. })));
}

#[test]
fn a_long_list_gives_others_their_turn() {
    let world = World::new(|_| {
        let element = format!(r#"{{"name":"{}"}}"#, "x".repeat(limits::TURN_BYTES));
        let reply = Reply::json(200, r#"{"items":[1"#.replace('1', &element));
        Ok((0..9)
            .fold(reply, |reply, _| {
                reply.then(Ok(format!(",{element}").into_bytes()))
            })
            .then(Ok(b"]}".to_vec())))
    });
    let client = world.client(&TOKEN);
    let count = Rc::new(Cell::new(0));
    let seen = count.clone();
    let outcome = world.run_one(async move {
        client
            .items(&Get::clusters(), WITHIN, |_: Named| {
                seen.set(seen.get() + 1)
            })
            .await
    });
    assert_eq!((outcome, count.get(), world.turns()), (Ok(()), 10, 10));
}

#[test]
fn lines_are_cut_and_can_be_stopped() {
    let world = World::new(|_| {
        let rest = b"}\n{\"b\":2}\n".to_vec();
        Ok(Reply::json(200, "{\"a\":1")
            .then(Ok(rest))
            .then(Err(http::Error::Torn)))
    });
    let client = world.client(&TOKEN);
    for (stop_after, expected) in [
        (2, Ok(())),
        (
            9,
            Err(Error::Torn {
                operation: Operation::ListClusters,
            }),
        ),
    ] {
        let client = client.clone();
        let (outcome, lines) = world.run_one(async move {
            let mut lines = Vec::new();
            let each = |line: &[u8]| {
                lines.push(String::from_utf8_lossy(line).into_owned());
                if lines.len() == stop_after {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            let outcome = client.lines::<Named>(&Get::clusters(), WITHIN, each).await;
            (outcome, lines)
        });
        assert_eq!(outcome, expected);
        assert_eq!(lines, [r#"{"a":1}"#, r#"{"b":2}"#]);
    }
}

#[test]
fn the_last_line_needs_no_newline_and_an_empty_stream_has_no_line() {
    for (body, expected) in [("1\n2", 2), ("1\n2\n", 2), ("\n\n", 0), ("", 0)] {
        let world = World::new(move |_| Ok(Reply::json(200, body)));
        let client = world.client(&TOKEN);
        let (outcome, count) = world.run_one(async move {
            let mut count = 0;
            let each = |_: &[u8]| {
                count += 1;
                ControlFlow::Continue(())
            };
            (
                client.lines::<Named>(&Get::clusters(), WITHIN, each).await,
                count,
            )
        });
        assert_eq!((outcome, count), (Ok(()), expected), "{body:?}");
    }
}

#[test]
fn the_deadline_covers_head_and_body() {
    let slow: [fn() -> Reply; 2] = [
        || Reply::json(200, "{}").after(21_000),
        || {
            Reply::json(200, "{")
                .then(Ok(b"}".to_vec()))
                .slow_body(11_000)
        },
    ];
    for reply in slow {
        let outcome = json(move || Ok(reply()));
        assert_eq!(
            outcome,
            Err(Error::Timeout {
                operation: Operation::ListProjects,
                within: Some(WITHIN)
            })
        );
    }
    assert!(
        json(|| Ok(Reply::json(200, "{")
            .then(Ok(b"}".to_vec()))
            .slow_body(5_000)))
        .is_ok()
    );
}

#[test]
fn whole_bodies_are_capped() {
    let cap = Err(Error::TooLarge {
        operation: Operation::ListProjects,
        cap: limits::BODY_BYTES as u64,
    });
    assert_eq!(
        json(|| {
            let mut reply = Reply::json(200, "{}");
            reply.response.content_length = Some(limits::BODY_BYTES as u64 + 1);
            Ok(reply)
        }),
        cap
    );
    assert_eq!(
        json(|| Ok(Reply::json(200, " ".repeat(limits::BODY_BYTES)).then(Ok(b"{}".to_vec())))),
        cap
    );
    assert_eq!(
        json(|| Ok(Reply::json(
            200,
            format!("{}{{}}", " ".repeat(limits::BODY_BYTES - 2))
        ))),
        Ok(Value::Object(Default::default()))
    );
}

#[test]
fn the_fields_follow_the_version_and_are_asked_for_once() {
    for (version, expected) in [
        (
            r#"{"Version":"v3.5.1+109ca7c"}"#,
            ListFields::for_version(Some((3, 5))),
        ),
        (r#"{"Version":"v3.4.7"}"#, ListFields::for_version(None)),
        (r#"{"Version":"unknown"}"#, ListFields::for_version(None)),
    ] {
        let world = World::new(move |_| Ok(Reply::json(200, version)));
        let client = world.client(&TOKEN);
        for _ in 0..3 {
            let client = client.clone();
            assert_eq!(
                world.run_one(async move { client.list_fields(WITHIN).await }),
                expected
            );
        }
        let asked = Request::Get("/argocd/api/version".into(), Some("t0ken".into()));
        assert_eq!(world.requests(), [asked], "{version}");
    }
}

#[test]
fn a_version_that_could_not_be_read_is_asked_for_again() {
    let first = Cell::new(true);
    let world = World::new(move |_| {
        Ok(if first.replace(false) {
            Reply::json(503, "")
        } else {
            Reply::json(200, r#"{"Version":"v3.6.0"}"#)
        })
    });
    let client = world.client(&TOKEN);
    let ask = || {
        let client = client.clone();
        world.run_one(async move { client.list_fields(WITHIN).await })
    };
    assert_eq!(ask(), ListFields::for_version(None));
    assert_eq!(ask(), ListFields::for_version(Some((3, 6))));
}

#[test]
fn the_prefix_is_kept_in_calls_and_links() {
    let world = World::new(|_| Ok(Reply::json(200, "{}")));
    let client = world.client(&TOKEN);
    let app = AppRef::parse("team/web", None, None).unwrap();
    assert_eq!(
        client.ui_url(&app).as_deref(),
        Some("https://argocd.example.com/argocd/applications/team/web")
    );
    assert_eq!(client.now_ms(), 1_790_000_000_000);
    let get = Get::applications(&ListFilter::default(), &ListFields::for_version(None), &[]);
    world
        .run_one(async move { client.json::<Value>(&get, WITHIN).await })
        .unwrap();
    assert!(
        matches!(&world.requests()[..], [Request::Get(path, _)] if path.starts_with("/argocd/api/v1/applications?fields="))
    );
}
