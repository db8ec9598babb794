#!/usr/bin/env bash
# The same component in other runtimes, against the simulator: runtimes.sh FOLDER_OF_BINARIES
set -euo pipefail
folder=$(realpath "$1")
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$folder/argocd-host" component --output "$work/argocd.wasm"
# The simulator says in one line where it is, and serves until its stdin is closed.
coproc SIMULATOR { "$folder/argocd-simulator"; }
read -r line <&"${SIMULATOR[0]}"
field() { python3 -c 'import json,sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$line" "$1"; }
ARGOCD_TEST_SERVER=$(field url) ARGOCD_TEST_TOKEN=$(field token) python3 tests/clients/runtimes.py "$work/argocd.wasm"
