#![allow(clippy::unwrap_used)]

use super::*;

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// The state machine with a clock of its own.
struct Machine {
    state: State,
    now: Instant,
}

impl Machine {
    fn new() -> Machine {
        Machine {
            state: State::default(),
            now: Instant::now(),
        }
    }

    /// `login`, `wait`, `quiet`, `failed`, or the generation in use.
    fn next(&mut self, stale: Option<u64>) -> String {
        match self.state.next(stale, self.now) {
            Next::Use(bearer) => bearer.generation.to_string(),
            Next::Refuse(NoToken::Failed(..)) => "failed".to_owned(),
            Next::Refuse(NoToken::RenewedRefused) => "quiet".to_owned(),
            Next::Wait => "wait".to_owned(),
            Next::LogIn => "login".to_owned(),
        }
    }

    fn ends(&mut self, result: Result<&str, Failure>) {
        self.state.logged_in(result.map(secret), self.now);
    }

    fn answered(&mut self, generation: u64, status: u16) {
        let status = StatusCode::from_u16(status).unwrap();
        self.state
            .answered(generation, status, Attempt::First, self.now);
    }
}

#[test]
fn one_login_serves_all_and_one_more_follows_a_401() {
    let mut machine = Machine::new();
    assert_eq!(machine.next(None), "login");
    assert_eq!(machine.next(None), "wait");
    machine.ends(Ok("token-1"));
    assert_eq!(machine.next(None), "1");
    machine.answered(1, 200);
    machine.answered(1, 401);
    assert_eq!(machine.next(Some(1)), "login");
    assert_eq!(
        (machine.next(Some(1)), machine.next(None)),
        ("wait".to_owned(), "wait".to_owned())
    );
    machine.ends(Ok("token-2"));
    assert_eq!(
        (machine.next(Some(1)), machine.next(None)),
        ("2".to_owned(), "2".to_owned())
    );
}

#[test]
fn a_renewed_session_that_is_refused_starts_no_login_for_a_minute() {
    let mut machine = Machine::new();
    machine.next(None);
    machine.ends(Ok("token-1"));
    machine.answered(1, 401);
    assert_eq!(machine.next(Some(1)), "login");
    machine.ends(Ok("token-2"));
    machine.answered(2, 401);
    assert_eq!(machine.next(Some(2)), "quiet");
    assert_eq!(
        machine.next(None),
        "2",
        "requests still go out, and get their own 401"
    );
    machine.now += LOGIN_QUIET - Duration::from_secs(1);
    assert_eq!(machine.next(Some(2)), "quiet");
    machine.now += Duration::from_secs(1);
    assert_eq!(machine.next(Some(2)), "login");
}

#[test]
fn a_renewed_session_that_worked_may_be_renewed_again() {
    let mut machine = Machine::new();
    machine.next(None);
    machine.ends(Ok("token-1"));
    machine.next(Some(1));
    machine.ends(Ok("token-2"));
    machine.answered(2, 200);
    machine.answered(2, 401);
    assert_eq!(machine.next(Some(2)), "login");
}

#[test]
fn an_anonymous_answer_proves_nothing_and_a_repeat_settles_it() {
    let mut machine = Machine::new();
    machine.next(None);
    machine.ends(Ok("token-1"));
    machine.next(Some(1));
    machine.ends(Ok("token-2"));
    machine
        .state
        .answered(2, StatusCode::OK, Attempt::Anonymous, machine.now);
    machine.answered(2, 401);
    assert_eq!(machine.next(Some(2)), "quiet");

    let mut machine = Machine::new();
    machine.next(None);
    machine.ends(Ok("token-1"));
    machine.answered(1, 200);
    machine.next(Some(1));
    machine.ends(Ok("token-2"));
    machine.answered(2, 200);
    machine
        .state
        .answered(2, StatusCode::UNAUTHORIZED, Attempt::Repeat, machine.now);
    assert_eq!(machine.next(Some(2)), "quiet");
}

#[test]
fn a_refused_password_is_remembered_for_five_minutes_and_a_dead_network_for_seconds() {
    let rows = [
        (Failure::Refused, LOGIN_REFUSED),
        (Failure::Status(StatusCode::BAD_GATEWAY), LOGIN_FAILED),
        (Failure::Exchange(Error::ConnectRefused), LOGIN_FAILED),
    ];
    for (failure, remembered) in rows {
        let mut machine = Machine::new();
        assert_eq!(machine.next(None), "login");
        machine.ends(Err(failure));
        assert_eq!(machine.next(None), "failed");
        machine.now += remembered - Duration::from_millis(1);
        assert_eq!(machine.next(None), "failed");
        machine.now += Duration::from_millis(1);
        assert_eq!(machine.next(None), "login");
    }
}

#[test]
fn the_latest_tokens_and_the_password_stay_sealed() {
    let mut machine = Machine::new();
    let password = Arc::new(secret("correct horse battery staple"));
    machine.state.tokens = Tokens::none(vec![password]);
    for generation in 1..=6 {
        let token = secret(&format!("token-of-generation-{generation}"));
        machine.state.logged_in(Ok(token), machine.now);
    }
    let sealed = |text: &str| {
        machine
            .state
            .tokens
            .seal()
            .text(text.as_bytes())
            .contains(&b'*')
    };
    let expected = [false, false, true, true, true, true];
    for (generation, expected) in (1..=6).zip(expected) {
        assert_eq!(
            sealed(&format!("token-of-generation-{generation}")),
            expected
        );
    }
    assert!(sealed("correct horse battery staple"));
}
