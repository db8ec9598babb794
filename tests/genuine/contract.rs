//! For every route of the host's table and every fault that both can produce, the simulator answers as
//! the genuine server does: status, content type, and which paths hold which types.

use std::collections::{BTreeMap, BTreeSet};

use argocd_tests::{
    harness::{Lab, exchange},
    simulator::{Passed, Reply, Simulator, recorded_file, recorded_folders},
};
use serde_json::Value;

use crate::{HOST, shape::Shape};

/// Where the two differ for good: request (beginning), account (or any), and why. A row that hits
/// nothing fails, so that the table stays true.
const GAPS: &[(&str, &str, &str)] = &[];

/// Recordings of a server in another state, and requests outside the host's table.
const OTHER_STATES: &[&str] = &["cold-cache-", "rootpath-", "prefix-not-", "tls-port-"];

/// One GET and who asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ask {
    path_and_query: String,
    account: String,
}

/// Who asks, beside the accounts of the recordings.
const CALLERS: &[&str] = &[
    "ci",
    "viewer",
    "nobody",
    "proj-payments-ci-bot",
    "none",
    "garbage",
    "garbage.garbage.garbage",
    "expired",
    "revoked",
];

/// What makes a request about an application go wrong: another name, and more in the query.
const MISSES: &[(&str, &str)] = &[
    ("nope", ""),
    ("nope", "project=storefront"),
    ("guestbook", "project=payments"),
    ("guestbook", "project=no-such-project"),
    ("guestbook", "appNamespace=kube-system"),
    ("guestbook", "appNamespace=kube-system&project=storefront"),
    ("guestbook", "appNamespace=team-growth&project=storefront"),
    ("ab-testing", "appNamespace=team-growth"),
    // Without state in the cache, and with conditions that say why.
    ("edge-cache", ""),
    ("loyalty", ""),
    ("vault-config", ""),
    ("old-charts", ""),
];

fn templates() -> Vec<String> {
    let output = std::process::Command::new(HOST)
        .args(["explain", "--format", "json"])
        .env_clear()
        .env("ARGOCD_SERVER", "http://127.0.0.1:1")
        .output()
        .unwrap();
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
    let routes = facts["routes"].as_array().unwrap().iter();
    routes
        .map(|route| route["template"].as_str().unwrap().to_owned())
        .collect()
}

/// The template of a path, as the host's table matches it.
fn template_of<'a>(templates: &'a [String], path: &str) -> Option<&'a str> {
    let segments: Vec<&str> = path.split('/').collect();
    templates.iter().map(String::as_str).find(|template| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == segments.len()
            && wanted.iter().zip(&segments).all(|(wanted, segment)| {
                wanted.starts_with('{') && !segment.contains('%') || wanted == segment
            })
    })
}

/// A path of the recordings for a template, and what its query must have.
fn example(template: &str, app: &str) -> (String, &'static str) {
    let path = template
        .replace("applications/{name}", &format!("applications/{app}"))
        .replace("projects/{name}", "projects/payments")
        .replace("applicationsets/{name}", "applicationsets/tenant-portals")
        .replace("{revision}", "44be610ebab97560a170e859808fdf44a69b136c")
        .replace("can-i/{name}/{name}", "can-i/applications/get")
        .replacen("{any}", "payments", 1)
        .replace("{any}", "*");
    let query = match template.rsplit('/').next() {
        Some("logs") => "tailLines=2",
        Some("resource") => {
            "resourceName=guestbook&namespace=guestbook&group=apps&kind=Deployment&version=v1"
        }
        _ => "",
    };
    (path, query)
}

fn asks(templates: &[String]) -> BTreeSet<Ask> {
    let mut all = BTreeSet::new();
    for folder in recorded_folders() {
        let rows: Vec<Value> =
            serde_json::from_slice(recorded_file(folder, "index.json").unwrap()).unwrap();
        for row in rows {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let (request, file) = (text("request"), text("file"));
            let Some(path) = request.strip_prefix("GET ") else {
                continue;
            };
            let is_route = template_of(templates, path.split('?').next().unwrap()).is_some();
            let is_plain = row.get("requestHeaders").is_none() && !file.ends_with(".gz");
            if is_route && is_plain && !OTHER_STATES.iter().any(|start| file.starts_with(start)) {
                let account = match text("as").as_str() {
                    "anonymous" => "none".to_owned(),
                    "invalid token" => "expired".to_owned(),
                    account => account.to_owned(),
                };
                all.insert(Ask {
                    path_and_query: path.to_owned(),
                    account,
                });
            }
        }
    }
    all.extend(MORE.iter().map(|path| Ask {
        path_and_query: (*path).to_owned(),
        account: "ci".to_owned(),
    }));
    for template in templates {
        let misses = MISSES
            .iter()
            .filter(|_| template.contains("applications/{name}"));
        let asked = [&("guestbook", "")].into_iter().chain(misses);
        for (app, more) in asked {
            let (path, query) = example(template, app);
            let query: Vec<&str> = [query, more]
                .into_iter()
                .filter(|q| !q.is_empty())
                .collect();
            for account in CALLERS {
                all.insert(Ask {
                    path_and_query: format!("{path}?{}", query.join("&"))
                        .trim_end_matches('?')
                        .to_owned(),
                    account: (*account).to_owned(),
                });
            }
        }
    }
    all
}

/// Beside the recordings: what nobody asked then, and what was found to differ.
const MORE: &[&str] = &[
    "/api/v1/applications/edge-cache/events?resourceName=a&resourceNamespace=b&resourceUID=c",
    "/api/v1/applications/guestbook?project=storefront&project=payments",
    "/api/v1/applications/web-frontend/revisions/main/chartdetails",
    "/api/v1/applications?selector=a+in+%28",
    "/api/v1/applications?projects=payments&projects=finance",
    "/api/v1/applications?name=ab-testing&appNamespace=team-growth",
    "/api/v1/applicationsets?projects=storefront",
    "/api/v1/applicationsets?selector=team%3Dnobody",
    "/api/v1/applicationsets/tenant-portals?appsetNamespace=kube-system",
    "/api/v1/projects?fields=items.metadata.name",
    "/api/v1/account/can-i/bananas/get/*",
];

pub(crate) async fn get(address: &str, path_and_query: &str, token: Option<String>) -> Reply {
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    headers.extend(token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
    let request = Passed {
        method: "GET".to_owned(),
        path_and_query: path_and_query.to_owned(),
        headers,
        body: Vec::new(),
    };
    exchange(address.to_owned(), request).await.unwrap()
}

fn token(account: &str, known: impl Fn(&str) -> String) -> Option<String> {
    match account {
        "none" => None,
        "garbage" | "garbage.garbage.garbage" => Some(account.to_owned()),
        account => Some(known(account)),
    }
}

#[tokio::test]
async fn the_simulator_answers_as_the_genuine_server_does() {
    let templates = templates();
    let lab = Lab::start::<&str>([]).unwrap();
    let simulator = Simulator::builder().start().unwrap();
    let mut statuses: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    let (mut compared, mut wrong, mut gaps) = (0, Vec::new(), BTreeSet::new());
    for ask in asks(&templates) {
        let (path, account) = (&ask.path_and_query, &ask.account);
        let genuine = token(account, |name| lab.token(name).to_owned());
        let simulated = token(account, |name| simulator.token_of(name));
        let genuine = Shape::of(&get(&lab.address(), path, genuine).await);
        let simulated = Shape::of(&get(&simulator.addr().to_string(), path, simulated).await);
        compared += 1;
        let template = template_of(&templates, path.split('?').next().unwrap()).unwrap();
        statuses.entry(template).or_default().insert(genuine.status);
        let Some(difference) = genuine.difference(&simulated) else {
            continue;
        };
        let gap = GAPS.iter().position(|(start, who, _)| {
            path.starts_with(start) && (*who == "any" || who == account)
        });
        match gap {
            Some(gap) => drop(gaps.insert(gap)),
            None => wrong.push(format!("{account} {path}: {difference}")),
        }
    }
    println!("{compared} requests to {} routes compared", statuses.len());
    for (template, seen) in &statuses {
        println!("  {template} {seen:?}");
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared}; the recordings decide:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(gaps.len(), GAPS.len(), "a gap of the table is none");
    assert_eq!(statuses.len(), templates.len(), "a route is not compared");
    for (template, seen) in &statuses {
        assert!(
            seen.contains(&200) || template.ends_with("chartdetails"),
            "{template}: {seen:?}"
        );
    }
}

/// Logins, in this order: the sixth wrong password of a name locks it, for the right one too.
#[tokio::test]
async fn logins_are_refused_alike() {
    let lab = Lab::start(["--account=oncall=the-right-one"]).unwrap();
    let simulator = Simulator::builder()
        .account("oncall", "the-right-one")
        .start()
        .unwrap();
    let credentials = |user: &str, password: &str| {
        serde_json::json!({ "username": user, "password": password }).to_string()
    };
    let json = "application/json";
    let mut attempts = vec![
        (200, json, credentials("oncall", "the-right-one")),
        (401, json, credentials("oncall", "wrong")),
        (401, json, credentials("nobody-knows", "wrong")),
        (401, json, credentials("", "")),
        (400, json, "{".to_owned()),
        (415, "text/plain", credentials("oncall", "the-right-one")),
        (
            415,
            "application/json; charset=utf-8",
            credentials("oncall", "the-right-one"),
        ),
    ];
    attempts.extend((0..5).map(|_| (401, json, credentials("oncall", "wrong"))));
    attempts.push((401, json, credentials("oncall", "the-right-one")));
    for (number, (status, content_type, body)) in attempts.into_iter().enumerate() {
        let request = Passed {
            method: "POST".to_owned(),
            path_and_query: "/api/v1/session".to_owned(),
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into_bytes(),
        };
        let genuine = exchange(lab.address(), request.clone()).await.unwrap();
        let simulated = exchange(simulator.addr().to_string(), request)
            .await
            .unwrap();
        assert_eq!(genuine.status, status, "attempt {number}: {genuine:?}");
        let difference = Shape::of(&genuine).difference(&Shape::of(&simulated));
        assert_eq!(difference, None, "attempt {number}");
        if status == 401 {
            let words = |reply: &Reply| serde_json::from_slice::<Value>(&reply.body).unwrap();
            assert_eq!(words(&genuine), words(&simulated), "attempt {number}");
        }
    }
}
