#!/usr/bin/env bash
# The escape kit against a build of the host with switches, one guard off at a time: which rows miss it.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "${CARGO_TARGET_DIR:-target}"
target="$(cd "${CARGO_TARGET_DIR:-target}" && pwd)"

cargo build --package argocd-host --features guard-switches --bin argocd-host-switches
cargo test --package argocd-host --test escape -- --guards --binary "$target/debug/argocd-host-switches"
