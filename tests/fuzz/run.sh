#!/usr/bin/env bash
# Runs each fuzz target for so many seconds: tests/fuzz/run.sh [SECONDS [TARGET...]]
#
# Needs cargo-fuzz and a nightly toolchain. What is found stays in the target folder; an input that
# breaks a property goes to tests/fuzz/regressions/TARGET/ with its fix, and
# `cargo fuzz cmin` takes what is worth keeping into tests/fuzz/corpus/TARGET/.
set -euo pipefail
seconds="${1:-600}"
shift || true
cd "$(dirname "$0")/../.."
target="$(realpath -m "${CARGO_TARGET_DIR:-target}/fuzz")"

if [ $# -eq 0 ]; then
    set -- path policy_file framer sealer
fi
for name in "$@"; do
    # The first folder is the one that is written to.
    mkdir -p "$target/corpus/$name" "$target/artifacts/$name"
    cargo +nightly fuzz run --fuzz-dir tests/fuzz --target-dir "$target" "$name" \
        "$target/corpus/$name" "tests/fuzz/corpus/$name" -- \
        -max_total_time="$seconds" -max_len=1024 -timeout=10 -rss_limit_mb=2048 \
        -dict="tests/fuzz/words.dict" -artifact_prefix="$target/artifacts/$name/" -print_final_stats=1
done
