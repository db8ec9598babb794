#!/usr/bin/env bash
# Runs real MCP clients against the host: tests/clients/sdk.sh HOST_BINARY
# Or counts what answers cost: tests/clients/sdk.sh HOST_BINARY tokens [--bless]
#
# Installs them into the target folder at the versions of sdk_requirements.txt and npm/package-lock.json,
# again only when those change, and never runs an install script of a package. What is run and what must
# hold is in sdk_matrix.py.
set -euo pipefail

if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    echo "usage: tests/clients/sdk.sh HOST_BINARY [tokens [--bless]]" >&2
    exit 2
fi
host="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
here="$(cd "$(dirname "$0")" && pwd)"
target="${CARGO_TARGET_DIR:-$here/../../target}/clients/sdk"
mkdir -p "$target"
target="$(cd "$target" && pwd)"

# fresh STAMP FILE...: whether the last complete installation was made from these very files.
fresh() {
    local stamp="$1"
    shift
    [ -f "$stamp" ] && [ "$(cat "$@")" = "$(cat "$stamp")" ]
}

python="$target/python"
if ! fresh "$python/installed" "$here/sdk_requirements.txt"; then
    echo "installing the Python SDK"
    rm -rf "$python"
    python3 -m venv "$python"
    "$python/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/sdk_requirements.txt"
    cp "$here/sdk_requirements.txt" "$python/installed"
fi

# Node.js comes from npm too, as the Inspector wants 22.19. The packages of the platforms are named in
# package.json, not the package `node`, which fetches them in an install script, past the lock file.
npm="$target/npm"
if ! fresh "$npm/installed" "$here/npm/package.json" "$here/npm/package-lock.json"; then
    echo "installing the TypeScript SDKs and the Inspector"
    rm -rf "$npm"
    mkdir "$npm"
    cp "$here/npm/package.json" "$here/npm/package-lock.json" "$npm/"
    (cd "$npm" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cat "$here/npm/package.json" "$here/npm/package-lock.json" >"$npm/installed"
fi
# Modules are looked up beside the file that imports them.
cp "$here"/sdk_*.mjs "$here/tokens.mjs" "$npm/"
export PATH="$npm/node_modules/.bin:$PATH"
if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 19) ? 0 : 1)'; then
    echo "no Node.js 22.19 from npm for this platform, and $(node --version) in PATH is too old" >&2
    exit 2
fi

if [ "${2:-}" = tokens ]; then
    exec node "$npm/tokens.mjs" "$host" "$(cd "$here/../.." && pwd)" "${3:-}"
fi

"$host" component -o "$target/argocd.wasm"
exec "$python/bin/python" "$here/sdk_matrix.py" "$host" "$target"
