//! A request that is let through means the same to everybody: the bytes that were judged, to a URL
//! parser, to Go and to nginx. It goes to the one origin, and each of its tools owns the route.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use http::HeaderMap;
use url::Url;

use super::reference;
use argocd_gate::policy::{
    OpenCall, OriginRule, Permit, Plaintext, Policy, ROUTES, Route, Target, Times, path,
};

/// Query keys by which a GET writes in Argo CD, or asks for what is not bounded.
const WRITES: [&str; 6] = [
    "refresh",
    "hydrate",
    "forceRefresh",
    "hard",
    "noCache",
    "follow",
];

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    [
        "https://argocd.example.com",
        "http://127.0.0.1:8080/argo/cd",
    ]
    .into_iter()
    .map(|server| {
        let rule = OriginRule::parse(server, Plaintext::LoopbackOnly);
        Policy::new(
            rule.unwrap_or_else(|error| panic!("{error}")),
            "placeholder",
        )
    })
    .collect()
});

/// Every tool's call, alone.
static ALONE: LazyLock<Vec<Arc<[OpenCall]>>> = LazyLock::new(|| {
    let owners = ROUTES.iter().flat_map(|route| route.owners);
    let tools: BTreeSet<&str> = owners.copied().collect();
    tools.into_iter().map(open).collect()
});

/// All of them at once.
static CALLS: LazyLock<Arc<[OpenCall]>> = LazyLock::new(|| {
    ALONE
        .iter()
        .flat_map(|calls| calls.iter().cloned())
        .collect()
});

/// The one call of `tool`.
pub(super) fn open(tool: &str) -> Arc<[OpenCall]> {
    let call = OpenCall {
        id: "1".into(),
        tool: tool.into(),
    };
    Arc::new([call])
}

/// Path with query, and, each after a byte 0xFF, authority, method and scheme where they are not
/// the right ones.
pub fn holds(data: &[u8]) -> bool {
    let fields: Vec<&[u8]> = data.splitn(4, |byte| *byte == 0xff).collect();
    let text = |at: usize| {
        fields
            .get(at)
            .map(|field| std::str::from_utf8(field))
            .transpose()
    };
    let (Ok(Some(raw)), Ok(authority), Ok(method), Ok(scheme)) =
        (text(0), text(1), text(2), text(3))
    else {
        return false;
    };
    checked(raw);
    let mut accepted = false;
    for policy in &*POLICIES {
        let right = policy.origin().authority();
        let headers = HeaderMap::new();
        let target = Target {
            method: method.unwrap_or("GET"),
            scheme: scheme.or(Some(policy.origin().scheme().as_str())),
            authority: authority.or(Some(&right)),
            path_with_query: Some(raw),
            headers: &headers,
        };
        match policy.decide(&target, &CALLS) {
            Err(denial) => assert!(!denial.rule.is_empty() && !denial.reason.is_empty()),
            Ok(permit) => {
                accepted = true;
                one_meaning(policy.origin(), &target, &permit);
                owned(policy, &target, &permit);
            }
        }
    }
    accepted
}

/// The path check by itself: no route's own form stands in for it.
fn checked(raw: &str) {
    let Ok(path::Checked { path, query }) = path::check(raw) else {
        return;
    };
    let url = Url::parse(&format!("https://argocd.example.com{raw}"));
    let url = url.unwrap_or_else(|error| panic!("{raw}: {error}"));
    assert_eq!(
        (url.host_str(), url.port()),
        (Some("argocd.example.com"), None)
    );
    assert_eq!((url.path(), url.fragment()), (path, None), "a URL parser");
    // As a link on a page of the server: not another host, not relative to the page.
    let page = Url::parse("https://argocd.example.com/page/here?a=b#c");
    let joined = page.and_then(|page| page.join(raw)).ok();
    assert_eq!(joined, Some(url.clone()), "a reference");
    assert_eq!(reference::go_path_clean(path), path, "Go's path.Clean");
    assert_eq!(
        reference::go_path_unescape(path).as_deref(),
        Some(path.as_bytes()),
        "Go's URL.Path"
    );
    assert_eq!(
        reference::nginx_path(raw).as_deref(),
        Some(path.as_bytes()),
        "nginx"
    );
    let Some(Ok(ours)) = query.map(path::pairs) else {
        return;
    };
    let bytes = |key: &str, value: &str| (key.as_bytes().to_vec(), value.as_bytes().to_vec());
    let ours: Vec<_> = ours.iter().map(|(key, value)| bytes(key, value)).collect();
    let theirs: Vec<_> = url
        .query_pairs()
        .map(|(key, value)| bytes(&key, &value))
        .collect();
    assert_eq!(ours, theirs, "a URL parser's query");
    assert_eq!(
        Some(ours),
        query.and_then(reference::go_parse_query),
        "Go's query"
    );
}

fn one_meaning(origin: &OriginRule, target: &Target<'_>, permit: &Permit) {
    let raw = target.path_with_query.unwrap_or_default();
    assert_eq!((target.method, permit.path_with_query()), ("GET", raw));
    let path = permit.path();
    let url = format!(
        "{}://{}{raw}",
        target.scheme.unwrap_or_default(),
        target.authority.unwrap_or_default()
    );
    let url = Url::parse(&url).unwrap_or_else(|error| panic!("{url}: {error}"));
    let host = url.host_str().map(|host| host.trim_matches(['[', ']']));
    assert_eq!(url.scheme(), origin.scheme().as_str());
    assert_eq!(
        (host, url.port_or_known_default()),
        (Some(origin.host()), Some(origin.port()))
    );
    assert_eq!(
        (url.username(), url.password(), url.path()),
        ("", None, path)
    );

    let below = path.strip_prefix(origin.prefix()).unwrap_or_default();
    let route = route(permit.rule());
    let wanted: Vec<&str> = route.template.split('/').collect();
    let got: Vec<&str> = below.split('/').collect();
    assert_eq!(wanted.len(), got.len(), "{path} by {}", route.template);
    for (wanted, got) in wanted.iter().zip(got) {
        assert!(
            wanted.starts_with('{') && !got.is_empty() || *wanted == got,
            "{path}"
        );
    }
    keys(&url, route, permit);
}

fn keys(url: &Url, route: &Route, permit: &Permit) {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let keys: BTreeSet<&str> = pairs.iter().map(|(key, _)| &**key).collect();
    assert_eq!(keys, permit.keys().iter().copied().collect());
    assert!(WRITES.iter().all(|key| !keys.contains(key)), "{keys:?}");
    for (key, value) in &pairs {
        assert!(route.keys.iter().any(|known| known.0 == key), "{key}");
        assert!(!value.chars().any(char::is_control), "{value:?}");
    }
    for known in route.keys {
        let times = pairs.iter().filter(|(key, _)| key == known.0).count();
        match known.2 {
            Times::Once => assert!(times <= 1),
            Times::Required => assert_eq!(times, 1),
            Times::Many => {}
        }
    }
}

/// Each open call alone lets the request through exactly when it owns the route; none does not.
fn owned(policy: &Policy, target: &Target<'_>, permit: &Permit) {
    let owners = route(permit.rule()).owners;
    let nothing: Arc<[OpenCall]> = Arc::new([]);
    assert!(policy.decide(target, &nothing).is_err(), "nothing is open");
    for call in &*ALONE {
        let alone = policy.decide(target, call).is_ok();
        let tool = &*call[0].tool;
        assert_eq!(alone, owners.contains(&tool), "{tool}");
    }
    assert!(
        permit
            .calls()
            .iter()
            .all(|call| owners.contains(&&*call.tool))
    );
}

fn route(template: &str) -> &'static Route {
    let route = ROUTES.iter().find(|route| route.template == template);
    route.unwrap_or_else(|| panic!("{template} is a route"))
}
