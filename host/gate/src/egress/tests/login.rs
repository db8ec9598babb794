//! The login as the server sees it, counted.

use std::sync::atomic::AtomicUsize;

use super::{server::*, *};

/// Issues `token-of-login-N`, and accepts what `accepts` says of N.
async fn argocd(login: u16, accepts: impl Fn(usize) -> bool + Send + Sync + 'static) -> Server {
    let logins = AtomicUsize::new(0);
    Server::start(move |request| {
        if request.starts_with("POST") {
            let number = logins.fetch_add(1, Ordering::SeqCst) + 1;
            let token = format!("{{\"token\":\"token-of-login-{number}\"}}");
            return answer(login, "content-type: application/json\r\n", token);
        }
        let carried = request
            .lines()
            .find_map(|line| line.strip_prefix("authorization: Bearer token-of-login-"));
        if carried
            .and_then(|number| number.parse().ok())
            .is_some_and(&accepts)
        {
            answer(
                200,
                "",
                format!("{{\"echo\":\"token-of-login-{}\"}}", carried.unwrap()),
            )
        } else {
            answer(
                401,
                "content-type: application/json\r\n",
                "{\"code\":16,\"message\":\"invalid session\"}",
            )
        }
    })
    .await
    .unwrap()
}

fn by_password(server: &Server) -> (Arc<Egress>, Log) {
    let credentials = Credentials::Password {
        user: "al\"ice".to_owned(),
        password: Secret::new("p\\w\"ü-long-enough".to_owned()),
    };
    egress(
        &format!("http://{}/argocd", server.address),
        credentials,
        Trust::System,
    )
}

async fn list(egress: &Arc<Egress>) -> Result<(u16, String), Error> {
    let admitted = admit(egress, "/argocd/api/v1/applications").unwrap();
    let (parts, body) = egress.clone().exchange(admitted).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok((
        parts.status.as_u16(),
        String::from_utf8(body.to_vec()).unwrap(),
    ))
}

async fn parallel(egress: &Arc<Egress>, calls: usize) -> Vec<(u16, String)> {
    let spawn = |_| {
        let egress = egress.clone();
        tokio::spawn(async move { list(&egress).await.unwrap() })
    };
    let tasks: Vec<_> = (0..calls).map(spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn sixteen_first_calls_make_one_login() {
    let server = argocd(200, |_| true).await;
    let (egress, log) = by_password(&server);
    let answers = parallel(&egress, 16).await;
    let masked = format!("{{\"echo\":\"{}\"}}", "*".repeat("token-of-login-1".len()));
    assert!(
        answers
            .iter()
            .all(|answer| *answer == (200, masked.clone())),
        "{answers:?}"
    );
    assert_eq!((server.count("POST"), server.count("GET")), (1, 16));
    let requests = server.requests();
    let login = requests
        .iter()
        .find(|request| request.starts_with("POST"))
        .unwrap();
    assert!(login.starts_with("POST /argocd/api/v1/session HTTP/1.1\r\n"));
    assert!(login.contains("content-type: application/json\r\n"));
    let body: serde_json::Value =
        serde_json::from_str(login.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"username": "al\"ice", "password": "p\\w\"ü-long-enough"})
    );
    let lines = log.lines();
    let count = |line: &str| lines.iter().filter(|found| *found == line).count();
    assert_eq!(
        (count("decision host - allow"), count("outcome host 200 ok")),
        (1, 1)
    );
    assert_eq!(
        (
            count("decision guest - allow"),
            count("outcome guest 200 ok")
        ),
        (16, 16)
    );
    assert!(!log.text().contains("long-enough") && !log.text().contains("token-of-login"));
}

#[tokio::test]
async fn sixteen_401s_make_one_login_and_one_repeat_each() {
    let revoked = Arc::new(AtomicBool::new(false));
    let seen = revoked.clone();
    let server = argocd(200, move |login| login > 1 || !seen.load(Ordering::SeqCst)).await;
    let (egress, log) = by_password(&server);
    assert_eq!(list(&egress).await.unwrap().0, 200);
    revoked.store(true, Ordering::SeqCst);
    let answers = parallel(&egress, 16).await;
    assert!(
        answers.iter().all(|(status, _)| *status == 200),
        "{answers:?}"
    );
    assert_eq!((server.count("POST"), server.count("GET")), (2, 1 + 2 * 16));
    let lines = log.lines();
    let count = |line: &str| lines.iter().filter(|found| *found == line).count();
    assert_eq!(count("outcome guest 401 ok"), 16);
    assert_eq!(
        count("decision host - allow"),
        2 + 16,
        "two logins, sixteen repeats"
    );
    let with_status = log
        .outcomes()
        .iter()
        .filter(|line| !line.contains(" - "))
        .count();
    assert_eq!(with_status, server.requests().len());
}

#[tokio::test]
async fn still_401_starts_no_further_login() {
    let server = argocd(200, |_| false).await;
    let (egress, _) = by_password(&server);
    for _ in 0..4 {
        for (status, body) in parallel(&egress, 4).await {
            assert_eq!(status, 401);
            assert!(
                body.contains("invalid session"),
                "the server's own words: {body}"
            );
        }
    }
    assert_eq!(server.count("POST"), 2);
}

#[tokio::test]
async fn a_wrong_password_is_sent_once() {
    let server = argocd(401, |_| true).await;
    let (egress, log) = by_password(&server);
    for _ in 0..5 {
        for (status, body) in parallel(&egress, 4).await {
            let body: serde_json::Value = serde_json::from_str(&body).unwrap();
            let message = body["message"].as_str().unwrap();
            assert_eq!((status, &body["code"]), (401, &16.into()));
            assert!(
                message.starts_with("login failed: Argo CD refused the user name or password"),
                "{message}"
            );
            assert!(
                message.contains("tries again in 29") || message.contains("tries again in 300"),
                "{message}"
            );
        }
    }
    assert_eq!((server.count("POST"), server.count("GET")), (1, 0));
    let lines = log.lines();
    assert_eq!(
        lines
            .iter()
            .filter(|line| *line == "outcome host 401 login-failed")
            .count(),
        1
    );
    assert_eq!(
        lines
            .iter()
            .filter(|line| *line == "outcome guest - login-failed")
            .count(),
        20
    );
}

#[tokio::test]
async fn an_answer_without_a_token_is_explained() {
    let server =
        Server::start(|_| answer(200, "content-type: text/html\r\n", "<html>sign in</html>"))
            .await
            .unwrap();
    let (egress, _) = by_password(&server);
    let (status, body) = list(&egress).await.unwrap();
    assert_eq!(
        (status, body.contains("holds no token"), server.count("GET")),
        (401, true, 0)
    );
}

#[tokio::test]
async fn cancelling_the_call_that_logs_in_cancels_nothing_else() {
    let gate = Arc::new(tokio::sync::Notify::new());
    let started = gate.clone();
    let server = Server::start(move |request| {
        if request.starts_with("POST") {
            started.notify_one();
            let token =
                b"HTTP/1.1 200 x\r\ncontent-length: 28\r\n\r\n{\"token\":\"token-of-login-1\"}";
            return vec![Act::Drip(token.to_vec(), Duration::from_millis(1))];
        }
        answer(200, "", "fine")
    })
    .await
    .unwrap();
    let (egress, log) = by_password(&server);
    let first = {
        let egress = egress.clone();
        tokio::spawn(async move { list(&egress).await })
    };
    gate.notified().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(list(&egress).await.unwrap(), (200, "fine".to_owned()));
    assert_eq!((server.count("POST"), server.count("GET")), (1, 1));
    assert_eq!(
        log.outcomes()
            .iter()
            .filter(|line| *line == "outcome guest - cancelled")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_server_that_is_down_is_no_failed_login() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let credentials = Credentials::Password {
        user: "u".to_owned(),
        password: Secret::new("p".to_owned()),
    };
    let (egress, log) = egress(&format!("http://{free}/argocd"), credentials, Trust::System);
    assert_eq!(list(&egress).await.unwrap_err(), Error::ConnectRefused);
    assert_eq!(
        log.outcomes(),
        [
            "outcome host - connect-refused",
            "outcome guest - connect-refused"
        ]
    );
}

/// A token that was renewed without a sign of it: only the 401 tells.
struct Silent;

impl TokenSource for Silent {
    fn changed(&self) -> bool {
        false
    }

    fn read(&self) -> Option<Secret> {
        Some(Secret::new("token-of-login-2".to_owned()))
    }
}

#[tokio::test]
async fn a_renewed_token_is_read_after_a_401_and_tried_once() {
    for accepted in [2, 3] {
        let server = argocd(200, move |number| number == accepted).await;
        let credentials =
            Credentials::Renewed(Secret::new("token-of-login-1".to_owned()), Arc::new(Silent));
        let server_url = format!("http://{}/argocd", server.address);
        let (egress, log) = egress(&server_url, credentials, Trust::System);
        let (status, body) = list(&egress).await.unwrap();
        assert_eq!(status, if accepted == 2 { 200 } else { 401 });
        assert!(!body.contains("token-of"), "{body}");
        assert_eq!((server.count("GET"), server.count("POST")), (2, 0));
        let last = format!("outcome host {status} ok");
        let lines = log.lines();
        assert_eq!(
            lines,
            [
                "decision guest - allow",
                "outcome guest 401 ok",
                "decision host - allow",
                &last
            ]
        );
        // The next one begins with what worked last, and never reads in a circle.
        let again = list(&egress).await.unwrap().0;
        assert_eq!((again, server.count("GET")), (status, 3));
    }
}
