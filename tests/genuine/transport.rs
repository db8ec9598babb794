//! How a genuine server is reached: path prefix, plain HTTP, TLS of a private CA.

use argocd_tests::harness::{Answer, Lab, Start};
use serde_json::json;

use crate::HOST;

async fn clusters(lab: &Lab, server: &str, more: &[(&str, &str)]) -> Answer {
    let mut start = Start::run(HOST)
        .env("ARGOCD_SERVER", server)
        .env("ARGOCD_AUTH_TOKEN", lab.token("ci"));
    for (name, value) in more {
        start = start.env(name, value);
    }
    let mut host = start.start().unwrap();
    host.call("list_clusters", json!({})).await.unwrap()
}

fn works(answer: &Answer) {
    assert!(
        !answer.is_error && answer.text.contains("prod-eu"),
        "{}",
        answer.text
    );
}

fn fails(answer: &Answer, word: &str) {
    let text = answer.text.to_lowercase();
    assert!(
        answer.is_error && text.contains(word),
        "{word}: {}",
        answer.text
    );
}

#[tokio::test]
async fn plain_http_works_and_tls_on_its_port_is_explained() {
    let lab = Lab::start::<&str>([]).unwrap();
    works(&clusters(&lab, lab.url(), &[]).await);
    let tls = lab.url().replace("http://", "https://");
    fails(
        &clusters(&lab, &tls, &[]).await,
        "use http:// in argocd_server",
    );
}

#[tokio::test]
async fn the_prefix_of_rootpath_is_kept_and_missed() {
    let lab = Lab::start(["--rootpath=/argocd"]).unwrap();
    works(&clusters(&lab, lab.url(), &[]).await);
    works(&clusters(&lab, &format!("{}/", lab.url()), &[]).await);
    works(
        &clusters(
            &lab,
            &format!("{}/applications/argocd/guestbook?view=tree", lab.url()),
            &[],
        )
        .await,
    );
    fails(
        &clusters(&lab, &format!("http://{}", lab.address()), &[]).await,
        "prefix",
    );
}

#[tokio::test]
async fn a_private_ca_is_trusted_when_it_is_named_and_only_then() {
    let lab = Lab::start(["--tls"]).unwrap();
    let ca = lab.ca_file().unwrap().to_str().unwrap().to_owned();
    fails(&clusters(&lab, lab.url(), &[]).await, "certificate");
    works(&clusters(&lab, lab.url(), &[("ARGOCD_CA_FILE", &ca)]).await);
    works(&clusters(&lab, lab.url(), &[("ARGOCD_INSECURE", "1")]).await);
    let other = Lab::start(["--tls"]).unwrap();
    let other = other.ca_file().unwrap().to_str().unwrap().to_owned();
    fails(
        &clusters(&lab, lab.url(), &[("ARGOCD_CA_FILE", &other)]).await,
        "certificate",
    );
    let plain = lab.url().replace("https://", "http://");
    fails(&clusters(&lab, &plain, &[]).await, "redirect");
}
