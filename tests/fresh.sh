#!/usr/bin/env bash
# What a newcomer does: a clone of HEAD, an empty target folder, a toolchain without the wasm target,
# and the README's two commands. Nothing of this machine's set-up but rustup and a C compiler is used.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet . "$work/clone"
cp -r "${RUSTUP_HOME:-$HOME/.rustup}" "$work/rustup"
export RUSTUP_HOME="$work/rustup" CARGO_TARGET_DIR="$work/target"
channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
rustup target remove --toolchain "$channel" wasm32-wasip2 || true
cd "$work/clone"
cargo demo
cargo test
echo "fresh clone: both commands passed"
