# Everything that is done more than once. `just` lists it.
set shell := ["bash", "-euo", "pipefail", "-c"]

# The protocol's own JSON schemas, where they are: without them the tests check the project's own shapes only, and say so.
default_schemas := absolute_path("../shared/mcp-schema")
export MCP_SCHEMA_DIR := env("MCP_SCHEMA_DIR", if path_exists(default_schemas) == "true" { default_schemas } else { "" })
host := "target/debug/argocd-host"

[private]
default:
    @just --list --unsorted

# The main job on the demo Argo CD, without a cluster or credentials
demo:
    cargo demo

# All tests
test:
    cargo test

# Format and lints; warnings are errors
lint:
    tests/lint.sh

# Rewrite the reviewed snapshots
bless:
    INSTA_UPDATE=always INSTA_FORCE_PASS=1 cargo test

# The escape kit against the release binary: one row for each requirement of SECURITY.md
escape:
    cargo build --release --package argocd-host
    cargo test --package argocd-host --test escape -- --binary {{ justfile_directory() }}/target/release/argocd-host

# The rows of the escape kit that fail without each guard: a test build with one guard off at a time
guards:
    tests/escape/guards.sh

# Real clients and other runtimes against the host: MCP SDKs, Inspector, token costs, wasmtime, jco, a JavaScript component
clients:
    cargo build
    tests/clients/sdk.sh {{ host }}
    tests/clients/sdk.sh {{ host }} tokens
    tests/clients/runtimes.sh target/debug
    tests/clients/foreign.sh {{ host }}

# The integration tests against a genuine Argo CD API server, which Go builds, and its contract with the simulator
lab:
    tests/lab/run.sh

# Whether one call explains the incidents that others reported: a table, or the answers of those that are named
cases names="":
    {{ if names == "" { "" } else { "CASE=" + quote(names) } }} cargo test --package argocd-guest --test tools handed_incidents -- --nocapture

# Start-up, latency and memory against a native client in the same run
bench:
    cargo bench --package argocd-host --bench host

# Each fuzz target for so many seconds; needs cargo-fuzz and a nightly toolchain
fuzz seconds="600":
    tests/fuzz/run.sh {{ seconds }}

# Both README commands in a fresh clone, with a toolchain that lacks the wasm target
fresh:
    tests/fresh.sh

# What CI runs
ci:
    .ci/run
