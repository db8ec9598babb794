#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn an_operator_may_write_what_people_paste() {
    let rows = [
        ("argocd.example.com", "https://argocd.example.com"),
        (" argocd.example.com ", "https://argocd.example.com"),
        ("ArgoCD.Example.COM.", "https://argocd.example.com"),
        ("argocd.example.com:8443", "https://argocd.example.com:8443"),
        (
            "argocd.example.com/argocd",
            "https://argocd.example.com/argocd",
        ),
        (
            "https://argocd.example.com:443/",
            "https://argocd.example.com",
        ),
        ("https://h/argocd/", "https://h/argocd"),
        ("https://h/a/b/c_d~e.f", "https://h/a/b/c_d~e.f"),
        ("https://h/applications", "https://h"),
        (
            "https://h/applications/argocd/web?view=tree&resource=",
            "https://h",
        ),
        (
            "https://h/argocd/applications?proj=x#top",
            "https://h/argocd",
        ),
        ("https://h/argocd/settings/clusters", "https://h/argocd"),
        (
            "https://h/login?return_url=https%3A%2F%2Fh%2Fapplications",
            "https://h",
        ),
        ("https://h/argocd/user-info", "https://h/argocd"),
        ("https://h/argocd?x=1", "https://h/argocd"),
        ("https://h/my-applications", "https://h/my-applications"),
        ("https://10.1.2.3:8443/x", "https://10.1.2.3:8443/x"),
        ("https://[FD00::0001]:8443", "https://[fd00::1]:8443"),
        ("localhost:8080", "https://localhost:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8080/argocd", "http://[::1]:8080/argocd"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ];
    for (server, base) in rows {
        let rule = OriginRule::parse(server, Plaintext::LoopbackOnly);
        assert_eq!(
            rule.map(|rule| rule.base_url()),
            Ok(base.to_owned()),
            "{server}"
        );
    }
}

#[test]
fn an_operator_is_told_what_is_wrong() {
    let rows = [
        ("", PolicyError::Empty),
        ("  ", PolicyError::Empty),
        ("https://", PolicyError::NotAUrl),
        ("https://h:99999", PolicyError::NotAUrl),
        ("ftp://h", PolicyError::Scheme),
        ("unix:///run/argocd.sock", PolicyError::Scheme),
        ("https://admin:pw@h", PolicyError::UserInfo),
        ("admin@h", PolicyError::UserInfo),
        ("https://h:0", PolicyError::Port),
        ("https://h/a//b", PolicyError::Prefix),
        ("https://h/a%2Fb", PolicyError::Prefix),
        ("https://h/a;b", PolicyError::Prefix),
        ("https://-h-", PolicyError::Host),
        ("https://a..b", PolicyError::Host),
        ("http://argocd.example.com", PolicyError::Plaintext),
        ("http://10.0.0.1", PolicyError::Plaintext),
        ("http://localhost.example.com", PolicyError::Plaintext),
    ];
    for (server, error) in rows {
        assert_eq!(
            OriginRule::parse(server, Plaintext::LoopbackOnly).err(),
            Some(error),
            "{server}"
        );
        assert!(!error.to_string().contains("pw"));
    }
    let allowed = OriginRule::parse("http://argocd.example.com", Plaintext::Allowed).unwrap();
    assert_eq!((allowed.scheme(), allowed.port()), (Scheme::Http, 80));
}

#[test]
fn the_operators_own_base_url_is_the_same_origin_to_the_strict_parser() {
    for server in [
        "h",
        "h:8443",
        "https://h/p",
        "http://127.0.0.1:8080",
        "https://[fd00::1]",
        "10.0.0.1",
    ] {
        let rule = OriginRule::parse(server, Plaintext::LoopbackOnly).unwrap();
        let origin = Origin::parse(Some(rule.scheme().as_str()), Some(&rule.authority())).unwrap();
        assert_eq!(rule.admits(&origin), Ok(()), "{server}");
        let with_port = match rule.literal() {
            Some(std::net::IpAddr::V6(address)) => format!("[{address}]:{}", rule.port()),
            _ => format!("{}:{}", rule.host(), rule.port()),
        };
        let origin = Origin::parse(Some(rule.scheme().as_str()), Some(&with_port)).unwrap();
        assert_eq!(rule.admits(&origin), Ok(()), "{with_port}");
    }
}
