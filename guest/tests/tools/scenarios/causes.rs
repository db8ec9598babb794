//! Each cause of a broken workload that the API can show, one row: the cause and its decisive
//! evidence in the diagnosis, and nothing that would lead astray.

use serde_json::{Value, json};

use super::{
    broken::{Broken, container, node, pod},
    check::{Row, check},
};

fn degraded(message: &str) -> Value {
    json!({"status": "Degraded", "message": message})
}

fn progressing() -> Value {
    json!({"status": "Progressing"})
}

fn waiting(reason: &str, message: &str) -> Value {
    json!({"waiting": {"reason": reason, "message": message}})
}

fn ended(reason: &str, code: i64) -> Value {
    json!({"terminated": {"reason": reason, "exitCode": code, "finishedAt": "2026-11-22T21:13:30Z"}})
}

#[test]
fn containers_that_end() {
    let back_off = "back-off 5m0s restarting failed container=api pod=shop-1-a_web(pod-shop-1-a)";
    let crash = |last: Value| {
        Broken::deployment(degraded(back_off), "CrashLoopBackOff", "0/1", 7, true)
            .live_pod(json!({"phase": "Running", "containerStatuses": [container("api", waiting("CrashLoopBackOff", back_off), last, false, 7)]}))
            .event("shop-1-a", "BackOff", "Back-off restarting failed container api in pod shop-1-a_web(pod-shop-1-a)")
    };
    check(vec![
        Row {
            cause: "CrashLoopBackOff",
            broken: crash(ended("Error", 2)).log(&["starting", "panic: cannot open /etc/shop/config.toml: no such file"]),
            says: &["shop-1-a is in CrashLoopBackOff", "container api exited with code 2", "7 restarts", "cannot open /etc/shop/config.toml"],
            never: &["OOM", "image:  "],
        },
        Row {
            cause: "OOMKilled",
            broken: crash(ended("OOMKilled", 137)).log(&["loading catalogue"]),
            says: &["OOMKilled", "memory", "64Mi"],
            never: &["liveness"],
        },
        Row {
            cause: "liveness probe kills",
            broken: crash(ended("Error", 137)).event("shop-1-a", "Unhealthy", "Liveness probe failed: Get \"http://10.0.0.1:8080/live\": context deadline exceeded"),
            says: &["exit code 137", "Liveness probe failed"],
            never: &["OOMKilled"],
        },
        Row {
            cause: "init container fails",
            broken: Broken::deployment(progressing(), "Init:CrashLoopBackOff", "0/1", 4, true)
                .live_pod(json!({"phase": "Pending",
                    "initContainerStatuses": [container("migrate", waiting("CrashLoopBackOff", back_off), ended("Error", 1), false, 4)],
                    "containerStatuses": [container("api", waiting("PodInitializing", ""), json!({}), false, 0)]}))
                .log(&["migrate: password authentication failed for user \"shop\""]),
            says: &["init container migrate", "with code 1", "password authentication failed"],
            never: &["container api ended"],
        },
        Row {
            cause: "restarts under a Healthy application",
            broken: {
                let mut broken = Broken::deployment(json!({"status": "Healthy"}), "Running", "1/1", 14, true);
                for node in &mut broken.nodes {
                    node["health"] = json!({"status": "Healthy"});
                }
                broken
                    .status(json!({"health": {"status": "Healthy"}}))
                    .live_pod(json!({"phase": "Running", "containerStatuses": [container("api", json!({"running": {"startedAt": "2026-11-22T21:14:00Z"}}), ended("Error", 137), true, 14)]}))
                    .event("shop-1-a", "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500")
            },
            says: &["health Healthy", "restarted 14 times", "Liveness probe failed"],
            never: &["Nothing wrong"],
        },
        Row {
            cause: "readiness fails",
            broken: Broken::deployment(progressing(), "Running", "0/1", 0, true)
                .live_pod(json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "containers with unready status: [api]"}],
                    "containerStatuses": [container("api", json!({"running": {}}), json!({}), false, 0)]}))
                .event("shop-1-a", "Unhealthy", "Readiness probe failed: dial tcp 10.0.0.1:8080: connect: connection refused")
                .log(&["listening on 127.0.0.1:8080"]),
            says: &["is running but not Ready", "Readiness probe failed", "listening on 127.0.0.1:8080"],
            never: &["exited with"],
        },
    ]);
}

#[test]
fn containers_that_never_start() {
    let stuck = |health: Value, reason: &str, message: &str| {
        Broken::deployment(health, reason, "0/1", 0, true)
            .live_pod(json!({"phase": "Pending", "containerStatuses": [container("api", waiting(reason, message), json!({}), false, 0)]}))
    };
    let pull = |message: &str| {
        stuck(
            degraded(&format!(
                "Back-off pulling image \"registry.example.com/shop:2.0\": ErrImagePull: {message}"
            )),
            "ImagePullBackOff",
            &format!(
                "Back-off pulling image \"registry.example.com/shop:2.0\": ErrImagePull: {message}"
            ),
        )
    };
    check(vec![
        Row { cause: "no such tag", broken: pull("registry.example.com/shop:2.0: not found"), says: &["ImagePullBackOff", "no such image or tag", "shop:2.0"], never: &["denies access"] },
        Row { cause: "pull denied", broken: pull("pull access denied, repository does not exist or may require authorization"), says: &["denies access", "imagePullSecrets"], never: &["no such image or tag"] },
        Row { cause: "rate limit", broken: pull("429 Too Many Requests: toomanyrequests: You have reached your pull rate limit"), says: &["rate limit"], never: &["no such image or tag"] },
        Row { cause: "registry's certificate", broken: pull("tls: failed to verify certificate: x509: certificate signed by unknown authority"), says: &["x509"], never: &["no such image or tag"] },
        Row { cause: "other platform", broken: pull("no match for platform in manifest: not found"), says: &["platform"], never: &["no such image or tag"] },
        Row { cause: "InvalidImageName", broken: stuck(progressing(), "InvalidImageName", "Failed to apply default image tag \"shop::2\": couldn't parse image name \"shop::2\": invalid reference format"), says: &["InvalidImageName", "invalid reference format"], never: &[] },
        Row { cause: "missing Secret", broken: stuck(degraded("secret \"shop-db\" not found"), "CreateContainerConfigError", "secret \"shop-db\" not found"), says: &["CreateContainerConfigError", "secret \"shop-db\" not found"], never: &[] },
        Row { cause: "bad command", broken: stuck(degraded("failed to create containerd task: exec: \"/app/serve\": stat /app/serve: no such file or directory"), "RunContainerError", "failed to create containerd task: exec: \"/app/serve\": stat /app/serve: no such file or directory"), says: &["RunContainerError", "/app/serve"], never: &[] },
        Row {
            cause: "volume not mounted",
            broken: stuck(progressing(), "ContainerCreating", "").event("shop-1-a", "FailedMount", "MountVolume.SetUp failed for volume \"tls\" : secret \"shop-tls\" not found"),
            says: &["has not started", "FailedMount", "secret \"shop-tls\" not found"],
            never: &[],
        },
        Row {
            cause: "volume attached elsewhere",
            broken: stuck(progressing(), "ContainerCreating", "").event("shop-1-a", "FailedAttachVolume", "Multi-Attach error for volume \"pvc-1\" Volume is already exclusively attached to one node and can't be attached to another"),
            says: &["FailedAttachVolume", "Multi-Attach error"],
            never: &[],
        },
        Row {
            cause: "unschedulable",
            broken: Broken::deployment(progressing(), "Pending", "0/1", 0, false)
                .live_pod(json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/5 nodes are available: 5 Insufficient cpu."}]}))
                .event("shop-1-a", "FailedScheduling", "0/5 nodes are available: 5 Insufficient cpu."),
            says: &["is Pending: no node is suitable", "5 Insufficient cpu", "cpu 2"],
            never: &["log >"],
        },
        Row {
            cause: "scheduling gate",
            broken: Broken::deployment(progressing(), "SchedulingGated", "0/1", 0, false)
                .live_pod(json!({"phase": "Pending"}))
                .object("shop-1-a", json!({"spec": {"schedulingGates": [{"name": "example.com/quota"}]}})),
            says: &["scheduling gates"],
            never: &[],
        },
    ]);
}

/// A ReplicaSet that is refused its Pods with `message`.
fn refused(message: &str) -> Broken {
    let deployment = node(
        "Deployment",
        "shop",
        None,
        json!({"status": "Progressing", "message": "Waiting for rollout to finish: 0 out of 2 new replicas have been updated..."}),
    );
    let set = node("ReplicaSet", "shop-1", Some(&deployment), degraded(message));
    let mut broken = Broken::new().status(json!({"health": {"status": "Progressing"}}));
    broken.nodes = vec![deployment, set];
    broken.event(
        "shop-1",
        "FailedCreate",
        &format!("Error creating: {message}"),
    )
}

/// An object that waits for its Pods, and an event that says why.
fn without_pods(kind: &str, reason: &str, message: &str) -> Broken {
    let owner = node(
        kind,
        "shop",
        None,
        json!({"status": "Progressing", "message": "Waiting for 1 pods to be ready..."}),
    );
    Broken::new()
        .status(json!({"health": {"status": "Progressing"}}))
        .node(owner)
        .event("shop", reason, message)
}

#[test]
fn pods_that_are_refused() {
    check(vec![
        Row {
            cause: "PodSecurity",
            broken: refused(
                "pods \"shop-1-x\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false",
            ),
            says: &[
                "Pod Security rejects its Pods",
                "violates PodSecurity",
                "allowPrivilegeEscalation",
            ],
            never: &["nodes are available"],
        },
        Row {
            cause: "webhook on Pods",
            broken: refused(
                "admission webhook \"policy.example.com\" denied the request: image is not signed",
            ),
            says: &[
                "an admission webhook rejects its Pods",
                "image is not signed",
            ],
            never: &["Pod security"],
        },
        Row {
            cause: "no service account",
            broken: refused(
                "pods \"shop-1-x\" is forbidden: error looking up service account web/shop: serviceaccount \"shop\" not found",
            ),
            says: &[
                "service account does not exist",
                "serviceaccount \"shop\" not found",
            ],
            never: &[],
        },
        Row {
            cause: "quota of a StatefulSet",
            broken: without_pods(
                "StatefulSet",
                "FailedCreate",
                "create Pod shop-0 in StatefulSet shop failed error: pods \"shop-0\" is forbidden: exceeded quota: team, requested: memory=2Gi, used: memory=7Gi, limited: memory=8Gi",
            ),
            says: &["StatefulSet shop", "exceeded quota: team"],
            never: &[],
        },
    ]);
}

#[test]
fn pods_that_are_lost() {
    check(vec![
        Row {
            cause: "evicted Pods under a Healthy application",
            broken: {
                let deployment = node("Deployment", "shop", None, json!({"status": "Healthy"}));
                let set = node(
                    "ReplicaSet",
                    "shop-1",
                    Some(&deployment),
                    json!({"status": "Healthy"}),
                );
                let dead = pod(
                    "shop-1-dead",
                    &set,
                    degraded(
                        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi. Container api was using 900Mi, request is 64Mi.",
                    ),
                    "Evicted",
                    "0/1",
                    0,
                    true,
                );
                let alive = pod(
                    "shop-1-new",
                    &set,
                    json!({"status": "Healthy"}),
                    "Running",
                    "1/1",
                    0,
                    true,
                );
                let mut broken = Broken::new();
                broken.nodes = vec![deployment, set, dead, alive];
                broken
            },
            says: &[
                "shop-1-dead failed and was replaced",
                "low on resource: memory",
            ],
            never: &["nothing serves"],
        },
        Row {
            cause: "node lost",
            broken: Broken::deployment(
                json!({"status": "Progressing", "message": "Pending deletion"}),
                "Terminating",
                "0/1",
                0,
                true,
            )
            .event("shop-1-a", "NodeNotReady", "Node is not ready"),
            says: &["is still Terminating", "Node is not ready"],
            never: &[],
        },
    ]);
}

#[test]
fn jobs_that_do_not_run() {
    check(vec![
        Row {
            cause: "Job past its deadline, without Pods",
            broken: {
                let job = node(
                    "Job",
                    "import",
                    None,
                    degraded("Job was active longer than specified deadline"),
                );
                Broken::new()
                    .status(json!({"health": {"status": "Degraded"}}))
                    .node(job)
                    .event(
                        "import",
                        "DeadlineExceeded",
                        "Job was active longer than specified deadline",
                    )
            },
            says: &["Job import", "active longer than specified deadline"],
            never: &[],
        },
        Row {
            cause: "CronJob that never runs",
            broken: {
                let job = node(
                    "CronJob",
                    "report",
                    None,
                    json!({"status": "Healthy", "message": "CronJob has not been scheduled yet"}),
                );
                Broken::new().node(job).event(
                    "report",
                    "UnknownTimeZone",
                    "invalid timeZone: \"Europe/Atlantis\": unknown time zone Europe/Atlantis",
                )
            },
            says: &[
                "CronJob report",
                "has not been scheduled yet",
                "unknown time zone Europe/Atlantis",
            ],
            never: &[],
        },
        Row {
            cause: "suspended CronJob",
            broken: Broken::new().node(node(
                "CronJob",
                "report",
                None,
                json!({"status": "Healthy", "message": "CronJob is Suspended"}),
            )),
            says: &["CronJob report", "is Suspended"],
            never: &[],
        },
    ]);
}

#[test]
fn objects_beside_the_pods() {
    check(vec![
        Row {
            cause: "claim without a storage class",
            broken: {
                let claim = node("PersistentVolumeClaim", "data", None, progressing());
                let mut broken = Broken::deployment(progressing(), "Pending", "0/1", 0, false)
                    .live_pod(json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."}]}))
                    .event("data", "ProvisioningFailed", "storageclass.storage.k8s.io \"fast\" not found");
                broken.nodes.push(claim);
                broken
            },
            says: &[
                "PersistentVolumeClaim data has no volume",
                "storageclass.storage.k8s.io \"fast\" not found",
            ],
            never: &[],
        },
        Row {
            cause: "autoscaler without metrics",
            broken: {
                let scaler = node(
                    "HorizontalPodAutoscaler",
                    "shop",
                    None,
                    degraded(
                        "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: the server could not find the requested resource (get pods.metrics.k8s.io)",
                    ),
                );
                Broken::new()
                    .status(json!({"health": {"status": "Degraded"}}))
                    .node(scaler)
            },
            says: &["HorizontalPodAutoscaler shop", "get pods.metrics.k8s.io"],
            never: &[],
        },
        Row {
            cause: "load balancer pending",
            broken: without_pods(
                "Service",
                "SyncLoadBalancerFailed",
                "Error syncing load balancer: failed to ensure load balancer: no subnets found",
            ),
            says: &["Service shop", "no subnets found"],
            never: &[],
        },
        Row {
            cause: "child Application",
            broken: {
                let mut child = node("Application", "payments", None, Value::Null);
                child["group"] = json!("argoproj.io");
                child["version"] = json!("v1alpha1");
                child["namespace"] = json!("argocd");
                let mut broken = Broken::new().node(child);
                broken.others.push(json!({"metadata": {"name": "payments", "namespace": "argocd"}, "status": {"sync": {"status": "OutOfSync"}, "health": {"status": "Degraded"}}}));
                broken.others.push(json!({"metadata": {"name": "stranger", "namespace": "argocd"}, "status": {"sync": {"status": "OutOfSync"}, "health": {"status": "Degraded"}}}));
                broken
            },
            says: &[
                "health Healthy",
                "1 of 1 child Application not Synced and Healthy: payments (OutOfSync, Degraded)",
                "diagnose_application {\"name\":\"argocd/payments\"}",
            ],
            never: &["stranger"],
        },
    ]);
}

/// A sync by hand whose one object was not applied.
fn failed(message: &str) -> Broken {
    Broken::new()
        .failed(
            "one or more objects failed to apply, reason: x (retried 5 times).",
            &[("Thing", "shop", "SyncFailed", message)],
        )
        .app(json!({"spec": {"syncPolicy": {"automated": null}}}))
}

#[test]
fn syncs_that_are_refused() {
    check(vec![
        Row {
            cause: "CRD missing",
            broken: failed(
                "The Kubernetes API could not find example.com/Thing for requested resource web/shop. Make sure the \"Thing\" CRD is installed on the destination cluster.",
            ),
            says: &["the sync Failed", "Thing web/shop", "CRD is installed"],
            never: &["more retries help"],
        },
        Row {
            cause: "webhook denies",
            broken: failed(
                "admission webhook \"policy.example.com\" denied the request: label team is missing",
            ),
            says: &["denied the request: label team is missing"],
            never: &[],
        },
        Row {
            cause: "webhook is down",
            broken: failed(
                "Internal error occurred: failed calling webhook \"policy.example.com\": failed to call webhook: Post \"https://policy.policy.svc:443/check\": no endpoints available for service \"policy\"",
            ),
            says: &[
                "failed calling webhook",
                "no endpoints available for service \"policy\"",
            ],
            never: &["denied by"],
        },
        Row {
            cause: "immutable field",
            broken: failed(
                "StatefulSet.apps \"shop\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template' are forbidden",
            ),
            says: &["updates to statefulset spec", "field is immutable"],
            never: &[],
        },
        Row {
            cause: "namespace goes away",
            broken: failed(
                "configmaps \"shop\" is forbidden: unable to create new content in namespace web because it is being terminated",
            ),
            says: &["because it is being terminated"],
            never: &[],
        },
        Row {
            cause: "no such namespace",
            broken: failed("namespaces \"web\" not found"),
            says: &["namespaces \"web\" not found", "CreateNamespace"],
            never: &[],
        },
        Row {
            cause: "Argo CD lacks rights",
            broken: failed(
                "deployments.apps \"shop\" is forbidden: User \"system:serviceaccount:argocd:argocd-application-controller\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"web\"",
            ),
            says: &["cannot patch resource"],
            never: &["your rights"],
        },
        Row {
            cause: "kind not permitted",
            broken: failed("resource :ResourceQuota is not permitted in project default"),
            says: &["is not permitted in project", "project does not allow"],
            never: &[],
        },
    ]);
}

#[test]
fn a_finalizer_holds_a_deletion() {
    let claim = node(
        "ConfigMap",
        "archive",
        None,
        json!({"status": "Progressing", "message": "Pending deletion"}),
    );
    let broken = Broken::new()
        .app(json!({"metadata": {"deletionTimestamp": "2026-11-22T21:00:00Z", "finalizers": ["resources-finalizer.argocd.argoproj.io"]}}))
        .node(claim)
        .object("archive", json!({"kind": "ConfigMap", "metadata": {"name": "archive", "deletionTimestamp": "2026-11-22T21:00:00Z", "finalizers": ["example.com/keep"]}}));
    check(vec![Row {
        cause: "finalizer",
        broken,
        says: &[
            "deletion of the application started",
            "ConfigMap archive",
            "example.com/keep",
            "leave these objects in the cluster",
        ],
        never: &["safe"],
    }]);
}
