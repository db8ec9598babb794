//! Documents with names in every place, and what is left of them.

use serde_json::{Value, json};

use super::{Document, Names, Replaced};

fn document(request: &str, body: &Value) -> Document {
    Document {
        request: request.to_owned(),
        status: 200,
        content_type: "application/json".to_owned(),
        body: body.to_string(),
    }
}

fn replaced(mut documents: Vec<Document>) -> (Vec<Document>, Replaced) {
    let names = Names::of(&documents);
    let replaced = names.replace(&mut documents);
    (documents, replaced)
}

const COMMIT: &str = "6ca180a557d7876137002a1b814357abec6f8ed0";

/// An application with its names wherever Argo CD writes them.
fn incident() -> Vec<Document> {
    let live = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": "orders-api", "namespace": "shop-prod",
            "labels": {"app.kubernetes.io/instance": "orders-api", "team": "blue-whales"},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": r#"{"metadata":{"name":"orders-api"}}"#},
            "managedFields": [{"fieldsV1": {"f:spec": {"k:{\"name\":\"orders-api\"}": {}}}}],
        },
        "spec": {"template": {"spec": {
            "nodeName": "worker-7.acme.lan",
            "containers": [{"name": "main", "image": "registry.acme.io:5000/shop/orders-api:1.2"}],
        }}},
    });
    vec![
        document(
            "/api/v1/applications/orders-api",
            &json!({
                "metadata": {"name": "orders-api", "namespace": "argocd"},
                "spec": {
                    "project": "retail", "source": {"repoURL": "https://git.acme.io/acme/deploy.git"},
                    "destination": {"server": "https://10.1.2.3:6443", "namespace": "shop-prod"},
                },
                "status": {
                    "sync": {"status": "Synced", "revision": COMMIT},
                    "conditions": [{"type": "ComparisonError", "message": format!("cannot read {} at 6ca180a of git.acme.io for orders-api: lookup db.acme.lan", COMMIT)}],
                    "history": [{"initiatedBy": {"username": "jane.doe"}}],
                },
            }),
        ),
        document(
            "/api/v1/applications/orders-api/managed-resources",
            &json!({"items": [{"kind": "Deployment", "name": "orders-api", "namespace": "shop-prod", "liveState": live.to_string()}]}),
        ),
        document(
            &format!("/api/v1/applications/orders-api/revisions/{COMMIT}/metadata"),
            &json!({"author": "Ada Park <ada.park@acme.io>", "message": "orders-api: fix\n\nReviewed-by: Bo Chen <bo@acme.io>"}),
        ),
        document(
            "/api/v1/applications/orders-api/resource?resourceName=orders-api-5bb-x2k&namespace=shop-prod&kind=Pod&version=v1",
            &json!({"manifest": json!({"kind": "Pod", "metadata": {"name": "orders-api-5bb-x2k"}}).to_string()}),
        ),
        Document {
            body: json!({"result": {"content": "INFO calling http://cart.shop-prod.svc:8080 from ada.park@acme.io", "podName": "orders-api-5bb-x2k"}}).to_string() + "\n{}\n",
            ..document("/api/v1/applications/orders-api/logs?podName=orders-api-5bb-x2k&tailLines=9", &Value::Null)
        },
    ]
}

#[test]
fn nothing_says_whose_it_is() {
    let (documents, _) = replaced(incident());
    let all = format!("{documents:?}");
    for original in [
        "orders",
        "shop-prod",
        "shop",
        "acme",
        "retail",
        "blue-whales",
        "10.1.2.3",
        "6ca180a",
        "jane",
        "doe",
        "Ada",
        "Park",
        "ada.park",
        "Bo Chen",
        "bo@",
        "cart",
        "worker-7",
    ] {
        assert!(!all.contains(original), "{original}: {all}");
    }
    for kept in [
        "\\\"argocd\\\"",
        "Deployment",
        "ComparisonError",
        "apps/v1",
        "app.kubernetes.io/instance",
        "main",
        "kubectl.kubernetes.io/last-applied-configuration",
        "deploy.git",
        ":5000/",
        ":1.2",
        "lookup",
    ] {
        assert!(all.contains(kept), "{kept}: {all}");
    }
}

#[test]
fn one_thing_has_one_other_name_everywhere() {
    let (documents, summary) = replaced(incident());
    let other = |original: &str| {
        let pair = summary.pairs().iter().find(|(from, _)| from == original);
        pair.unwrap_or_else(|| panic!("{original}: {:?}", summary.pairs()))
            .1
            .clone()
    };
    let (name, commit) = (other("orders-api"), other(COMMIT));
    let paths: Vec<&str> = documents
        .iter()
        .map(|document| &*document.request)
        .collect();
    assert!(
        paths
            .iter()
            .all(|path| path.starts_with(&format!("/api/v1/applications/{name}"))),
        "{paths:?}"
    );
    assert!(
        paths.contains(&&*format!(
            "/api/v1/applications/{name}/revisions/{commit}/metadata"
        )),
        "{paths:?}"
    );
    let with = |part: &str| {
        documents
            .iter()
            .find(|document| document.request.contains(part))
            .unwrap()
    };
    assert!(
        with("podName")
            .request
            .contains(&format!("podName={name}-5bb-x2k&"))
    );
    assert!(
        with("podName")
            .body
            .contains(&format!("\"podName\":\"{name}-5bb-x2k\""))
    );
    let managed: Value = serde_json::from_str(&with("managed-resources").body).unwrap();
    let live: Value =
        serde_json::from_str(managed["items"][0]["liveState"].as_str().unwrap()).unwrap();
    assert_eq!(live["metadata"]["name"], *name);
    assert!(
        live.to_string()
            .contains(&format!("k:{{\\\"name\\\":\\\"{name}\\\"}}")),
        "{live}"
    );
    let image = live["spec"]["template"]["spec"]["containers"][0]["image"]
        .as_str()
        .unwrap();
    assert_eq!(
        image,
        format!(
            "{}:5000/{}/{name}:1.2",
            other("registry.acme.io"),
            other("shop")
        )
    );
    assert!(
        documents
            .iter()
            .any(|document| document.body.contains(&commit[..7]))
    );
    assert_eq!(other("6ca180a"), commit[..7]);
    // The same input, the same files.
    assert_eq!(replaced(incident()).0, documents);
}

#[test]
fn names_keep_their_order() {
    let names = ["alpha-svc", "beta-svc", "gamma-svc"];
    let nodes: Vec<Value> = names
        .iter()
        .map(|name| json!({"kind": "Service", "name": name}))
        .collect();
    let (documents, _) = replaced(vec![document("/api/v1/x", &json!({ "nodes": nodes }))]);
    let tree: Value = serde_json::from_str(&documents[0].body).unwrap();
    let shown: Vec<&str> = (0..3)
        .map(|at| tree["nodes"][at]["name"].as_str().unwrap())
        .collect();
    assert!(shown.is_sorted(), "{shown:?}");
}

#[test]
fn a_name_that_is_a_word_of_kubernetes_changes_no_status() {
    let app = json!({"metadata": {"name": "Healthy"}, "status": {"health": {"status": "Healthy"}, "phase": "Healthy"}});
    let (documents, _) = replaced(vec![document("/api/v1/applications/Healthy", &app)]);
    assert!(
        documents[0].body.contains(r#""status":"Healthy""#),
        "{}",
        documents[0].body
    );
    assert!(!documents[0].request.contains("Healthy"));
}
