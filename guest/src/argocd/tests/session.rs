//! Logins, counted at the port.

use std::{cell::Cell, cell::RefCell, rc::Rc, time::Duration};

use futures_util::future::{Either, select};
use serde_json::Value;

use super::super::{
    Client, Error, Get, Refusal,
    fake::{Reply, Request, World},
    operation::Operation,
};
use crate::http::{self, Local, Port};

const WITHIN: Duration = Duration::from_secs(30);
const LOGIN: [(&str, &str); 2] = [("ARGOCD_USERNAME", "ci"), ("ARGOCD_PASSWORD", "p\"a\\ß")];
const REFUSED: &str = r#"{"error":"invalid session: token is expired","code":16,"message":"invalid session: token is expired"}"#;

/// An Argo CD with sessions `s1`, `s2`, …, of which those from `valid_from` on are good.
struct Server {
    logins: Cell<u32>,
    valid_from: Cell<u32>,
    password: Cell<bool>,
}

impl Server {
    fn start() -> (Rc<Server>, Rc<World>) {
        let server = Rc::new(Server {
            logins: Cell::new(0),
            valid_from: Cell::new(1),
            password: Cell::new(true),
        });
        let world = World::new({
            let server = server.clone();
            move |request| Ok(server.reply(request))
        });
        (server, world)
    }

    fn reply(&self, request: &Request) -> Reply {
        match request {
            Request::Post(path, body) => {
                assert_eq!(path, "/argocd/api/v1/session");
                let body: Value = serde_json::from_str(body).expect("login is JSON");
                assert_eq!(
                    body,
                    serde_json::json!({"username": "ci", "password": "p\"a\\ß"})
                );
                if !self.password.get() {
                    let body = r#"{"error":"Invalid username or password","code":16,"message":"Invalid username or password"}"#;
                    return Reply::json(401, body).after(800);
                }
                self.logins.set(self.logins.get() + 1);
                Reply::json(200, format!(r#"{{"token":"s{}"}}"#, self.logins.get())).after(800)
            }
            Request::Get(_, bearer) => {
                let session = bearer
                    .as_deref()
                    .and_then(|token| token.strip_prefix('s')?.parse::<u32>().ok());
                match session {
                    Some(session) if session >= self.valid_from.get() => {
                        Reply::json(200, "{}").after(100)
                    }
                    _ => Reply::json(401, REFUSED).after(100),
                }
            }
        }
    }
}

async fn call(client: Rc<Client>) -> Result<Value, Error> {
    client.json(&Get::projects(), WITHIN).await
}

fn calls(client: &Rc<Client>, count: usize) -> Vec<Local<'static, Result<Value, Error>>> {
    (0..count)
        .map(|_| Box::pin(call(client.clone())) as Local<'static, _>)
        .collect()
}

fn refusal(outcome: &Result<Value, Error>) -> &Refusal {
    match outcome {
        Err(Error::Unauthorized { refusal, .. }) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn sixteen_first_calls_share_one_login() {
    let (_, world) = Server::start();
    let client = world.client(&LOGIN);
    assert!(world.run(calls(&client, 16)).iter().all(Result::is_ok));
    assert_eq!((world.posts(), world.gets()), (1, 16));
    assert!(world.run_one(call(client)).is_ok());
    assert_eq!((world.posts(), world.gets()), (1, 17));
}

#[test]
fn sixteen_refused_calls_share_one_renewal_and_repeat_once() {
    let (server, world) = Server::start();
    let client = world.client(&LOGIN);
    assert!(world.run_one(call(client.clone())).is_ok());
    server.valid_from.set(2);
    assert!(world.run(calls(&client, 16)).iter().all(Result::is_ok));
    assert_eq!((world.posts(), world.gets()), (2, 1 + 32));
    // The same again: an accepted session may be renewed once more.
    server.valid_from.set(3);
    assert!(world.run(calls(&client, 16)).iter().all(Result::is_ok));
    assert_eq!((world.posts(), world.gets()), (3, 1 + 64));
}

#[test]
fn a_refusal_that_arrives_late_takes_the_new_session() {
    let held_back = Rc::new(Cell::new(true));
    let (server, _) = Server::start();
    let world = World::new({
        let (server, held_back) = (server.clone(), held_back.clone());
        move |request| {
            let mut reply = server.reply(request);
            if matches!(request, Request::Get(_, Some(token)) if token == "s1")
                && held_back.replace(false)
            {
                reply = reply.after(5_000);
            }
            Ok(reply)
        }
    });
    server.valid_from.set(2);
    let client = world.client(&LOGIN);
    assert!(world.run(calls(&client, 2)).iter().all(Result::is_ok));
    assert_eq!((world.posts(), world.gets()), (2, 4));
}

#[test]
fn still_refused_means_no_login_for_a_minute() {
    let (server, world) = Server::start();
    let client = world.client(&LOGIN);
    assert!(world.run_one(call(client.clone())).is_ok());
    server.valid_from.set(u32::MAX);
    for outcome in world.run(calls(&client, 16)) {
        assert!(
            matches!(refusal(&outcome), Refusal::StillRefused { .. }),
            "{outcome:?}"
        );
    }
    assert_eq!((world.posts(), world.gets()), (2, 1 + 32));
    for _ in 0..5 {
        world.pass(10);
        let outcome = world.run_one(call(client.clone()));
        assert!(
            matches!(refusal(&outcome), Refusal::StillRefused { retry_in } if *retry_in <= Duration::from_secs(50))
        );
        assert!(
            outcome
                .unwrap_err()
                .explain()
                .contains("No further login attempt for")
        );
    }
    assert_eq!(world.posts(), 2);
    world.pass(11);
    for _ in 0..3 {
        assert!(world.run_one(call(client.clone())).is_err());
        assert_eq!(world.posts(), 3);
    }
    world.pass(61);
    server.valid_from.set(4);
    assert!(world.run_one(call(client)).is_ok());
    assert_eq!(world.posts(), 4);
}

#[test]
fn a_newcomer_whose_first_token_is_a_refused_renewal_does_not_log_in_again() {
    let (server, _) = Server::start();
    let repeat_is_slow = Rc::new(Cell::new(true));
    let world = World::new({
        let server = server.clone();
        move |request| {
            let mut reply = server.reply(request);
            if matches!(request, Request::Get(_, Some(token)) if token == "s2")
                && repeat_is_slow.replace(false)
            {
                reply = reply.after(5_000);
            }
            Ok(reply)
        }
    });
    server.valid_from.set(u32::MAX);
    let client = world.client(&LOGIN);
    // 800 ms login, 100 ms refusal, 800 ms renewal: at 1,750 ms the renewal is there and on trial.
    let port: Rc<dyn Port> = world.clone();
    let late = {
        let client = client.clone();
        async move {
            port.sleep(Duration::from_millis(1_750)).await;
            call(client).await
        }
    };
    let first: Local<'static, _> = Box::pin(call(client));
    let outcomes = world.run(vec![first, Box::pin(late)]);
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!((world.posts(), world.gets()), (2, 3));
}

#[test]
fn a_wrong_password_is_tried_once_in_five_minutes() {
    let (server, world) = Server::start();
    server.password.set(false);
    let client = world.client(&LOGIN);
    let mut outcomes = world.run(calls(&client, 10));
    for _ in 0..10 {
        world.pass(25);
        outcomes.push(world.run_one(call(client.clone())));
    }
    assert_eq!((world.posts(), world.gets()), (1, 0));
    for outcome in outcomes {
        assert!(
            matches!(refusal(&outcome), Refusal::WrongPassword { retry_in } if !retry_in.is_zero())
        );
        let text = outcome.unwrap_err().explain();
        assert!(
            text.contains("rejected the user name and password")
                && text.contains("next login attempt is in"),
            "{text}"
        );
    }
    world.pass(51);
    server.password.set(true);
    assert!(world.run(calls(&client, 3)).iter().all(Result::is_ok));
    assert_eq!(world.posts(), 2);
}

#[test]
fn a_password_changed_meanwhile_is_remembered_too() {
    let (server, world) = Server::start();
    let client = world.client(&LOGIN);
    assert!(world.run_one(call(client.clone())).is_ok());
    server.valid_from.set(2);
    server.password.set(false);
    for outcome in world.run(calls(&client, 20)) {
        assert!(matches!(refusal(&outcome), Refusal::WrongPassword { .. }));
    }
    assert!(world.run_one(call(client)).is_err());
    assert_eq!((world.posts(), world.gets()), (2, 21));
}

#[test]
fn a_login_that_fails_otherwise_is_not_taken_for_a_wrong_password() {
    let (server, _) = Server::start();
    let failures: Rc<RefCell<Vec<Result<Reply, http::Error>>>> = Rc::new(RefCell::new(vec![
        Ok(Reply::json(200, "{}")),
        Ok(Reply::json(500, "{}")),
        Ok(Reply::typed(401, "text/html", "<html>")),
        Err(http::Error::Connect("refused".into())),
    ]));
    let world = World::new({
        let failures = failures.clone();
        move |request| match request {
            Request::Post(..) => failures
                .borrow_mut()
                .pop()
                .unwrap_or_else(|| Ok(server.reply(request))),
            Request::Get(..) => Ok(server.reply(request)),
        }
    });
    let client = world.client(&LOGIN);
    for (posts, part) in [
        (1, "no connection"),
        (2, "HTML"),
        (3, "500"),
        (4, "no token"),
    ] {
        for outcome in world.run(calls(&client, 3)) {
            let text = outcome.unwrap_err().explain();
            assert!(
                text.starts_with("Cannot log in to Argo CD: ") && text.contains(part),
                "{text}"
            );
        }
        assert_eq!(world.posts(), posts);
    }
    assert!(world.run_one(call(client)).is_ok());
}

#[test]
fn a_login_without_an_answer_ends() {
    let world = World::new(|_| Ok(Reply::json(200, "{}").after(3_600_000)));
    let client = world.client(&LOGIN);
    let outcome = world.run_one(call(client));
    assert!(
        matches!(
            &outcome,
            Err(Error::Timeout {
                operation: Operation::LogIn,
                ..
            })
        ),
        "{outcome:?}"
    );
}

#[test]
fn cancelling_the_call_that_logs_in_leaves_the_login_to_the_others() {
    let (_, world) = Server::start();
    let client = world.client(&LOGIN);
    let port: Rc<dyn Port> = world.clone();
    let cancelled = {
        let first = Box::pin(call(client.clone()));
        async move {
            match select(first, port.sleep(Duration::from_millis(300))).await {
                Either::Left((outcome, _)) => panic!("not cancelled: {outcome:?}"),
                Either::Right(_) => Ok(Value::Null),
            }
        }
    };
    let mut futures: Vec<Local<'static, _>> = vec![Box::pin(cancelled)];
    futures.extend(calls(&client, 5));
    assert!(world.run(futures).iter().all(Result::is_ok));
    assert_eq!((world.posts(), world.gets()), (1, 5));
}

#[test]
fn a_login_that_is_dropped_fails_instead_of_blocking_all_later_calls() {
    let (_, world) = Server::start();
    let client = world.client(&LOGIN);
    world.loses_tasks.set(true);
    let text = world.run_one(call(client.clone())).unwrap_err().explain();
    assert!(text.contains("interrupted"), "{text}");
    world.loses_tasks.set(false);
    assert!(world.run_one(call(client)).is_ok());
    assert_eq!(world.posts(), 1);
}

#[test]
fn a_given_token_never_leads_to_a_login() {
    for (hosted, part) in [("0", "ARGOCD_AUTH_TOKEN"), ("1", "argocd-host")] {
        let world = World::new(|_| Ok(Reply::json(401, REFUSED)));
        let env = [
            ("ARGOCD_AUTH_TOKEN", "t0ken"),
            ("ARGOCD_USERNAME", "ci"),
            ("ARGOCD_PASSWORD", "x"),
        ];
        let client = world.client(&[&env[..], &[("ARGOCD_HOST_MANAGED", hosted)]].concat());
        for outcome in world.run(calls(&client, 3)) {
            assert_eq!(refusal(&outcome), &Refusal::Expired);
            let text = outcome.unwrap_err().explain();
            assert!(text.contains("expired") && text.contains(part), "{text}");
        }
        assert_eq!((world.posts(), world.gets()), (0, 3));
        let sent = Request::Get("/argocd/api/v1/projects".into(), Some("t0ken".into()));
        assert_eq!(world.requests(), [sent.clone(), sent.clone(), sent]);
    }
}
