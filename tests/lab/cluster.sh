#!/usr/bin/env bash
# Every tool of the host against a whole Argo CD in a kind cluster: tests/lab/cluster.sh HOST_BINARY
#
# For people with Docker, kind, kubectl and a network; CI does not run it. It makes a cluster of its own,
# installs the released manifests and the guestbook of Argo CD's examples, and removes the cluster at the
# end, unless KEEP=1.
set -euo pipefail

if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    echo "usage: tests/lab/cluster.sh HOST_BINARY" >&2
    exit 2
fi
host="$1"
for tool in docker kind kubectl curl; do
    command -v "$tool" >/dev/null || { echo "cluster.sh needs $tool" >&2; exit 2; }
done

version=v3.5.1
name=argocd-host-test
folder="$(mktemp -d)"
export KUBECONFIG="$folder/kubeconfig"
forward=
# shellcheck disable=SC2329 # The trap calls it.
finish() {
    [ -z "$forward" ] || kill "$forward" 2>/dev/null || true
    if [ "${KEEP:-}" = 1 ]; then
        echo "kept: KUBECONFIG=$KUBECONFIG kind cluster $name"
    else
        kind delete cluster --name "$name" || true
        rm -rf "$folder"
    fi
}
trap finish EXIT

kind create cluster --name "$name" --wait 180s
kubectl create namespace argocd
# The CRD of ApplicationSets is too large for a client-side apply.
kubectl apply --namespace argocd --server-side --force-conflicts \
    --filename "https://raw.githubusercontent.com/argoproj/argo-cd/$version/manifests/install.yaml"
kubectl --namespace argocd patch configmap argocd-cm --type merge --patch '{"data":{"accounts.ci":"apiKey"}}'
kubectl --namespace argocd patch configmap argocd-rbac-cm --type merge --patch '{"data":{"policy.csv":"g, ci, role:readonly\n"}}'
kubectl --namespace argocd rollout status deployment argocd-server --timeout 300s
kubectl --namespace argocd rollout status deployment argocd-repo-server --timeout 300s
kubectl --namespace argocd rollout status statefulset argocd-application-controller --timeout 300s
kubectl apply --filename - <<EOF
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: guestbook, namespace: argocd }
spec:
  project: default
  source: { repoURL: "https://github.com/argoproj/argocd-example-apps.git", path: guestbook, targetRevision: HEAD }
  destination: { server: "https://kubernetes.default.svc", namespace: default }
  syncPolicy: { automated: {} }
EOF

# Port 0: kubectl says which one it took.
kubectl --namespace argocd port-forward service/argocd-server :443 >"$folder/forward" &
forward=$!
for _ in $(seq 60); do
    port="$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\).*/\1/p' "$folder/forward")"
    [ -z "$port" ] || break
    sleep 1
done
server="https://127.0.0.1:$port"
password="$(kubectl --namespace argocd get secret argocd-initial-admin-secret --output 'jsonpath={.data.password}' | base64 --decode)"
# The body goes in on stdin: nobody else sees the password in the list of processes.
admin="$(printf '{"username":"admin","password":"%s"}' "$password" |
    curl --silent --show-error --fail --insecure --header 'Content-Type: application/json' --data @- "$server/api/v1/session" |
    sed 's/.*"token":"\([^"]*\)".*/\1/')"
token="$(curl --silent --show-error --fail --insecure --header "Authorization: Bearer $admin" \
    --header 'Content-Type: application/json' --data '{"id":"test"}' "$server/api/v1/account/ci/token" |
    sed 's/.*"token":"\([^"]*\)".*/\1/')"
kubectl --namespace argocd wait application guestbook --for 'jsonpath={.status.health.status}=Healthy' --timeout 300s

export ARGOCD_SERVER="$server" ARGOCD_AUTH_TOKEN="$token" ARGOCD_MCP_TOOLSETS=all
failed=0
# expect FACT ARGUMENT...: the host's answer holds the fact.
expect() {
    local fact="$1" answer
    shift
    if answer="$("$host" call "$@" 2>&1)" && grep -qi -- "$fact" <<<"$answer"; then
        echo "ok: $*"
    else
        echo "FAILED: $*: no $fact in:"$'\n'"$answer"
        failed=1
    fi
}
# Argo CD's own certificate is self-signed: refused without --insecure.
if "$host" call list_clusters >"$folder/out" 2>&1 || ! grep -qi certificate "$folder/out"; then
    echo "FAILED: a self-signed certificate is refused"
    failed=1
fi
for tool in get_application get_application_resource_tree get_application_managed_resources get_application_events \
    get_application_manifests get_application_logs diagnose_application diff_application get_application_history \
    get_sync_status get_sync_windows; do
    expect guestbook "$tool" --insecure name=guestbook
done
expect guestbook list_applications --insecure
expect guestbook find_applications --insecure kind=Deployment
expect default list_projects --insecure
expect default get_project --insecure name=default
expect in-cluster list_clusters --insecure
expect guestbook list_applications --insecure repo=argocd-example-apps
expect "${version#v}" get_server_info --insecure
# User and password in place of the token.
unset ARGOCD_AUTH_TOKEN
export ARGOCD_USERNAME=admin ARGOCD_PASSWORD="$password"
expect in-cluster list_clusters --insecure
exit "$failed"
