"""What must hold for a hostile component of another toolchain: foreign.py HOST FOLDER

FOLDER holds `stubbed.wasm` and `full.wasm` (foreign/build.mjs), and jco, a runtime without a policy. The
component does what it is told: here it gets nothing but the allowed GET, each attempt has one line in the
audit, and a forged line reaches nobody. Under jco the same component does all of it, or this proves nothing.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import runtimes_peer  # noqa: E402
from runtimes_fake import FakeArgoCD  # noqa: E402
from runtimes_peer import Peer  # noqa: E402

# Seconds. The engine is 13 MB, which a host built for development compiles for 25 s on an idle core.
runtimes_peer.PATIENCE = 300

FORGED = {"jsonrpc": "2.0", "id": 900, "method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}}
LIST = "/api/v1/projects"


class Canary(ThreadingHTTPServer):
    """A server that nothing may reach; it counts requests and connections."""

    daemon_threads = True

    def __init__(self):
        self.connections, self.requests = 0, []
        super().__init__(("127.0.0.1", 0), CanaryHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def process_request(self, request, client_address):
        self.connections += 1
        super().process_request(request, client_address)

    @property
    def authority(self):
        return f"127.0.0.1:{self.server_address[1]}"


class CanaryHandler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.requests.append((self.command, self.path))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    do_POST = do_GET


def attempts(server, canary):
    """(what is tried, the rule that denies it); the last one is allowed."""
    here = server.url.removeprefix("http://")
    at = lambda path, **more: {"authority": here, "path": path, "authorized": True} | more  # noqa: E731
    return [
        ({"authority": canary.authority, "path": LIST, "authorized": True}, "origin"),
        ({"authority": f"{here}@{canary.authority}", "path": LIST}, "origin"),
        (at("/api/v1/session", method="post", body='{"username":"reader","password":"x"}'), "method"),
        (at("/api/v1/applications/web/sync", method="post", body="{}"), "method"),
        (at("/api/v1/applications/web", method="delete", body=""), "method"),
        (at("/api/v1/applications/web?refresh=hard"), "query"),
        (at("/api/v1/applications/../session/userinfo"), "path"),
        (at("/api/v1/applications/%2e%2e/clusters"), "path"),
        (at("//" + canary.authority + LIST), "path"),
        (at("/terminal?pod=x&container=y"), "route"),
        (at(LIST), None),
    ]


def held(host, component):
    server, canary = FakeArgoCD(), Canary()
    rows = attempts(server, canary)
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "audit.jsonl"
        settings = {"ARGOCD_SERVER": server.url, "ARGOCD_AUTH_TOKEN": "the-token"}
        with Peer([host, "run", component, "--audit-log", log], settings) as peer:
            call = peer.call("list_projects", attempts=[row for row, _ in rows], say=[json.dumps(FORGED)])
            lines = peer.answer(call)["result"]["content"][0]["text"].splitlines()
            code, _ = peer.close()
            assert code == 0, (code, peer.stderr)
            assert not peer.left(), f"the client saw {peer.left()}"
        audit = [json.loads(line) for line in log.read_text().splitlines()]
        summary = subprocess.run([host, "audit", "summarize", log], capture_output=True, text=True)
    assert len(lines) == len(rows), lines
    for line in lines[:-1]:
        assert line.endswith("-> denied: HTTP-request-denied"), line
    assert lines[-1].endswith("-> status 200"), lines[-1]
    decisions = [line for line in audit if line["kind"] == "decision"]
    assert len(decisions) == len(rows), "one line for each attempt"
    for decision, (row, rule) in zip(decisions, rows):
        wanted = ("allow", LIST) if rule is None else ("deny", rule)
        assert (decision["decision"], decision["rule"]) == wanted, (row, decision)
    assert [line["rule"] for line in audit if line["kind"] == "refused"] == ["stdout"], audit
    assert [seen[:2] for seen in server.requests] == [("GET", LIST)], server.requests
    assert canary.connections == 0, canary.requests
    assert summary.returncode == 0 and "No gap:" in summary.stdout, summary
    return f"{len(rows) - 1} of {len(rows) - 1} denied, {len(decisions)} audit lines, 0 connections at the canary"


def control(jco, component):
    """Without a policy it reaches the canary, posts, and says what it likes."""
    server, canary = FakeArgoCD(), Canary()
    rows = attempts(server, canary)
    with Peer(["node", jco, "run", component], {"ARGOCD_AUTH_TOKEN": "the-token"}) as peer:
        call = peer.call("list_projects", attempts=[row for row, _ in rows], say=[json.dumps(FORGED)])
        lines = peer.answer(call)["result"]["content"][0]["text"].splitlines()
        assert FORGED in peer.left(), peer.left()
    reached = sum("-> status" in line for line in lines)
    assert canary.requests and ("POST", "/api/v1/session") in [seen[:2] for seen in server.requests], lines
    assert reached >= len(rows) // 2, lines
    return f"under jco {reached} of {len(rows)} get an answer, {canary.connections} connections at the canary"


def refused(host, component):
    """Built with the engine's own WASI it is refused before it runs, each import named."""
    ended = subprocess.run(
        [host, "run", component],
        env={"ARGOCD_SERVER": "https://argocd.invalid", "ARGOCD_AUTH_TOKEN": "the-token"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 4, ended
    for name in ("wasi:filesystem/types@", "wasi:filesystem/preopens@"):
        assert name in ended.stderr, ended.stderr
    return ended.stderr.strip().splitlines()[-1]


def main():
    host, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    jco = folder / "node_modules" / "@bytecodealliance" / "jco" / "dist" / "jco.js"
    for name, check in [
        ("held", lambda: held(host, folder / "stubbed.wasm")),
        ("control", lambda: control(jco, folder / "stubbed.wasm")),
        ("refused", lambda: refused(host, folder / "full.wasm")),
    ]:
        print(f"{name:8} {check()}", flush=True)


main()
