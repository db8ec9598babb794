#![allow(clippy::unwrap_used)]

use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;

const HOST: &str = "argocd.example.com";

fn policy(server: &str) -> Policy {
    Policy::new(
        OriginRule::parse(server, Plaintext::LoopbackOnly).unwrap(),
        "a.b.c",
    )
}

fn open(tool: &str) -> Vec<OpenCall> {
    vec![OpenCall {
        id: "1".into(),
        tool: tool.into(),
    }]
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let parse = |(name, value): &(&str, &str)| {
        (
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_str(value).unwrap(),
        )
    };
    pairs.iter().map(parse).collect()
}

/// Tries one request with everything else in order.
struct Try<'a> {
    method: &'a str,
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: Option<&'a str>,
    headers: &'a [(&'a str, &'a str)],
    open: Vec<OpenCall>,
}

impl Default for Try<'_> {
    fn default() -> Self {
        let (scheme, authority) = (Some("https"), Some(HOST));
        let path = Some("/argocd/api/v1/applications");
        Try {
            method: "GET",
            scheme,
            authority,
            path,
            headers: &[],
            open: open("list_applications"),
        }
    }
}

impl Try<'_> {
    fn judge(&self) -> Result<Permit, Denial> {
        let Try {
            method,
            scheme,
            authority,
            path: path_with_query,
            ..
        } = *self;
        let headers = &headers(self.headers);
        let target = Target {
            method,
            scheme,
            authority,
            path_with_query,
            headers,
        };
        policy("https://argocd.example.com/argocd").decide(&target, &self.open.clone().into())
    }

    fn reason(&self) -> (&'static str, String) {
        let denial = self.judge().unwrap_err();
        (denial.rule, denial.reason)
    }
}

#[test]
fn the_positive_control_is_allowed() {
    let headers = &[
        ("accept", "application/json"),
        ("authorization", "Bearer a.b.c"),
    ];
    let path = Some("/argocd/api/v1/applications?projects=x&projects=y");
    let permit = Try {
        headers,
        path,
        ..Try::default()
    }
    .judge()
    .unwrap();
    assert_eq!(
        permit.path_with_query(),
        "/argocd/api/v1/applications?projects=x&projects=y"
    );
    assert_eq!(permit.path(), "/argocd/api/v1/applications");
    assert_eq!(
        (permit.rule(), permit.keys()),
        ("/api/v1/applications", &["projects"][..])
    );
    assert_eq!(
        (permit.is_sealed(), permit.accept()),
        (true, Some("application/json"))
    );
    for authority in ["argocd.example.com:443", "ARGOCD.example.com"] {
        assert!(
            Try {
                authority: Some(authority),
                ..Try::default()
            }
            .judge()
            .is_ok(),
            "{authority}"
        );
    }
    assert!(!Try::default().judge().unwrap().is_sealed());
}

/// Authorities that are not `argocd.example.com`, or not certainly.
const FOREIGN: &[&str] = &[
    "hostile.example",
    "HOSTILE.EXAMPLE",
    "hostile.example.",
    "hostile.example:443",
    "argocd.example.com.",
    "argocd.example.com.hostile.example",
    "hostile-argocd.example.com",
    "example.com",
    "xargocd.example.com",
    "argocd.example.com@hostile.example",
    "hostile.example@argocd.example.com",
    "user:pw@argocd.example.com",
    "argocd.example.com:80",
    "argocd.example.com:8443",
    "argocd.example.com:",
    "argocd.example.com:0",
    "argocd.example.com:0443",
    "argocd.example.com:65536",
    "argocd.example.com:443:443",
    "argocd.example.com:+443",
    "argocd.example.com: 443",
    "argocd.example.com:４４３",
    "127.0.0.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "127.1",
    "127.0.0.1.",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[::1",
    "::1",
    "[::1]x",
    "[fe80::1%25eth0]",
    "argocd%2eexample.com",
    "argocd.example.com%00.hostile.example",
    "argocd\u{3002}example\u{3002}com",
    "argocd\u{ff0e}example\u{ff0e}com",
    "\u{430}rgocd.example.com",
    "xn--rgocd-4ve.example.com",
    "argocd.example.com/hostile.example",
    "argocd.example.com#hostile.example",
    "argocd.example.com?hostile.example",
    "argocd.example.com\\hostile.example",
    " argocd.example.com",
    "argocd.example.com\t",
    "argocd.example.com\0",
    "argocd..example.com",
    ".argocd.example.com",
    "",
    "localhost",
    "169.254.169.254",
    "metadata.google.internal",
    "argocd.example.com,hostile.example",
    "*",
];

#[test]
fn every_spelling_of_a_foreign_authority_is_denied() {
    for authority in FOREIGN {
        let (rule, _) = Try {
            authority: Some(authority),
            ..Try::default()
        }
        .reason();
        assert_eq!(rule, "origin", "{authority:?}");
    }
    const { assert!(FOREIGN.len() >= 24) };
    for scheme in [
        "http", "HTTPS", "Https", "ftp", "file", "ws", "wss", "https:", "", " https", "h2",
    ] {
        assert_eq!(
            Try {
                scheme: Some(scheme),
                ..Try::default()
            }
            .reason()
            .0,
            "origin",
            "{scheme:?}"
        );
    }
    assert_eq!(
        Try {
            scheme: None,
            ..Try::default()
        }
        .reason(),
        ("origin", "no scheme".to_owned())
    );
    assert_eq!(
        Try {
            authority: None,
            ..Try::default()
        }
        .reason(),
        ("origin", "no authority".to_owned())
    );
}

#[test]
fn the_reason_says_which_part_is_foreign() {
    let only = "only https://argocd.example.com/argocd is allowed";
    let rows = [
        (
            Some("https"),
            "hostile.example",
            format!("another host: {only}"),
        ),
        (
            Some("http"),
            "argocd.example.com:443",
            format!("another scheme: {only}"),
        ),
        (
            Some("https"),
            "argocd.example.com:444",
            format!("another port: {only}"),
        ),
        (
            Some("https"),
            "a@argocd.example.com",
            "user-info in the authority".to_owned(),
        ),
        (
            Some("https"),
            "argocd.example.com:00443",
            "malformed port".to_owned(),
        ),
        (Some("https"), "127.1", "malformed host".to_owned()),
        (
            Some("gopher"),
            HOST,
            "the scheme is neither http nor https".to_owned(),
        ),
    ];
    for (scheme, authority, reason) in rows {
        let denied = Try {
            scheme,
            authority: Some(authority),
            ..Try::default()
        }
        .reason();
        assert_eq!(denied, ("origin", reason));
    }
}

#[test]
fn get_and_nothing_else() {
    for method in [
        "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "Get",
        " GET", "GET ", "GET\0", "", "PROPFIND", "GET,POST",
    ] {
        let denied = Try {
            method,
            ..Try::default()
        }
        .reason();
        assert_eq!(
            denied,
            ("method", "only GET is allowed".to_owned()),
            "{method:?}"
        );
    }
}

#[test]
fn the_path_prefix_is_kept() {
    for path in [
        "/api/v1/applications",
        "/argocdx/api/v1/applications",
        "/argocd",
        "/Argocd/api/version",
    ] {
        let denied = Try {
            path: Some(path),
            ..Try::default()
        }
        .reason();
        assert_eq!(
            denied,
            ("path", "outside the server's path prefix".to_owned()),
            "{path}"
        );
    }
    assert_eq!(
        Try {
            path: None,
            ..Try::default()
        }
        .reason(),
        ("path", "no path".to_owned())
    );
}

/// Headers that a guest has no use for, or could smuggle with.
const UNLISTED: &[&str] = &[
    "cookie",
    "host",
    "x-http-method-override",
    "transfer-encoding",
    "content-length",
    "content-type",
    "x-forwarded-host",
    "x-forwarded-for",
    "forwarded",
    "x-original-url",
    "x-rewrite-url",
    "connection",
    "upgrade",
    "te",
    "range",
    "user-agent",
    "accept-encoding",
    "grpc-metadata-token",
    "proxy-authorization",
    "authorization2",
    "expect",
];

#[test]
fn headers_are_a_list_of_two() {
    for name in UNLISTED {
        let denied = Try {
            headers: &[(name, "x")],
            ..Try::default()
        }
        .reason();
        assert_eq!(
            denied,
            ("header", format!("{name} is not an allowed header"))
        );
    }
    let values = [
        "Bearer a.b.d",
        "bearer a.b.c",
        "Bearer  a.b.c",
        "Bearer a.b.c ",
        "Bearer a.b.cc",
        "a.b.c",
        "Basic YTpi",
        "Bearer",
        "",
    ];
    for value in values {
        let (rule, _) = Try {
            headers: &[("authorization", value)],
            ..Try::default()
        }
        .reason();
        assert_eq!(rule, "header", "{value:?}");
    }
    let twice = [
        ("authorization", "Bearer a.b.c"),
        ("authorization", "Bearer a.b.c"),
    ];
    assert_eq!(
        Try {
            headers: &twice,
            ..Try::default()
        }
        .reason()
        .0,
        "header"
    );
    for value in [
        "text/event-stream",
        "text/html",
        "application/grpc-web+proto",
        "application/json, */*",
        "",
    ] {
        let (rule, _) = Try {
            headers: &[("accept", value)],
            ..Try::default()
        }
        .reason();
        assert_eq!(rule, "header", "{value:?}");
    }
}

#[test]
fn a_request_needs_an_open_call_that_owns_its_route() {
    let path = Some("/argocd/api/v1/clusters");
    let denied = |open: Vec<OpenCall>| {
        Try {
            path,
            open,
            ..Try::default()
        }
        .reason()
    };
    let none = denied(vec![]);
    assert_eq!(
        none,
        (
            "owner",
            "no call is in progress: /api/v1/clusters".to_owned()
        )
    );
    let other = "no tool that is being called may use this route: /api/v1/clusters";
    for tool in ["list_applications", "List_clusters", "list_clusters ", ""] {
        assert_eq!(denied(open(tool)), ("owner", other.to_owned()), "{tool:?}");
    }
    let mut both = open("list_applications");
    both.push(OpenCall {
        id: "\"b\"".into(),
        tool: "list_clusters".into(),
    });
    both.push(OpenCall {
        id: "3".into(),
        tool: "list_clusters".into(),
    });
    let permit = Try {
        path,
        open: both,
        ..Try::default()
    }
    .judge()
    .unwrap();
    let ids: Vec<&str> = permit.calls().iter().map(|call| &*call.id).collect();
    assert_eq!(
        ids,
        ["\"b\"", "3"],
        "the audit names the owners, and all of them"
    );
}

fn narrowing(tools: Option<&[&str]>, denied: &[&str], side_effects: SideEffects) -> Narrowing {
    Narrowing {
        source: "/p.toml".to_owned(),
        tools: tools.map(|tools| tools.iter().map(|tool| (*tool).to_owned()).collect()),
        denied_routes: denied.iter().map(|route| (*route).to_owned()).collect(),
        side_effects,
    }
}

#[test]
fn policy_files_take_tools_and_routes_away_one_after_the_other() {
    let (allowed, denied) = (SideEffects::Allowed, SideEffects::Denied);
    let clusters = ("/api/v1/clusters", "list_clusters");
    let tree = (
        "/api/v1/applications/a/resource-tree",
        "get_application_resource_tree",
    );
    let both = narrowing(Some(&[clusters.1, tree.1]), &[], allowed);
    let only_tree = narrowing(Some(&[tree.1]), &[], allowed);
    let no_clusters = narrowing(None, &[clusters.0], allowed);
    let no_effects = narrowing(None, &[], denied);
    type Row<'a> = (Vec<&'a Narrowing>, (&'a str, &'a str), Option<&'a str>);
    let rows: Vec<Row<'_>> = vec![
        (vec![], clusters, None),
        (vec![&both], clusters, None),
        (vec![&both, &only_tree], clusters, Some("policy-file")),
        (vec![&only_tree, &both], clusters, Some("policy-file")),
        (vec![&only_tree], tree, None),
        // A file cannot give a tool a route.
        (vec![&both], (clusters.0, tree.1), Some("owner")),
        (vec![&no_clusters], clusters, Some("policy-file")),
        (vec![&no_clusters], tree, None),
        (vec![&no_effects], tree, Some("policy-file")),
        (vec![&no_effects], clusters, None),
        (vec![&only_tree, &no_effects], tree, Some("policy-file")),
    ];
    for (row, (narrowings, (path, tool), rule)) in rows.into_iter().enumerate() {
        let policy = policy(HOST).narrowed(narrowings.into_iter().cloned().collect());
        let headers = HeaderMap::new();
        let target = Target {
            method: "GET",
            scheme: Some("https"),
            authority: Some(HOST),
            path_with_query: Some(path),
            headers: &headers,
        };
        let found = policy.decide(&target, &open(tool).into()).err();
        assert_eq!(
            found.as_ref().map(|denial| denial.rule),
            rule,
            "row {row}: {found:?}"
        );
        if rule == Some("policy-file") {
            assert!(found.is_some_and(|denial| denial.reason.contains("/p.toml")));
        }
    }
}
