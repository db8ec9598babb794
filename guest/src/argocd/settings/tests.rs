#![allow(clippy::unwrap_used)]

use super::*;

type Env<'a> = [(&'a str, &'a str)];

fn read(env: &Env) -> Result<Settings, Vec<SettingsError>> {
    let env: Vec<(String, String)> = env
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Settings::from_env(|name| {
        env.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    })
}

fn token_of(settings: &Settings) -> &str {
    match settings.credentials() {
        Credentials::Token(token) => token,
        Credentials::Password { .. } => "(password)",
    }
}

#[test]
fn aliases_and_precedence() {
    let settings = read(&[
        ("ARGOCD_BASE_URL", "http://h/argocd/applications"),
        ("ARGOCD_API_TOKEN", "t"),
    ])
    .unwrap();
    assert_eq!(
        settings.origin(),
        Origin {
            scheme: Scheme::Http,
            authority: "h"
        }
    );
    assert_eq!(settings.below_prefix("/api/version"), "/argocd/api/version");
    assert_eq!(settings.ui_base().as_deref(), Some("http://h/argocd"));
    let settings = read(&[
        ("ARGOCD_SERVER", "a"),
        ("ARGOCD_BASE_URL", "https://b"),
        ("ARGOCD_AUTH_TOKEN", " Bearer abc\n"),
        ("ARGOCD_API_TOKEN", "other"),
        ("ARGOCD_USERNAME", "u"),
        ("ARGOCD_PASSWORD", "p"),
    ])
    .unwrap();
    assert_eq!(
        (settings.origin().authority, token_of(&settings)),
        ("a", "abc")
    );
    assert_eq!(settings.credential_source(), CredentialSource::Token);
    let notices = settings.notices().join("\n");
    for part in [
        "ARGOCD_BASE_URL is ignored",
        "ARGOCD_API_TOKEN is ignored",
        "ARGOCD_USERNAME and ARGOCD_PASSWORD",
    ] {
        assert!(notices.contains(part), "{notices}");
    }
}

#[test]
fn user_and_password_are_kept_as_they_are() {
    let settings = read(&[
        ("ARGOCD_SERVER", "a"),
        ("ARGOCD_USERNAME", "ad"),
        ("ARGOCD_PASSWORD", " p\"\\ü "),
    ])
    .unwrap();
    assert_eq!(settings.credential_source(), CredentialSource::Password);
    match settings.credentials() {
        Credentials::Password { username, password } => {
            assert_eq!((&**username, &**password), ("ad", " p\"\\ü "))
        }
        Credentials::Token(_) => panic!("token"),
    }
}

#[test]
fn all_problems_at_once_and_no_value() {
    let secret = "s3cr3t value";
    #[rustfmt::skip]
    let rows: &[(&Env, &[&str])] = &[
        (&[], &["ARGOCD_SERVER is not set", "ARGOCD_AUTH_TOKEN is not set"]),
        (&[("ARGOCD_SERVER", " "), ("ARGOCD_AUTH_TOKEN", "")], &["ARGOCD_SERVER is not set", "ARGOCD_AUTH_TOKEN is not set"]),
        (&[("ARGOCD_BASE_URL", secret), ("ARGOCD_API_TOKEN", secret)], &["ARGOCD_BASE_URL contains", "ARGOCD_API_TOKEN is not a token"]),
        (&[("ARGOCD_SERVER", "u:s3cr3t@h"), ("ARGOCD_USERNAME", "s3cr3t")], &["ARGOCD_SERVER contains", "ARGOCD_PASSWORD is not set"]),
        (&[("ARGOCD_SERVER", "h"), ("ARGOCD_PASSWORD", "s3cr3t")], &["ARGOCD_USERNAME is not set"]),
        (&[("ARGOCD_SERVER", "h"), ("ARGOCD_AUTH_TOKEN", "op://Vault/s3cr3t")], &["1Password"]),
        (&[("ARGOCD_SERVER", "h"), ("ARGOCD_USERNAME", "op://s3cr3t"), ("ARGOCD_PASSWORD", "op://s3cr3t")], &["ARGOCD_USERNAME", "ARGOCD_PASSWORD"]),
    ];
    for (env, expected) in rows {
        let errors = read(env).unwrap_err();
        assert_eq!(errors.len(), expected.len(), "{errors:?}");
        for (error, part) in errors.iter().zip(*expected) {
            let text = error.to_string();
            assert!(text.contains(part) && !text.contains("s3cr3t"), "{text}");
        }
    }
}

#[test]
fn what_belongs_to_the_runtime_is_said_unless_the_host_does_it() {
    let env = [
        ("ARGOCD_SERVER", "http://h"),
        ("ARGOCD_AUTH_TOKEN", "t"),
        ("ARGOCD_INSECURE", "1"),
        ("ARGOCD_CA_FILE", "/ca"),
    ];
    assert_eq!(read(&env).unwrap().notices().len(), 3);
    let hosted = [&env[..], &[("ARGOCD_HOST_MANAGED", "1")]].concat();
    let settings = read(&hosted).unwrap();
    assert_eq!(
        (settings.notices().len(), settings.credential_source()),
        (0, CredentialSource::Host)
    );
    for server in [
        "http://localhost:1",
        "http://127.0.0.1",
        "http://[::1]:80",
        "http://[::1]",
        "https://h",
    ] {
        let settings = read(&[
            ("ARGOCD_SERVER", server),
            ("ARGOCD_AUTH_TOKEN", "t"),
            ("ARGOCD_INSECURE", "0"),
        ])
        .unwrap();
        assert_eq!(settings.notices(), Vec::<String>::new(), "{server}");
    }
}

#[test]
fn links_only_where_people_can_open_them() {
    let app = AppRef::parse("team/web", None, None).unwrap();
    for (server, expected) in [
        (
            "https://h:8443/argocd",
            Some("https://h:8443/argocd/applications/team/web"),
        ),
        ("argocd-server.argocd.svc", None),
        ("argocd-server.argocd.svc.cluster.local:443", None),
        ("http://argocd-server.argocd.svc:80/", None),
    ] {
        let settings = read(&[("ARGOCD_SERVER", server), ("ARGOCD_AUTH_TOKEN", "t")]).unwrap();
        assert_eq!(settings.ui_url(&app).as_deref(), expected, "{server}");
    }
}

#[test]
fn debug_shows_no_credentials() {
    let settings = read(&[
        ("ARGOCD_SERVER", "h"),
        ("ARGOCD_USERNAME", "u5er"),
        ("ARGOCD_PASSWORD", "s3cr3t"),
    ])
    .unwrap();
    let text = format!("{settings:?}");
    assert!(!text.contains("u5er") && !text.contains("s3cr3t"), "{text}");
}
