#![allow(clippy::unwrap_used)]

use super::*;

const CONFIG: &str = "
current-context: one
contexts:
- {name: one, server: argocd.example.com, user: me}
- {name: two, server: 'localhost:8080', user: me}
- {name: three, server: kubernetes, user: me}
- {name: four, server: gone, user: me}
servers:
- server: argocd.example.com
  grpc-web-root-path: /argo/
  insecure: true
  certificate-authority-data: YWJj
  client-certificate-data: YWJj
  client-certificate-key-data: ZGVm
- {server: 'localhost:8080', plain-text: true}
- {server: kubernetes, core: true}
users:
- {name: me, auth-token: a.b.c, refresh-token: r}
";

#[test]
fn a_context_is_put_together_from_its_three_lists() {
    let parse = |wanted| parse(CONFIG, wanted, Path::new("/c"));
    let one = parse(None).unwrap();
    assert_eq!(
        (&*one.name, &*one.server),
        ("one", "https://argocd.example.com/argo")
    );
    assert_eq!(one.token.as_deref().map(String::as_str), Some("a.b.c"));
    assert!(one.insecure && one.authority.as_deref() == Some(b"abc"));
    assert!(one.identity.is_some());
    let two = parse(Some("two")).unwrap();
    assert_eq!(two.server, "http://localhost:8080/");
    assert!(!two.insecure && two.identity.is_none());
    for (name, words) in [
        ("three", "core mode"),
        ("four", "no server"),
        ("five", "no entry"),
    ] {
        let error = parse(Some(name)).err().unwrap();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_broken_file_is_named_and_not_quoted() {
    for text in [
        "",
        "a: [b",
        "current-context: {a: s3cret",
        "contexts: 1",
        "- s3cret",
    ] {
        let error = parse(text, None, Path::new("/c")).err().unwrap();
        assert!(error.contains("/c") && !error.contains("s3cret"), "{error}");
    }
}
