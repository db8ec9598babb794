#!/usr/bin/env bash
# Runs each fuzz target for so many seconds: tests/fuzz/run.sh [SECONDS [TARGET...]]
#
# Needs cargo-fuzz and a nightly toolchain. What is found stays in the target folder. What is worth
# keeping, and each input that broke a property, goes into tests/fuzz/corpus/TARGET.txt:
# `cargo fuzz cmin`, then `tests/fuzz/corpus.py pack TARGET FOLDER`.
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
    python3 tests/fuzz/corpus.py unpack "$name" "$target/kept/$name"
    cargo +nightly fuzz run --fuzz-dir tests/fuzz --target-dir "$target" "$name" \
        "$target/corpus/$name" "$target/kept/$name" -- \
        -max_total_time="$seconds" -max_len=1024 -timeout=10 -rss_limit_mb=2048 \
        -dict="tests/fuzz/words.dict" -artifact_prefix="$target/artifacts/$name/" -print_final_stats=1
done
