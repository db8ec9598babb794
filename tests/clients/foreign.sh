#!/usr/bin/env bash
# A hostile component of another toolchain (JavaScript, componentize-js) against the host: foreign.sh HOST_BINARY
#
# Installs the toolchain into the target folder at the versions of foreign/package-lock.json, again only
# when those change, and never runs an install script of a package. What must hold is in foreign.py.
set -euo pipefail

if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    echo "usage: tests/clients/foreign.sh HOST_BINARY" >&2
    exit 2
fi
host="$(realpath "$1")"
here="$(cd "$(dirname "$0")" && pwd)"
target="${CARGO_TARGET_DIR:-$here/../../target}/clients/foreign"
mkdir -p "$target"
target="$(cd "$target" && pwd)"

installed="$(cat "$here/foreign/package.json" "$here/foreign/package-lock.json")"
if [ ! -f "$target/installed" ] || [ "$installed" != "$(cat "$target/installed")" ]; then
    echo "installing componentize-js"
    rm -rf "$target/node_modules" "$target/built" "$target/installed"
    cp "$here/foreign/package.json" "$here/foreign/package-lock.json" "$target/"
    (cd "$target" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    printf '%s\n' "$installed" >"$target/installed"
fi

# Our world, with the WASI packages that the guest's own bindings ship.
wasi="$(cd "$here/../.." && cargo metadata --format-version 1 --locked --filter-platform wasm32-wasip2 | python3 -c '
import json, pathlib, sys
packages = json.load(sys.stdin)["packages"]
manifest = next(package["manifest_path"] for package in packages if package["name"] == "wasip2")
print(pathlib.Path(manifest).with_name("wit") / "deps")')"
sources=("$here/foreign/hostile.mjs" "$here/foreign/build.mjs" "$here/../../wit/world.wit")
if [ ! -f "$target/built" ] || [ "$(cat "${sources[@]}")" != "$(cat "$target/built")" ]; then
    rm -rf "$target/wit" "$target/built"
    mkdir -p "$target/wit/deps"
    cp "$here/../../wit/world.wit" "$target/wit/"
    cp "$wasi"/*.wit "$target/wit/deps/"
    # Modules are looked up beside the file that imports them.
    cp "$here/foreign/hostile.mjs" "$here/foreign/build.mjs" "$target/"
    (cd "$target" && node build.mjs wit stubbed.wasm full.wasm)
    cat "${sources[@]}" >"$target/built"
fi
exec python3 "$here/foreign.py" "$host" "$target"
