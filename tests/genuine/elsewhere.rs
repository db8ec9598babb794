//! Beside the host's table: paths that do not exist, a prefix that is missing or wrong, compression. Both
//! servers answer alike, but for pages: the Go module does not hold the user interface.

use argocd_tests::{
    harness::{Lab, exchange},
    simulator::{Passed, Reply, Simulator},
};

use crate::shape::Shape;

async fn send(address: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let headers = headers.iter();
    let request = Passed {
        method: method.to_owned(),
        path_and_query: path.to_owned(),
        headers: headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: Vec::new(),
    };
    exchange(address.to_owned(), request).await.unwrap()
}

fn header(reply: &Reply, wanted: &str) -> Option<String> {
    let mut headers = reply.headers.iter();
    let found = headers.find(|(name, _)| name == wanted)?;
    Some(found.1.clone())
}

#[tokio::test]
async fn what_does_not_exist_is_refused_alike() {
    let lab = Lab::start::<&str>([]).unwrap();
    let simulator = Simulator::builder().start().unwrap();
    for (method, path, content_type, status) in [
        ("GET", "/healthz", "", 200),
        ("GET", "/healthz?full=true", "", 200),
        ("GET", "/api/v1/nonsense", "", 404),
        ("GET", "/api/v1/applications/guestbook/nonsense", "", 404),
        (
            "GET",
            "/api/v1/applications/team-growth%2Fab-testing",
            "",
            404,
        ),
        ("GET", "/argocd/api/version", "", 404),
        ("GET", "/applications/argocd/guestbook", "", 404),
        ("HEAD", "/api/version", "", 415),
        ("HEAD", "/api/version", "application/json", 405),
        ("PUT", "/api/version", "application/json", 405),
    ] {
        let authorized = |token: &str| format!("Bearer {token}");
        let (ours, theirs) = (authorized(lab.token("ci")), authorized(simulator.token()));
        // Without one anything but a GET is 415; the simulator lets writes through, so that a test can see one.
        let json = ("content-type", content_type);
        let sent = [("authorization", &*ours), json];
        let genuine = send(&lab.address(), method, path, &sent).await;
        let address = simulator.addr().to_string();
        let sent = [("authorization", &*theirs), json];
        let simulated = send(&address, method, path, &sent).await;
        assert_eq!(genuine.status, status, "{method} {path}: {genuine:?}");
        let difference = Shape::of(&genuine).difference(&Shape::of(&simulated));
        assert_eq!(difference, None, "{method} {path}");
    }
}

#[tokio::test]
async fn a_prefix_is_missed_alike() {
    let lab = Lab::start(["--rootpath=/argocd"]).unwrap();
    let simulator = Simulator::builder().prefix("/argocd").start().unwrap();
    for (path, status) in [
        ("/argocd/api/version", 200),
        ("/argocd/api/v1/nonsense", 404),
        ("/api/version", 404),
        ("/argocd", 307),
        ("/healthz", 200),
        ("/argocdx/api/version", 404),
    ] {
        let genuine = send(&lab.address(), "GET", path, &[]).await;
        let simulated = send(&simulator.addr().to_string(), "GET", path, &[]).await;
        assert_eq!(genuine.status, status, "{path}: {genuine:?}");
        let difference = Shape::of(&genuine).difference(&Shape::of(&simulated));
        assert_eq!(difference, None, "{path}");
        let location = |reply: &Reply| header(reply, "location");
        assert_eq!(location(&genuine), location(&simulated), "{path}");
    }
}

#[tokio::test]
async fn an_answer_is_compressed_for_who_asks_and_for_nobody_else() {
    let lab = Lab::start::<&str>([]).unwrap();
    let simulator = Simulator::builder().start().unwrap();
    for (path, encoding, compressed) in [
        ("/api/version", "gzip", Some("gzip")),
        ("/api/version", "identity", None),
        ("/api/v1/nonsense", "gzip", Some("gzip")),
        ("/healthz", "gzip", None),
    ] {
        let asked = [("accept-encoding", encoding)];
        let genuine = send(&lab.address(), "GET", path, &asked).await;
        let simulated = send(&simulator.addr().to_string(), "GET", path, &asked).await;
        let found = header(&genuine, "content-encoding");
        assert_eq!(found.as_deref(), compressed, "{path} {encoding}");
        let other = header(&simulated, "content-encoding");
        assert_eq!(found, other, "{path} {encoding}");
    }
}

/// The one stand-in that a client can see. When the module holds the pages, this says so.
#[tokio::test]
async fn pages_are_the_simulators_alone() {
    let lab = Lab::start::<&str>([]).unwrap();
    let simulator = Simulator::builder().start().unwrap();
    let html = [("accept", "text/html")];
    for path in ["/", "/applications/argocd/guestbook"] {
        let genuine = send(&lab.address(), "GET", path, &html).await;
        assert_eq!(genuine.status, 500, "{path}: {genuine:?}");
        let simulated = send(&simulator.addr().to_string(), "GET", path, &html).await;
        assert_eq!(simulated.status, 200, "{path}: {simulated:?}");
    }
}
