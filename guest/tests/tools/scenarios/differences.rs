//! Why an application is OutOfSync or stays so, conditions, and what must not be claimed.

use serde_json::{Value, json};

use super::{
    broken::{Broken, container, node, pod},
    check::{check, row},
};

const NEW: &str = "2222222222222222222222222222222222222222";

/// OutOfSync with this automation.
fn out(automated: Value) -> Broken {
    let mut broken = Broken::new().status(json!({"sync": {"status": "OutOfSync"}}));
    broken.app["spec"]["syncPolicy"] = json!({"automated": automated});
    broken
}

fn on() -> Value {
    json!({"prune": true, "selfHeal": true})
}

fn deployment(replicas: u32, more: Value) -> Value {
    let mut object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop", "annotations": {}}, "spec": {"replicas": replicas, "template": {"spec": {"containers": [{"name": "api", "image": "registry.example.com/shop:2.0"}]}}}});
    super::broken::merge(&mut object, more);
    object
}

/// An autoscaler of Deployment `target`.
fn scaler(target: &str) -> Value {
    json!({"kind": "HorizontalPodAutoscaler", "spec": {"scaleTargetRef": {"kind": "Deployment", "name": target}}})
}

/// The live object with what was applied last in its annotation.
fn applied(mut broken: Broken, applied: &Value) -> Broken {
    let item = broken.managed.last_mut().unwrap();
    let mut live: Value = serde_json::from_str(item["liveState"].as_str().unwrap()).unwrap();
    live["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
        json!(applied.to_string());
    item["liveState"] = json!(live.to_string());
    broken
}

#[test]
fn reasons_of_differences() {
    let three = deployment(3, json!({}));
    let eight = deployment(8, json!({}));
    check(vec![
        row("an autoscaler against replicas",
            applied(out(on()).managed("Deployment", "shop", eight.clone(), three.clone()), &three)
                .managed("HorizontalPodAutoscaler", "shop", scaler("shop"), scaler("shop")),
            &["spec.replicas: 8 -> 3", "HorizontalPodAutoscaler shop of this application sets the replicas of Deployment shop"], &["a person scaled"]),
        row("an autoscaler of another workload",
            applied(out(on()).managed("HorizontalPodAutoscaler", "shop", scaler("web"), scaler("web")).managed("Deployment", "shop", eight.clone(), three.clone()), &three),
            &["spec.replicas: 8 -> 3"], &["sets the replicas", "autoscaler"]),
        row("somebody edited the image",
            applied(out(json!({"prune": true})).managed("Deployment", "shop", deployment(3, json!({"spec": {"paused": true}})), three.clone()), &three),
            &["spec.paused", "Git is as last applied, the live object is not", "self-heal is off"], &["Git differs", "Git has a revision", "edited"]),
        row("a commit waits",
            applied(out(Value::Null).status(json!({"sync": {"revision": NEW}})).managed("Deployment", "shop", three.clone(), deployment(3, json!({"spec": {"template": {"spec": {"containers": [{"name": "api", "image": "registry.example.com/shop:2.1"}]}}}}))), &three),
            &["Git differs from what was last applied", "a revision that is not synced yet: 1111111 -> 2222222", "shop:2.0\" -> \"registry.example.com/shop:2.1\"", "automated sync is off", "by Ada > shop 2.0"], &["edited"]),
        row("parameters changed in the application",
            applied(out(Value::Null)
                .app(json!({"spec": {"source": {"chart": "shop", "helm": {"parameters": [{"name": "replicas", "value": "5"}]}}}}))
                .status(json!({"sync": {"comparedTo": {"source": {"repoURL": "https://git.example.com/shop.git", "path": "deploy", "chart": "shop", "targetRevision": "main", "helm": {"parameters": [{"name": "replicas", "value": "5"}]}}}}, "history": [{"id": 0, "revision": "1111111111111111111111111111111111111111", "deployedAt": "2026-11-22T21:05:00Z", "source": {"repoURL": "https://git.example.com/shop.git", "path": "deploy", "chart": "shop", "targetRevision": "main", "helm": {"parameters": [{"name": "replicas", "value": "3"}]}}}]}))
                .managed("Deployment", "shop", three.clone(), deployment(5, json!({}))), &three),
            &["spec.replicas: 3 -> 5", "the application's source has changed"], &["Git has changes that are not synced", "the cluster was changed"]),
        row("two applications, one object",
            out(on()).status(json!({"conditions": [{"type": "SharedResourceWarning", "message": "ConfigMap/flags is part of applications argocd/shop and other"}]}))
                .managed("ConfigMap", "flags", json!({"kind": "ConfigMap", "metadata": {"annotations": {"argocd.argoproj.io/tracking-id": "other:/ConfigMap:web/flags"}}}), json!({"kind": "ConfigMap", "metadata": {"annotations": {"argocd.argoproj.io/tracking-id": "shop:/ConfigMap:web/flags"}}})),
            &["Another application applied ConfigMap web/flags last: the tracking id is of other", "SharedResourceWarning", "argocd/shop and other"], &["edited"]),
        row("a random value of a chart",
            out(on()).status(json!({"sourceType": "Helm"}))
                .managed("Secret", "shop", json!({"apiVersion": "v1", "kind": "Secret", "data": {"password": "++++++++++++"}}), json!({"apiVersion": "v1", "kind": "Secret", "data": {"password": "++++++++"}}))
                .managed("Deployment", "shop", deployment(3, json!({"spec": {"template": {"metadata": {"annotations": {"checksum/secret": "aaaa"}}}}})), deployment(3, json!({"spec": {"template": {"metadata": {"annotations": {"checksum/secret": "bbbb"}}}}}))),
            &["data.password: differs (hidden)", "checksum/secret", "random"], &["the cluster was changed"]),
        row("an injected certificate",
            out(on()).managed("ValidatingWebhookConfiguration", "shop", json!({"kind": "ValidatingWebhookConfiguration", "webhooks": [{"name": "v", "clientConfig": {"caBundle": "LS0tQ0E"}}]}), json!({"kind": "ValidatingWebhookConfiguration", "webhooks": [{"name": "v", "clientConfig": {"caBundle": ""}}]})),
            &["caBundle", "injected"], &[]),
        row("an aggregated role",
            out(on()).managed("ClusterRole", "shop", json!({"kind": "ClusterRole", "aggregationRule": {"clusterRoleSelectors": []}, "rules": [{"verbs": ["get"]}]}), json!({"kind": "ClusterRole", "aggregationRule": {"clusterRoleSelectors": []}, "rules": []})),
            &["ClusterRole", "rules"], &[]),
        row("something missing",
            out(Value::Null).managed("ConfigMap", "flags", Value::Null, json!({"kind": "ConfigMap"})),
            &["ConfigMap web/flags: missing in the cluster"], &[]),
        row("was a rollback to",
            out(Value::Null).status(json!({"sync": {"revision": NEW}, "history": [
                    {"id": 4, "revision": "1111111111111111111111111111111111111111", "deployedAt": "2026-11-22T18:00:00Z", "initiatedBy": {"automated": true}},
                    {"id": 5, "revision": NEW, "deployedAt": "2026-11-22T20:00:00Z", "initiatedBy": {"automated": true}},
                    {"id": 6, "revision": "1111111111111111111111111111111111111111", "deployedAt": "2026-11-22T21:05:00Z", "initiatedBy": {"username": "ada"}}]}))
                .managed("Deployment", "shop", three.clone(), eight.clone()),
            &["was a rollback to", "id 4", "by ada", "automated sync is off"], &[]),
        row("300 resources of which 120 differ", {
            let mut broken = out(Value::Null);
            for at in 0..300 {
                let live = json!({"kind": "ConfigMap", "data": {"a": "1"}});
                let wanted = json!({"kind": "ConfigMap", "data": {"a": if at < 120 { "2" } else { "1" }}});
                broken = broken.managed("ConfigMap", &format!("c{at:03}"), live, wanted);
            }
            broken
        }, &["120 objects differ", "c000", "get_application_managed_resources"], &["c150, "]),
    ]);
}

#[test]
fn automation_that_does_nothing() {
    let three = deployment(3, json!({}));
    let drifted = |automated: Value| {
        out(automated).managed(
            "Deployment",
            "shop",
            deployment(3, json!({"spec": {"paused": true}})),
            three.clone(),
        )
    };
    let pruned = |automated: Value| {
        out(automated).managed(
            "ConfigMap",
            "old",
            json!({"kind": "ConfigMap"}),
            Value::Null,
        )
    };
    check(vec![
        row("switched off by a field", drifted(json!({"enabled": false, "prune": true})), &["automated sync is off"], &[]),
        row("only prunes remain", pruned(json!({"selfHeal": true})), &["prune is off"], &["self-heal is off"]),
        row("only prunes remain, self-heal off too", pruned(json!({})), &["prune is off"], &["changes in the cluster stay"]),
        row("marked Prune=false", out(on()).managed("ConfigMap", "old", json!({"kind": "ConfigMap", "metadata": {"annotations": {"argocd.argoproj.io/sync-options": "Prune=false"}}}), Value::Null),
            &["marked Prune=false"], &[]),
        row("does not retry this revision", drifted(on()).status(json!({"conditions": [{"type": "SyncError", "message": "Failed last sync attempt to [1111111]: one or more objects failed to apply, reason: x", "lastTransitionTime": "2026-11-22T21:00:00Z"}]})),
            &["does not retry this revision", "new commit"], &[]),
        row("an error about an older commit", drifted(on()).status(json!({"sync": {"revision": NEW}, "conditions": [{"type": "SyncError", "message": "Failed last sync attempt to [1111111111111111111111111111111111111111]: x"}]})), &["spec.paused", "gave up on an older revision"], &["does not retry this"]),
        row("never been synced", { let mut broken = out(Value::Null).status(json!({"health": {"status": "Missing"}})).managed("ConfigMap", "flags", Value::Null, json!({"kind": "ConfigMap"})); broken.app["status"]["operationState"] = Value::Null; broken.app["status"]["history"] = json!([]); broken },
            &["no sync yet", "1 missing", "automated sync is off"], &["nothing read explains it"]),
        row("would wipe out everything", pruned(on()).status(json!({"conditions": [{"type": "SyncError", "message": "Skipping sync attempt to [1111111]: auto-sync will wipe out all resources"}]})),
            &["auto-sync will wipe out all resources", "allowEmpty"], &["does not retry this revision"]),
        row("a fight", drifted(on()).status(json!({"operationState": {"operation": {"sync": {"autoHealAttemptsCount": 37, "resources": [{"kind": "Deployment", "name": "shop"}]}}}})),
            &["self-heal has run 37 times", "spec.paused"], &["changes it back", "writer"]),
        row("not reconciled any more", drifted(on()).status(json!({"reconciledAt": "2026-11-22T15:00:00Z"})),
            &["last compared 2026-11-22T15:00:00Z (6 h ago)"], &[]),
        row("skip-reconcile", drifted(on()).app(json!({"metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": "true"}}})), &["skip-reconcile"], &[]),
        row("no allow window is open", {
            let mut broken = drifted(on());
            broken.windows = json!({"canSync": true, "assignedWindows": [{"kind": "allow", "schedule": "0 6 * * 1-5", "duration": "2h", "manualSync": true}]});
            broken.project["spec"]["syncWindows"] = json!([{"kind": "allow", "schedule": "0 6 * * 1-5", "duration": "2h", "manualSync": true, "timeZone": "Europe/Berlin", "applications": ["*"]}]);
            broken
        }, &["no allow window is open", "2026-11-23T05:00:00Z", "A manual sync is allowed"], &["A manual sync is not"]),
    ]);
}

#[test]
fn conditions_of_every_type() {
    let with = |kind: &str, message: &str| {
        Broken::new().status(json!({"sync": {"status": "Unknown"}, "conditions": [{"type": kind, "message": message, "lastTransitionTime": "2026-11-22T21:00:00Z"}]}))
    };
    let target = |tail: &str| {
        with(
            "ComparisonError",
            &format!(
                "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = {tail}"
            ),
        )
    };
    check(vec![
        row("no such cluster", with("InvalidSpecError", "application destination spec for shop is invalid: there are no clusters with this name: prod-eu").status(json!({"health": {"status": "Unknown"}})), &["InvalidSpecError", "there are no clusters with this name: prod-eu"], &["nothing serves"]),
        row("no such project", with("InvalidSpecError", "Application referencing project gone which does not exist").status(json!({"health": {"status": "Unknown"}})), &["project gone which does not exist"], &[]),
        row("helm", target("`helm template . --name-template shop --set db.password=CANARY-9` failed exit status 1: Error: execution error at (shop/templates/deployment.yaml:12:4): image.tag is required"), &["does not render", "image.tag is required"], &["CANARY"]),
        row("helm, long", target(&format!("`helm template . --name-template shop {}` failed exit status 1: Error: template: shop/templates/svc.yaml:3:14: executing \"shop/templates/svc.yaml\" at <.Values.svc.port>: nil pointer evaluating interface {{}}.port", "--api-versions example.com/v1 ".repeat(80))), &["does not render", "nil pointer evaluating interface {}.port"], &[]),
        row("kustomize", target("`kustomize build /tmp/_argocd-repo/1/overlays/prod` failed exit status 1: Error: accumulating resources: accumulation err='accumulating resources from '../../base': evalsymlink failure on '/tmp/_argocd-repo/1/base' : lstat /tmp/_argocd-repo/1/base: no such file or directory'"), &["does not render", "../../base", "no such file or directory"], &[]),
        row("no such revision", target("failed to resolve revision \"v9.9\": unable to resolve 'v9.9' to a commit SHA"), &["target revision", "'v9.9'"], &[]),
        row("chart version", target("error fetching chart: failed to fetch chart: failed to get command args to log: `helm pull --destination /tmp/1 --version 9.9.9 shop` failed exit status 1: Error: chart \"shop\" version \"9.9.9\" not found in https://charts.example.com repository"), &["version \"9.9.9\" not found"], &[]),
        row("authentication", target("failed to list refs: authentication required: Repository not found."), &["requires credentials"], &[]),
        row("repository is slow", target("failed to list refs: Get \"https://git.example.com/shop.git/info/refs?service=git-upload-pack\": context deadline exceeded"), &["cannot reach the Git host git.example.com: the connection times out"], &[]),
        row("cached error", with("ComparisonError", "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = Manifest generation error (cached): plugin sidecar failed. error generating manifests in cmp: rpc error: code = Unknown desc = error generating manifests: `sh -c \"vals eval\"` failed exit status 1: expected non-empty AWS_REGION"), &["expected non-empty AWS_REGION", "cached"], &[]),
        row("YAML", target("failed to unmarshal manifest: error converting YAML to JSON: yaml: line 14: did not find expected key"), &["yaml: line 14: did not find expected key"], &[]),
        row("the cluster", with("ComparisonError", "Failed to load live state: failed to get cluster info for \"https://10.9.9.9\": error synchronizing cache state : Get \"https://10.9.9.9/version?timeout=32s\": x509: certificate has expired or is not yet valid"), &["the destination cluster cannot be read", "certificate has expired"], &[]),
        row("a health script", with("ComparisonError", "error setting app health: failed to get resource health for \"Widget\" with name \"w\" in namespace \"web\": <string>:3: attempt to index a nil value").status(json!({"sync": {"status": "Synced"}, "health": {"status": "Unknown"}})), &["a health check itself fails", "Widget", "attempt to index a nil value"], &["cannot be read"]),
        row("excluded", with("ExcludedResourceWarning", "Resource cilium.io/CiliumIdentity 1234 is excluded in the settings").status(json!({"sync": {"status": "Synced"}})), &["ExcludedResourceWarning", "CiliumIdentity"], &[]),
        row("too large", with("UnknownError", "Application status exceeds the Kubernetes resource size limit, some resources are not shown").status(json!({"sync": {"status": "Synced"}})), &["exceeds the Kubernetes resource size limit"], &[]),
        row("nothing of it was rendered, so nothing is pruned",
            target("deploy: app path does not exist").status(json!({"resources": [{"kind": "Service", "version": "v1", "namespace": "web", "name": "shop", "status": "Unknown", "requiresPruning": true, "health": {"status": "Healthy"}}]}))
                .node(node("Service", "shop", None, json!({"status": "Healthy"}))).managed("Service", "shop", json!({"kind": "Service"}), Value::Null),
            &["deploy does not exist in"], &["to prune", "would delete"]),
        row("hydration failed", Broken::new().app(json!({"spec": {"source": null, "sourceHydrator": {"drySource": {"repoURL": "https://git.example.com/dry.git", "path": "x", "targetRevision": "main"}, "syncSource": {"targetBranch": "env/prod", "path": "x"}}}}))
                .status(json!({"sourceHydrator": {"currentOperation": {"phase": "Failed", "message": "failed to hydrate apps: error getting manifests: kustomize build failed: no such file", "drySHA": NEW, "startedAt": "2026-11-22T21:00:00Z"}}})),
            &["hydrat", "kustomize build failed: no such file", "2222222"], &["Nothing is"]),
    ]);
}

/// One object whose health is worse than Healthy.
fn of(kind: &str, group: &str, status: &str, message: &str) -> Broken {
    let mut object = node(
        kind,
        "shop",
        None,
        json!({"status": status, "message": message}),
    );
    object["group"] = json!(group);
    Broken::new()
        .status(json!({"health": {"status": status}}))
        .node(object)
}

#[test]
fn objects_that_hold_others_back() {
    check(vec![
        row(
            "the provider of a Secret before the Pod that lacks it",
            {
                let mut broken = Broken::deployment(json!({"status": "Degraded", "message": "secret \"shop-db\" not found"}), "CreateContainerConfigError", "0/1", 0, true)
                .live_pod(json!({"phase": "Pending", "containerStatuses": [container("api", json!({"waiting": {"reason": "CreateContainerConfigError", "message": "secret \"shop-db\" not found"}}), json!({}), false, 0)]}))
                .event("shop-db", "UpdateFailed", "error processing spec.data[0] (key: prod/shop), err: AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue");
                let mut external = node(
                    "ExternalSecret",
                    "shop-db",
                    None,
                    json!({"status": "Degraded", "message": "error processing spec.data[0]"}),
                );
                external["group"] = json!("external-secrets.io");
                broken.nodes.push(external);
                broken
            },
            &[
                "1. ExternalSecret shop-db is Degraded",
                "secretsmanager:GetSecretValue",
                "2. Pod shop-1-a cannot create container api",
                "secret \"shop-db\" not found",
            ],
            &[],
        ),
        row(
            "a claim that is still used",
            {
                Broken::new().status(json!({"health": {"status": "Progressing"}}))
                .node(node("PersistentVolumeClaim", "data", None, json!({"status": "Progressing", "message": "Pending deletion"})))
                .object("data", json!({"kind": "PersistentVolumeClaim", "metadata": {"name": "data", "deletionTimestamp": "2026-11-22T21:00:00Z", "finalizers": ["kubernetes.io/pvc-protection"]}}))
            },
            &[
                "PersistentVolumeClaim data has been Terminating since",
                "kubernetes.io/pvc-protection",
            ],
            &["node is lost"],
        ),
        row(
            "a Pod that its node rejects",
            {
                Broken::deployment(json!({"status": "Degraded", "message": "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 3900, capacity: 4000"}), "OutOfcpu", "0/1", 0, true)
                .live_pod(json!({"phase": "Failed", "reason": "OutOfcpu", "message": "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 3900, capacity: 4000"}))
            },
            &[
                "shop-1-a",
                "OutOfcpu",
                "didn't have enough resource: cpu, requested: 2000",
            ],
            &[],
        ),
    ]);
}

#[test]
fn owners_of_pods() {
    check(vec![
        row(
            "a suspended CronJob with old Jobs",
            {
                let cron = node(
                    "CronJob",
                    "report",
                    None,
                    json!({"status": "Healthy", "message": "CronJob is Suspended"}),
                );
                let job = node(
                    "Job",
                    "report-1",
                    Some(&cron),
                    json!({"status": "Healthy", "message": ""}),
                );
                Broken::new().node(cron).node(job)
            },
            &["CronJob report creates no Jobs", "is Suspended"],
            &[],
        ),
        row(
            "one Pod of a StatefulSet in a rolling update",
            {
                let set = node(
                    "StatefulSet",
                    "db",
                    None,
                    json!({"status": "Progressing", "message": "waiting for statefulset rolling update to complete 0 pods at revision db-7c..."}),
                );
                let good = pod(
                    "db-0",
                    &set,
                    json!({"status": "Healthy"}),
                    "Running",
                    "1/1",
                    0,
                    true,
                );
                let bad = pod(
                    "db-1",
                    &set,
                    json!({"status": "Degraded", "message": "back-off"}),
                    "CrashLoopBackOff",
                    "0/1",
                    4,
                    true,
                );
                let mut broken = Broken::new().status(json!({"health": {"status": "Progressing"}}))
                .object("db-1", json!({"kind": "Pod", "status": {"containerStatuses": [container("db", json!({"waiting": {"reason": "CrashLoopBackOff"}}), json!({"terminated": {"reason": "Error", "exitCode": 1}}), false, 4)]}}))
                .log(&["FATAL: could not open file \"/var/lib/pg/PG_VERSION\": Permission denied"]);
                broken.nodes = vec![set, good, bad];
                broken
            },
            &[
                "db-1 is in CrashLoopBackOff",
                "Permission denied",
                "1 of 2 Pods is running and Healthy (StatefulSet db): db-0",
                "rolling update",
            ],
            &["nothing serves"],
        ),
    ]);
}

#[test]
fn custom_objects_with_health_of_their_own() {
    check(vec![
        row(
            "ExternalSecret",
            of(
                "ExternalSecret",
                "external-secrets.io",
                "Degraded",
                "could not get secret data from provider",
            )
            .event(
                "shop",
                "UpdateFailed",
                "error retrieving secret at .data[0], key: prod/shop, err: Secret does not exist",
            ),
            &["ExternalSecret shop is Degraded", "key: prod/shop"],
            &[],
        ),
        row(
            "Certificate",
            of(
                "Certificate",
                "cert-manager.io",
                "Progressing",
                "Issuing certificate as Secret does not exist",
            )
            .event(
                "shop",
                "ErrInitIssuer",
                "Error initializing issuer: no such host",
            ),
            &[
                "Certificate shop",
                "Issuing certificate as Secret does not exist",
                "no such host",
            ],
            &[],
        ),
        row(
            "Rollout aborted",
            of(
                "Rollout",
                "argoproj.io",
                "Degraded",
                "RolloutAborted: Rollout aborted update to revision 3: Metric \"success-rate\" assessed Failed due to failed (2) > failureLimit (1)",
            ),
            &["Rollout shop is Degraded", "assessed Failed"],
            &[],
        ),
        row(
            "Rollout paused",
            of("Rollout", "argoproj.io", "Suspended", "CanaryPauseStep"),
            &["Rollout shop is Suspended", "CanaryPauseStep"],
            &[],
        ),
        row(
            "broken Lua",
            of(
                "Widget",
                "example.com",
                "Unknown",
                "<string>:3: attempt to index a nil value",
            ),
            &["Widget shop is Unknown", "attempt to index a nil value"],
            &[],
        ),
    ]);
}

#[test]
fn extensions_of_the_api_with_health_of_their_own() {
    check(vec![
        row(
            "CRD",
            of(
                "CustomResourceDefinition",
                "apiextensions.k8s.io",
                "Degraded",
                "Schema violation: spec.validation.openAPIV3Schema.properties[x].type: Required value",
            ),
            &["CustomResourceDefinition shop", "Required value"],
            &[],
        ),
        row(
            "APIService",
            of(
                "APIService",
                "apiregistration.k8s.io",
                "Progressing",
                "MissingEndpoints: endpoints for service/metrics-server in \"kube-system\" have no addresses",
            ),
            &["APIService shop", "MissingEndpoints"],
            &[],
        ),
    ]);
}

#[test]
fn built_in_objects_with_health_of_their_own() {
    check(vec![
        row(
            "paused Deployment",
            of("Deployment", "apps", "Suspended", "Deployment is paused"),
            &["Deployment shop is Suspended", "Deployment is paused"],
            &[],
        ),
        row(
            "PDB",
            of(
                "PodDisruptionBudget",
                "policy",
                "Degraded",
                "PodDisruptionBudget has SyncFailed",
            ),
            &["PodDisruptionBudget has SyncFailed"],
            &[],
        ),
        row(
            "load balancer without a controller",
            of("Service", "", "Progressing", ""),
            &["Service shop is Progressing", "LoadBalancer", "controller"],
            &[],
        ),
        row(
            "Ingress without an address",
            of("Ingress", "networking.k8s.io", "Progressing", ""),
            &["Ingress shop is Progressing", "no address"],
            &[],
        ),
        row(
            "Job by a failure policy",
            of(
                "Job",
                "batch",
                "Degraded",
                "Container etl for pod web/shop-x failed with exit code 42 matching FailJob rule at index 0",
            ),
            &["Job shop is Degraded", "exit code 42 matching FailJob rule"],
            &[],
        ),
        row(
            "HPA",
            of(
                "HorizontalPodAutoscaler",
                "autoscaling",
                "Degraded",
                "the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container api of Pod shop-1-a",
            ),
            &["missing request for cpu in container api"],
            &[],
        ),
    ]);
}
