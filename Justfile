# Everything that is done more than once. `just` lists it.
set shell := ["bash", "-euo", "pipefail", "-c"]

# The protocol's own JSON schemas, where they are: without them the tests check the project's own shapes only, and say so.
default_schemas := absolute_path("../shared/mcp-schema")
export MCP_SCHEMA_DIR := env("MCP_SCHEMA_DIR", if path_exists(default_schemas) == "true" { default_schemas } else { "" })

[private]
default:
    @just --list --unsorted

# The main job on the demo Argo CD, without cluster or credentials
demo:
    cargo demo

# All tests
test:
    cargo test

# Format and lints, warnings are errors
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo clippy --manifest-path tests/fuzz/Cargo.toml --no-default-features --lib --target-dir target/fuzz-lib -- -D warnings
    cargo clippy --package argocd-guest --package argocd-probes --target wasm32-wasip2 --target-dir target/guest -- -D warnings

# Write target/argocd.wasm
wasm:
    cargo run --quiet --package argocd-host -- component --output target/argocd.wasm

# Rewrite the reviewed snapshots
bless:
    INSTA_UPDATE=always INSTA_FORCE_PASS=1 cargo test

# Real MCP clients against the host: Python SDK, TypeScript SDK, Inspector
clients:
    cargo build --package argocd-host
    tests/clients/sdk.sh target/debug/argocd-host

# What the tool list and the answers cost, in characters and tokens; `just tokens --bless` rewrites the reviewed figures
tokens bless="":
    cargo build --package argocd-host
    tests/clients/sdk.sh target/debug/argocd-host tokens {{ bless }}

# The same component under wasmtime (Python package) and jco
runtimes:
    cargo build
    tests/clients/runtimes.sh target/debug

# The escape kit against the release binary: one row for each requirement of SECURITY.md
escape:
    cargo build --release --package argocd-host
    cargo test --package argocd-host --test escape -- --binary {{ justfile_directory() }}/target/release/argocd-host

# Which rows of the escape kit fail without which guard: a test build, each guard off in turn
guards:
    cargo build --package argocd-host --features guard-switches --bin argocd-host-switches
    cargo test --package argocd-host --test escape -- --guards --binary {{ justfile_directory() }}/target/debug/argocd-host-switches

# A hostile component of another toolchain: nothing gets out; under jco everything does
foreign:
    cargo build --package argocd-host
    tests/clients/foreign.sh target/debug/argocd-host

# Start-up, latency and memory against a native client in the same run
bench:
    cargo bench --package argocd-host --bench host

# The integration tests against a genuine Argo CD API server, which Go builds, and the contract between it and the simulator
lab:
    tests/lab/run.sh

# Every tool on a real installation in a kind cluster; not part of CI
cluster:
    cargo build --package argocd-host
    tests/lab/cluster.sh target/debug/argocd-host

# Each fuzz target for so many seconds: path, policy file, framer, sealer; needs cargo-fuzz and a nightly toolchain
fuzz seconds="600":
    tests/fuzz/run.sh {{ seconds }}

# Licences, advisories and sources of all dependencies
deny:
    cargo deny check

# Both README commands in a fresh clone, with a toolchain that lacks the wasm target
fresh:
    tests/fresh.sh

# What CI runs
ci:
    .ci/run
