#!/usr/bin/env bash
# The integration tests against a genuine Argo CD API server, and the tests that are only for it.
#
# Without Go: says what that leaves out, and succeeds; it fails where ARGOCD_TESTS_COMPLETE is set, as in CI.
set -euo pipefail
cd "$(dirname "$0")/../.."

# names FILE...: the tests in these sources.
names() {
    awk '/#\[(tokio::)?test\]/ { found = 1; next } found && /fn / { sub(/\(.*/, ""); print "  " $NF; found = 0 }' "$@"
}

if ! command -v go >/dev/null; then
    echo "left out, as there is no Go here to build Argo CD's server with:"
    echo "  tests/it against a genuine server (it ran on the simulator)"
    names tests/genuine/*.rs
    [ -z "${ARGOCD_TESTS_COMPLETE:-}" ] || exit 1
    exit 0
fi

unformatted="$(gofmt -l tests/lab)"
[ -z "$unformatted" ] || { echo "gofmt: $unformatted" >&2; exit 1; }
ARGOCD_TEST_LAB="$(nice tests/lab/build.sh)"
export ARGOCD_TEST_LAB

skipped=()
known="$(cargo test --quiet --package argocd-host --test it -- --list)"
while read -r name why; do
    case "$name" in '' | '#'*) continue ;; esac
    if ! grep -qx "$name: test" <<<"$known"; then
        echo "tests/lab/left_out.txt names no test: $name" >&2
        exit 1
    fi
    echo "left out, on the simulator only: $name: $why"
    skipped+=(--skip "$name")
done <tests/lab/left_out.txt

# Two at a time: each test starts servers of its own, of 160 to 4,000 MB.
ARGOCD_TEST_SERVER=lab cargo test --package argocd-host --test it -- --test-threads 2 --exact "${skipped[@]}"
cargo test --package argocd-host --test genuine -- --test-threads 2 --nocapture
