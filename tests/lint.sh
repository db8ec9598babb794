#!/usr/bin/env bash
# Format and lints of everything that is Rust here: the workspace, the fuzz targets' library, and the
# crates that are components. Warnings are errors.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-target}"

cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings
cargo clippy --manifest-path tests/fuzz/Cargo.toml --no-default-features --lib --target-dir "$target/fuzz-lib" -- -D warnings
cargo clippy --package argocd-guest --package argocd-probes --package argocd-probe-bindgen --package argocd-probe-waki --target wasm32-wasip2 --target-dir "$target/guest" -- -D warnings
