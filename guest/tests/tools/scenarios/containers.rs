//! Containers and Pods that do not run, in the ways that the kubelet, the scheduler and the
//! controllers tell apart: which container, how it ended, which probe, which object is missing.

use serde_json::{Value, json};

use super::{
    broken::{Broken, container, node, pod},
    check::{check, row},
};

fn degraded(message: &str) -> Value {
    json!({"status": "Degraded", "message": message})
}

fn progressing() -> Value {
    json!({"status": "Progressing"})
}

fn healthy() -> Value {
    json!({"status": "Healthy"})
}

fn waiting(reason: &str, message: &str) -> Value {
    match message {
        "" => json!({"waiting": {"reason": reason}}),
        message => json!({"waiting": {"reason": reason, "message": message}}),
    }
}

fn running() -> Value {
    json!({"running": {"startedAt": "2026-11-22T21:12:00Z"}})
}

fn ended(reason: &str, code: i64) -> Value {
    json!({"terminated": {"reason": reason, "exitCode": code, "startedAt": "2026-11-22T21:13:00Z", "finishedAt": "2026-11-22T21:13:30Z"}})
}

fn back_off(name: &str) -> String {
    format!("back-off 5m0s restarting failed container={name} pod=shop-1-a_web(pod-shop-1-a)")
}

/// A Pod that waits to run again after `last`.
fn crash(last: Value) -> Broken {
    let text = back_off("api");
    Broken::deployment(degraded(&text), "CrashLoopBackOff", "0/1", 7, true)
        .live_pod(json!({"phase": "Running", "containerStatuses": [container("api", waiting("CrashLoopBackOff", &text), last, false, 7)]}))
        .event("shop-1-a", "BackOff", "Back-off restarting failed container api in pod shop-1-a_web(pod-shop-1-a)")
}

/// A Pod whose container waits for `reason` and never ran.
fn stuck(health: Value, reason: &str, message: &str) -> Broken {
    Broken::deployment(health, reason, "0/1", 0, true)
        .live_pod(json!({"phase": "Pending", "containerStatuses": [container("api", waiting(reason, message), json!({}), false, 0)]}))
}

#[test]
fn ends_of_containers() {
    check(vec![
        row("a sidecar crashes",
            Broken::deployment(degraded(&back_off("envoy")), "CrashLoopBackOff", "1/2", 5, true)
                .live_pod(json!({"phase": "Running", "containerStatuses": [
                    container("api", running(), json!({}), true, 0),
                    container("envoy", waiting("CrashLoopBackOff", &back_off("envoy")), ended("Error", 1), false, 5)]}))
                .log(&["[critical][main] error initializing configuration '/etc/envoy/envoy.yaml': no such field: 'staticresources'"]),
            &["container envoy exited with code 1", "5 restarts", "no such field", "other containers running: api"],
            &["container api ended"]),
        row("a native sidecar crashes",
            Broken::deployment(progressing(), "Running", "1/2", 6, true)
                .live_pod(json!({"phase": "Running",
                    "initContainerStatuses": [container("vault-agent", waiting("CrashLoopBackOff", &back_off("vault-agent")), ended("Error", 2), false, 6)],
                    "containerStatuses": [container("api", running(), json!({}), true, 0)]}))
                .object("shop-1-a", json!({"spec": {"initContainers": [{"name": "vault-agent", "restartPolicy": "Always"}]}}))
                .log(&["Error: error authenticating: 403 permission denied"]),
            &["sidecar container vault-agent", "with code 2", "6 restarts", "403 permission denied"],
            &["container api ended", "is in Running"]),
        row("the process ends by itself",
            crash(ended("Completed", 0)).log(&["job done, 0 rows left"]),
            &["CrashLoopBackOff", "with code 0", "job done"], &["OOM"]),
        row("a Pod of a Deployment reads Completed",
            Broken::deployment(degraded(""), "Completed", "0/1", 3, true)
                .live_pod(json!({"phase": "Running", "containerStatuses": [container("api", ended("Completed", 0), ended("Completed", 0), false, 3)]}))
                .log(&["done"]),
            &["shop-1-a", "with code 0", "3 restarts"], &[]),
        row(
            "the run before tells",
            crash(ended("Error", 1)).log(&["starting"]).previous(&[
                "starting",
                "ERROR licence file /etc/shop/licence is empty",
            ]),
            &["with code 1", "licence file /etc/shop/licence is empty"],
            &[],
        ),
        row("segmentation fault", crash(ended("Error", 139)), &["with code 139", "SIGSEGV"], &[]),
        row("no such command", crash(ended("Error", 127)).log(&["sh: 1: serve: not found"]), &["with code 127", "serve: not found"], &[]),
        row("not executable",
            crash(json!({"terminated": {"reason": "StartError", "exitCode": 128, "message": "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"gunicorn\": executable file not found in $PATH"}})),
            &["StartError", "with code 128", "executable file not found in $PATH"], &[]),
        row("SIGTERM", crash(ended("Error", 143)).event("shop-1-a", "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500"), &["143", "Liveness probe failed", "statuscode: 500"], &["OOM"]),
        row("startup probe",
            crash(ended("Error", 137))
                .object("shop-1-a", json!({"spec": {"containers": [{"name": "api", "startupProbe": {"httpGet": {"path": "/ready", "port": 8081}, "periodSeconds": 5, "failureThreshold": 6}}]}}))
                .event("shop-1-a", "Unhealthy", "Startup probe failed: Get \"http://10.40.3.7:8081/ready\": dial tcp 10.40.3.7:8081: connect: connection refused")
                .log(&["INFO migrating index 3 of 40", "INFO migrating index 4 of 40"]),
            &["exit code 137", "Startup probe failed", "startup probe", "8081", "migrating index 4"],
            &["liveness probe or an eviction", "its memory limit"]),
        row("killed with 137 and nothing says why", crash(ended("Error", 137)).log(&["serving"]), &["exit code 137"], &["OOMKilled"]),
        row("liveness kills a Pod that never gets ready",
            Broken::deployment(degraded(""), "Running", "0/1", 4, true)
                .live_pod(json!({"phase": "Running", "containerStatuses": [container("api", running(), ended("Error", 137), false, 4)]}))
                .object("shop-1-a", json!({"spec": {"containers": [{"name": "api", "livenessProbe": {"httpGet": {"path": "/live", "port": "http"}, "timeoutSeconds": 1, "periodSeconds": 10, "failureThreshold": 3}}]}}))
                .event("shop-1-a", "Unhealthy", "Liveness probe failed: Get \"http://10.40.3.7:8080/live\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
                .log(&["INFO started in 95 s"]),
            &["exit code 137", "4 restarts", "Liveness probe failed", "/live"], &["OOM"]),
        row("the message that the container left",
            crash(json!({"terminated": {"reason": "Error", "exitCode": 1, "message": "config: password=CANARY-1 refused; key db.url is missing", "finishedAt": "2026-11-22T21:13:30Z"}})),
            &["with code 1", "key db.url is missing"], &["CANARY"]),
    ]);
}

#[test]
fn init_containers_that_do_not_end() {
    check(vec![
        row("killed for memory in an init container",
            Broken::deployment(progressing(), "Init:OOMKilled", "0/1", 2, true)
                .live_pod(json!({"phase": "Pending",
                    "initContainerStatuses": [container("warm-cache", ended("OOMKilled", 137), ended("OOMKilled", 137), false, 2)],
                    "containerStatuses": [container("api", waiting("PodInitializing", ""), json!({}), false, 0)]}))
                .object("shop-1-a", json!({"spec": {"initContainers": [{"name": "warm-cache", "resources": {"limits": {"memory": "128Mi"}}}]}})),
            &["init container warm-cache", "OOMKilled", "128Mi"], &["container api"]),
        row("the second init container fails",
            Broken::deployment(progressing(), "Init:Error", "0/1", 3, true)
                .live_pod(json!({"phase": "Pending",
                    "initContainerStatuses": [container("wait-db", ended("Completed", 0), json!({}), true, 0), container("migrate", ended("Error", 3), ended("Error", 3), false, 3)],
                    "containerStatuses": [container("api", waiting("PodInitializing", ""), json!({}), false, 0)]}))
                .log(&["FATAL relation \"orders\" already exists"]),
            &["init container migrate", "with code 3", "relation \"orders\" already exists"], &["wait-db ended"]),
        row("an init container waits for ever",
            Broken::deployment(progressing(), "Init:0/1", "0/1", 0, true)
                .live_pod(json!({"phase": "Pending",
                    "initContainerStatuses": [container("wait-for-db", running(), json!({}), false, 0)],
                    "containerStatuses": [container("api", waiting("PodInitializing", ""), json!({}), false, 0)]}))
                .log(&["nc: bad address 'postgres.db.svc'", "waiting for postgres", "nc: bad address 'postgres.db.svc'", "waiting for postgres"]),
            &["init container wait-for-db", "bad address 'postgres.db.svc'"], &["volume"]),
    ]);
}

#[test]
fn probes_that_fail() {
    let unready = |probe: Value| {
        Broken::deployment(progressing(), "Running", "0/1", 0, true)
            .live_pod(json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "containers with unready status: [api]"}],
                "containerStatuses": [container("api", running(), json!({}), false, 0)]}))
            .object("shop-1-a", json!({"spec": {"containers": [{"name": "api", "ports": [{"containerPort": 8080}], "readinessProbe": probe}]}}))
    };
    let http = json!({"httpGet": {"path": "/healthz", "port": 9000, "scheme": "HTTP"}, "periodSeconds": 10, "timeoutSeconds": 1, "failureThreshold": 3});
    check(vec![
        row("wrong port", unready(http.clone())
                .event("shop-1-a", "Unhealthy", "Readiness probe failed: Get \"http://10.40.3.7:9000/healthz\": dial tcp 10.40.3.7:9000: connect: connection refused")
                .log(&["INFO listening on 0.0.0.0:8080", "INFO ready"]),
            &["not Ready: container api", "readiness probe", "9000/healthz", "connection refused", "listening on 0.0.0.0:8080"], &["ended"]),
        row("probe fails and its events are gone", unready(http.clone()).log(&["INFO listening on 0.0.0.0:8080"]),
            &["not Ready: container api", "readiness probe", "/healthz", "9000"], &[]),
        row("exec probe", unready(json!({"exec": {"command": ["sh", "-c", "pg_isready -U CANARY"]}}))
                .event("shop-1-a", "Unhealthy", "Readiness probe errored: rpc error: code = Unknown desc = command timed out"),
            &["not Ready: container api", "readiness probe", "command timed out"], &["CANARY"]),
        row("503 because a dependency is down", unready(http)
                .event("shop-1-a", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
                .log(&["{\"level\":\"info\",\"msg\":\"http server up\"}", "{\"level\":\"error\",\"msg\":\"redis ping failed\",\"err\":\"dial tcp: lookup redis-master on 10.96.0.10:53: no such host\"}"]),
            &["statuscode: 503", "lookup redis-master", "no such host"], &[]),
        row("readiness gate", {
            let broken = Broken::deployment(progressing(), "Running", "1/1", 0, true);
            broken.live_pod(json!({"phase": "Running", "conditions": [
                    {"type": "target-health.elbv2.k8s.aws/shop", "status": "False", "reason": "Target.FailedHealthChecks", "message": "Health checks failed with these codes: [404]"},
                    {"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady", "message": "corresponding condition of pod readiness gate \"target-health.elbv2.k8s.aws/shop\" does not exist."}],
                    "containerStatuses": [container("api", running(), json!({}), true, 0)]}))
                .object("shop-1-a", json!({"spec": {"readinessGates": [{"conditionType": "target-health.elbv2.k8s.aws/shop"}]}}))
        }, &["shop-1-a", "readiness gate", "target-health.elbv2.k8s.aws/shop"], &["ended", "fails: Running"]),
    ]);
}

#[test]
fn images() {
    check(vec![
        row("never pulled", stuck(degraded("Container image \"shop:dev\" is not present with pull policy of Never"), "ErrImageNeverPull", "Container image \"shop:dev\" is not present with pull policy of Never")
                .event("shop-1-a", "ErrImageNeverPull", "Container image \"shop:dev\" is not present with pull policy of Never"),
            &["ErrImageNeverPull", "pull policy of Never"], &["cannot be pulled"]),
        row("registry unavailable", stuck(progressing(), "RegistryUnavailable", "image pull failed for registry.example.com/shop:2.0 because the registry is unavailable"),
            &["RegistryUnavailable", "registry is unavailable"], &["no such image"]),
        row("signature", stuck(progressing(), "SignatureValidationFailed", "image pull failed for registry.example.com/shop:2.0 because the signature validation failed"),
            &["SignatureValidationFailed", "signature"], &["no such image"]),
        row("image inspect", stuck(degraded("rpc error"), "ImageInspectError", "Failed to inspect image \"registry.example.com/shop:2.0\": rpc error: code = Unknown desc = short name mode is enforcing"),
            &["ImageInspectError", "short name mode"], &[]),
        row("pull secret is missing", stuck(degraded("Back-off pulling image"), "ImagePullBackOff", "Back-off pulling image \"registry.example.com/shop:2.0\": ErrImagePull: failed to pull and unpack image: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.example.com/token?scope=x: 401 Unauthorized")
                .object("shop-1-a", json!({"spec": {"imagePullSecrets": [{"name": "regcred"}]}}))
                .event("shop-1-a", "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed."),
            &["denies access", "401 Unauthorized", "regcred"], &["names no imagePullSecrets"]),
        row("registry's name does not resolve", stuck(degraded("Back-off"), "ImagePullBackOff", "Back-off pulling image \"registri.example.com/shop:2.0\": ErrImagePull: failed to do request: Head \"https://registri.example.com/v2/shop/manifests/2.0\": dial tcp: lookup registri.example.com on 10.0.0.2:53: no such host"),
            &["cannot be reached", "no such host"], &["no such image"]),
        row("init container's image", Broken::deployment(progressing(), "Init:ImagePullBackOff", "0/1", 0, true)
                .live_pod(json!({"phase": "Pending",
                    "initContainerStatuses": [container("migrate", waiting("ImagePullBackOff", "Back-off pulling image \"registry.example.com/migrate:9\": ErrImagePull: not found"), json!({}), false, 0)],
                    "containerStatuses": [container("api", waiting("PodInitializing", ""), json!({}), false, 0)]})),
            &["Init:ImagePullBackOff", "no such image or tag", "container migrate"], &["container api"]),
        row("one container of two", Broken::deployment(degraded("Back-off"), "ImagePullBackOff", "1/2", 0, true)
                .live_pod(json!({"phase": "Pending", "containerStatuses": [
                    container("api", running(), json!({}), true, 0),
                    container("exporter", waiting("ImagePullBackOff", "Back-off pulling image \"registry.example.com/exporter:v0\": ErrImagePull: manifest unknown"), json!({}), false, 0)]})),
            &["container exporter", "no such image or tag"], &["container api:"]),
    ]);
}

#[test]
fn containers_that_cannot_be_made() {
    check(vec![
        row("missing key", stuck(degraded("couldn't find key API_TOKEN in Secret web/shop-env"), "CreateContainerConfigError", "couldn't find key API_TOKEN in Secret web/shop-env"),
            &["container api", "couldn't find key API_TOKEN in Secret web/shop-env"], &[]),
        row("missing ConfigMap in an init container",
            Broken::deployment(progressing(), "Init:CreateContainerConfigError", "0/1", 0, true)
                .live_pod(json!({"phase": "Pending",
                    "initContainerStatuses": [container("migrate", waiting("CreateContainerConfigError", "configmap \"shop-flags\" not found"), json!({}), false, 0)],
                    "containerStatuses": [container("api", waiting("PodInitializing", ""), json!({}), false, 0)]}))
                .event("shop-1-a", "Failed", "Error: configmap \"shop-flags\" not found"),
            &["container migrate", "CreateContainerConfigError", "configmap \"shop-flags\" not found"], &["is not running", "fails: Init"]),
        row("root image", stuck(degraded("x"), "CreateContainerConfigError", "container has runAsNonRoot and image will run as root (pod: \"shop-1-a_web(1)\", container: api)"),
            &["runAsNonRoot and image will run as root"], &["until the named object exists"]),
        row("name reserved", stuck(degraded("x"), "CreateContainerError", "failed to reserve container name \"api_shop-1-a_web_1_0\": name is reserved for \"a\""),
            &["CreateContainerError", "failed to reserve container name"], &[]),
        row("missing ConfigMap volume", stuck(progressing(), "ContainerCreating", "")
                .event("shop-1-a", "FailedMount", "MountVolume.SetUp failed for volume \"conf\" : configmap \"shop-conf\" not found")
                .event("shop-1-a", "FailedMount", "Unable to attach or mount volumes: unmounted volumes=[conf], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition"),
            &["configmap \"shop-conf\" not found"], &["log >"]),
        row("sandbox", stuck(progressing(), "ContainerCreating", "")
                .event("shop-1-a", "FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"4b1c\": plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: failed to assign an IP address to container"),
            &["has not started", "FailedCreatePodSandBox", "failed to assign an IP address"], &[]),
        row("network not ready", stuck(progressing(), "ContainerCreating", "")
                .event("shop-1-a", "NetworkNotReady", "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"),
            &["NetworkNotReady", "cni plugin not initialized"], &[]),
        row("mount without events", stuck(progressing(), "ContainerCreating", "")
                .object("shop-1-a", json!({"spec": {"volumes": [{"name": "tls", "secret": {"secretName": "shop-tls"}}, {"name": "conf", "configMap": {"name": "shop-conf"}}, {"name": "data", "persistentVolumeClaim": {"claimName": "shop-data"}}]}})),
            &["has not started", "shop-tls", "shop-conf", "shop-data"], &[]),
        row("CSI", stuck(progressing(), "ContainerCreating", "")
                .event("shop-1-a", "FailedMount", "MountVolume.SetUp failed for volume \"secrets-store\" : rpc error: code = Unknown desc = failed to mount secrets store objects for pod web/shop-1-a, err: rpc error: code = Unknown desc = error making mount request: couldn't load secrets.k8s.io, secretproviderclasses.secrets-store.csi.x-k8s.io \"shop-kv\" not found"),
            &["FailedMount", "secretproviderclasses.secrets-store.csi.x-k8s.io \"shop-kv\" not found"], &[]),
    ]);
}

#[test]
fn pods_that_no_node_takes() {
    let pending = |message: &str| {
        Broken::deployment(progressing(), "Pending", "0/1", 0, false)
            .live_pod(json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}]}))
            .new_event("shop-1-a", "Warning", "FailedScheduling", message)
    };
    check(vec![
        row("taints", pending("0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) were unschedulable. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."),
            &["no node is suitable", "1 node(s) had untolerated taint(s)", "2 node(s) were unschedulable"], &["log >"]),
        row("memory", pending("0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.")
                .object("shop-1-a", json!({"spec": {"containers": [{"name": "api", "resources": {"requests": {"memory": "64Gi"}}}]}})),
            &["3 Insufficient memory", "memory 64Gi"], &[]),
        row("GPU", pending("0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
                .object("shop-1-a", json!({"spec": {"containers": [{"name": "api", "resources": {"limits": {"nvidia.com/gpu": "1"}}}]}})),
            &["3 Insufficient nvidia.com/gpu", "nvidia.com/gpu 1"], &[]),
        row("anti-affinity", pending("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules."), &["didn't match pod anti-affinity rules"], &[]),
        row("spread", pending("0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints."), &["topology spread constraints"], &[]),
        row("host port", pending("0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports."), &["free ports"], &[]),
        row("claim missing", pending("0/3 nodes are available: persistentvolumeclaim \"shop-data\" not found. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."), &["persistentvolumeclaim \"shop-data\" not found"], &[]),
        row("zone of a volume", pending("0/3 nodes are available: 3 node(s) had volume node affinity conflict."), &["volume node affinity conflict"], &[]),
        row("claim waits for a Pod that nothing takes", {
            let mut broken = pending("0/3 nodes are available: 3 Insufficient cpu.")
                .new_event("data", "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
            broken.nodes.push(node("PersistentVolumeClaim", "data", None, progressing()));
            broken
        }, &["shop-1-a is Pending: no node is suitable", "3 Insufficient cpu"], &["1. PersistentVolumeClaim"]),
        row("provisioner is absent", {
            let mut broken = pending("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.")
                .new_event("data", "Normal", "ExternalProvisioning", "Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.");
            broken.nodes.push(node("PersistentVolumeClaim", "data", None, progressing()));
            broken
        }, &["1. PersistentVolumeClaim data has no volume", "ebs.csi.aws.com"], &[]),
        row("claim is lost", {
            let mut broken = Broken::new().status(json!({"health": {"status": "Degraded"}}));
            broken.nodes.push(node("PersistentVolumeClaim", "data", None, degraded("")));
            broken.event("data", "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost! Please delete this claim")
        }, &["PersistentVolumeClaim data", "lost its PersistentVolume"], &["no volume yet"]),
        row("no storage class", {
            let set = node("StatefulSet", "db", None, json!({"status": "Progressing", "message": "Waiting for 1 pods to be ready..."}));
            let claim = node("PersistentVolumeClaim", "data-db-0", Some(&set), progressing());
            let db = pod("db-0", &set, progressing(), "Pending", "0/1", 0, false);
            let mut broken = Broken::new().status(json!({"health": {"status": "Progressing"}}))
                .new_event("data-db-0", "Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
            broken.nodes = vec![set, claim, db];
            broken
        }, &["PersistentVolumeClaim data-db-0", "no storage class is set", "StatefulSet db"], &["no events"]),
        row("several workloads on one bad node", {
            let mut broken = Broken::new().status(json!({"health": {"status": "Degraded"}}));
            for name in ["api", "mail", "cache"] {
                let deployment = node("Deployment", name, None, json!({"status": "Progressing", "message": "Waiting for rollout to finish: 1 of 2 updated replicas are available..."}));
                let set = node("ReplicaSet", &format!("{name}-1"), Some(&deployment), progressing());
                let well = {
                    let mut well = pod(&format!("{name}-1-b"), &set, healthy(), "Running", "1/1", 0, true);
                    well["info"][2]["value"] = json!("node-2");
                    well
                };
                let bad = pod(&format!("{name}-1-a"), &set, progressing(), "ContainerCreating", "0/1", 0, true);
                broken.nodes.extend([deployment, set, well, bad]);
            }
            broken.event("api-1-a", "FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix /run/containerd/containerd.sock\"")
        }, &["api-1-a", "node node-1", "dial unix /run/containerd/containerd.sock"], &[]),
    ]);
}

/// A ReplicaSet that has so many of its Pods and is refused the next one.
fn set(message: &str, pods: usize) -> Broken {
    let deployment = node(
        "Deployment",
        "shop",
        None,
        json!({"status": "Progressing", "message": "Waiting for rollout to finish: 1 out of 3 new replicas have been updated..."}),
    );
    let mut set = node("ReplicaSet", "shop-2", Some(&deployment), degraded(message));
    set["info"] = json!([{"name": "Revision", "value": "Rev:2"}]);
    let mut broken = Broken::new().status(json!({"health": {"status": "Progressing"}}));
    broken.nodes = vec![deployment, set.clone()];
    for at in 0..pods {
        let name = format!("shop-2-{at}");
        let pod = pod(&name, &set, healthy(), "Running", "1/1", 0, true);
        broken.nodes.push(pod);
    }
    broken.event(
        "shop-2",
        "FailedCreate",
        &format!("Error creating: {message}"),
    )
}

/// Another owner that is refused its Pods or its claims.
fn own(kind: &str, message: &str) -> Broken {
    Broken::new()
        .status(json!({"health": {"status": "Progressing"}}))
        .node(node(kind, "shop", None, progressing()))
        .event("shop", "FailedCreate", message)
}

#[test]
fn pods_that_are_refused() {
    check(vec![
        row(
            "LimitRange",
            set(
                "pods \"shop-2-x\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi",
                0,
            ),
            &["LimitRange", "maximum memory usage per Container is 1Gi"],
            &["quota"],
        ),
        row(
            "quota wants limits",
            set(
                "pods \"shop-2-x\" is forbidden: failed quota: team: must specify limits.cpu for: api; limits.memory for: api",
                0,
            ),
            &["ResourceQuota", "must specify limits.cpu for: api"],
            &[],
        ),
        row(
            "quota after some Pods",
            set(
                "pods \"shop-2-x\" is forbidden: exceeded quota: team, requested: requests.cpu=400m, used: requests.cpu=800m, limited: requests.cpu=1",
                1,
            ),
            &[
                "a ResourceQuota rejects its Pods",
                "1 Pod exists",
                "requested: requests.cpu=400m",
            ],
            &["nothing serves"],
        ),
        row(
            "webhook on Pods does not answer",
            set(
                "Internal error occurred: failed calling webhook \"sidecar-injector.istio.io\": failed to call webhook: Post \"https://istiod.istio-system.svc:443/inject?timeout=10s\": no endpoints available for service \"istiod\"",
                0,
            ),
            &[
                "webhook",
                "does not answer",
                "no endpoints available for service \"istiod\"",
            ],
            &["denied"],
        ),
        row(
            "priority class",
            set(
                "pods \"shop-2-x\" is forbidden: no PriorityClass with name high was found",
                0,
            ),
            &["no PriorityClass with name high was found"],
            &[],
        ),
    ]);
}

#[test]
fn pods_of_other_owners_that_are_refused() {
    check(vec![
        row(
            "DaemonSet",
            own(
                "DaemonSet",
                "Error creating: pods \"shop-x\" is forbidden: violates PodSecurity \"baseline:latest\": hostPath volumes (volume \"logs\")",
            ),
            &[
                "Pod Security rejects its Pods: DaemonSet shop",
                "hostPath volumes",
            ],
            &[],
        ),
        row(
            "Job",
            own(
                "Job",
                "Error creating: pods \"shop-x\" is forbidden: error looking up service account web/etl: serviceaccount \"etl\" not found",
            ),
            &[
                "service account does not exist: Job shop",
                "serviceaccount \"etl\" not found",
            ],
            &[],
        ),
        row(
            "StatefulSet",
            own(
                "StatefulSet",
                "create Pod shop-0 in StatefulSet shop failed error: pods \"shop-0\" is forbidden: exceeded quota: team, requested: memory=2Gi, used: memory=7Gi, limited: memory=8Gi",
            ),
            &[
                "a ResourceQuota rejects its Pods: StatefulSet shop",
                "requested: memory=2Gi",
            ],
            &[],
        ),
        row(
            "the claim of a StatefulSet",
            own(
                "StatefulSet",
                "create Claim data-shop-0 for Pod shop-0 in StatefulSet shop failed error: persistentvolumeclaims \"data-shop-0\" is forbidden: exceeded quota: storage, requested: requests.storage=500Gi, used: requests.storage=600Gi, limited: requests.storage=1Ti",
            ),
            &["StatefulSet shop", "requests.storage=500Gi"],
            &[],
        ),
    ]);
}
