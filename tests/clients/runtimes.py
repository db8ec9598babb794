"""Runs the component in other runtimes, with plain environment variables, and checks what must hold there.

    python3 tests/clients/runtimes.py COMPONENT [--only wasmtime|jco] [--server URL --token TOKEN]

Installs the `wasmtime` Python package and `jco` at pinned versions into target/clients, once. The
checks run against a small fake Argo CD of its own; with --server (or ARGOCD_TEST_SERVER and
ARGOCD_TEST_TOKEN) the four lists are asked there as well, over plain HTTP.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from runtimes_fake import FakeArgoCD  # noqa: E402
from runtimes_peer import MODERN, Peer  # noqa: E402

WASMTIME = "50.0.1"
JCO = "1.35.0"
HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent.parent / "target" / "clients" / "runtimes"
PASSWORD = 'quote " backslash \\ umlaut ü € and a space'


def install(name):
    """The command that runs a component, installing the runtime if it is not there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if name == "wasmtime":
        python = FOLDER / f"wasmtime-{WASMTIME}" / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", python.parent.parent], check=True)
            subprocess.run([python, "-m", "pip", "-q", "install", f"wasmtime=={WASMTIME}"], check=True)
        return [str(python), str(HERE / "runtimes_wasmtime.py")]
    prefix = FOLDER / f"jco-{JCO}"
    jco = prefix / "node_modules" / "@bytecodealliance" / "jco" / "dist" / "jco.js"
    if not jco.exists():
        prefix.mkdir(exist_ok=True)
        package = f"@bytecodealliance/jco@{JCO}"
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--prefix", prefix, package], check=True)
    return ["node", str(jco), "run"]


class Runtime:
    """A runtime, the component, and how they differ."""

    def __init__(self, name, component):
        self.name = name
        self.command = [*install(name), component]
        # jco keeps the connection of a dropped request.
        self.aborts_upstream = name == "wasmtime"
        # The component runs in the first thread. Others of jco 1.35 read stdin in a loop while it
        # is a non-blocking pipe (shim, INPUT_STREAM_CREATE of STDIN: EAGAIN is tried again at once).
        self.threads = "all" if name == "wasmtime" else "main"

    def start(self, server, **settings):
        return Peer(self.command, {"ARGOCD_SERVER": server.url, **settings})

    def with_token(self, server):
        return self.start(server, ARGOCD_AUTH_TOKEN="the-token")

    def with_password(self, server, password=PASSWORD):
        return self.start(server, ARGOCD_USERNAME="reader", ARGOCD_PASSWORD=password)


def well(peer, request, fact):
    text, is_error = peer.text(request)
    assert not is_error and fact in text, text


def both_eras(runtime):
    server = FakeArgoCD()
    with runtime.with_token(server) as peer:
        shaken = peer.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})
        assert shaken["result"]["protocolVersion"] == "2025-06-18", shaken
        peer.send("notifications/initialized", notify=True)
        tools = peer.ask("tools/list")["result"]["tools"]
        discovered = peer.ask("server/discover", {"_meta": MODERN})["result"]
        assert discovered["supportedVersions"][0] == "2026-07-28", discovered
        assert peer.ask("tools/list", {"_meta": MODERN})["result"]["tools"] == tools and len(tools) >= 10
        well(peer, peer.call("list_projects"), "payments")
        headers = next(seen[2] for seen in server.requests if seen[1] == "/api/v1/projects")
        assert headers["authorization"] == "Bearer the-token" and headers["accept"] == "application/json", headers
        code, _ = peer.close()
        assert code == 0 and not peer.left(), (code, peer.left())
    assert b"the-token" not in peer.stderr


def busy(runtime):
    """While one call waits, ping and other calls are answered; a cancelled call is not."""
    server = FakeArgoCD()
    with runtime.with_token(server) as peer:
        well(peer, peer.call("list_projects"), "payments")
        release = server.hold("/api/v1/clusters")
        slow, dropped = peer.call("list_clusters"), peer.call("list_clusters")
        assert server.waiting.acquire(timeout=10) and server.waiting.acquire(timeout=10)
        started = time.monotonic()
        assert peer.ask("ping")["result"] == {}
        ping = time.monotonic() - started
        for request in [peer.call("list_projects") for _ in range(16)]:
            well(peer, request, "payments")
        peer.cancel(dropped)
        peer.ask("ping")
        if runtime.aborts_upstream:
            assert server.aborted.acquire(timeout=10), "the connection of the cancelled call stays open"
        release.set()
        well(peer, slow, "in-cluster")
        peer.ask("ping")
        assert not peer.left(), peer.left()
        assert ping < 0.5, f"the ping took {ping:.3f} s"


def idle(runtime):
    """A component that has nothing to do does nothing."""
    server = FakeArgoCD()
    with runtime.with_token(server) as peer:
        for request in [peer.call("list_projects") for _ in range(20)]:
            well(peer, request, "payments")
        time.sleep(1)
        before = peer.cpu_ticks(runtime.threads)
        time.sleep(3)
        used = peer.cpu_ticks(runtime.threads) - before
        # Of 300. Node may collect garbage.
        assert used <= 3, f"{used} ticks in 3 s"


def end(runtime):
    """End of stdin ends the process, whatever still runs."""
    server = FakeArgoCD()
    server.hold("/api/v1/clusters")
    with runtime.with_token(server) as peer:
        peer.call("list_clusters")
        assert server.waiting.acquire(timeout=30)
        code, took = peer.close()
        assert code == 0, code
        assert took < 5, f"{took:.1f} s"
        assert not peer.left(), peer.left()


def misconfigured(runtime):
    """Without settings the server starts and every call says what is missing."""
    with Peer(runtime.command, {}) as peer:
        assert peer.ask("initialize")["result"]["serverInfo"]["name"] == "argocd"
        text, is_error = peer.text(peer.call("list_projects"))
        assert is_error and "ARGOCD_SERVER" in text and "ARGOCD_AUTH_TOKEN" in text, text
        assert peer.close()[0] == 0
        assert peer.stderr.count(b"ARGOCD_SERVER") == 1, peer.stderr


def one_login(runtime):
    """16 first calls log in once; 16 calls that find the token revoked log in once more."""
    server = FakeArgoCD()
    server.password = PASSWORD
    with runtime.with_password(server) as peer:
        for logins in (1, 2):
            for request in [peer.call("list_projects") for _ in range(16)]:
                well(peer, request, "payments")
            assert server.count("POST", "/api/v1/session") == logins
            server.revoke()
        # The first calls waited for the login; the second ones were sent, refused, and repeated once.
        assert server.count("GET", "/api/v1/projects") <= 16 + 2 * 16
        session = next(seen[2] for seen in server.requests if seen[0] == "POST")
        assert session["content-type"] == "application/json" and "authorization" not in session, session


def no_login_loop(runtime):
    """A token that stays refused is renewed once and then left alone."""
    server = FakeArgoCD()
    server.password = PASSWORD
    server.issue_valid = False
    with runtime.with_password(server) as peer:
        for request in [peer.call("list_projects") for _ in range(20)]:
            assert peer.text(request)[1]
        first = server.count("POST", "/api/v1/session")
        for request in [peer.call("list_projects") for _ in range(20)]:
            assert peer.text(request)[1]
        assert first <= 2 and server.count("POST", "/api/v1/session") == first, first


def wrong_password(runtime):
    """20 calls with a wrong password are one failed login, and each says so."""
    server = FakeArgoCD()
    server.password = "another"
    with runtime.with_password(server) as peer:
        for request in [peer.call("list_projects") for _ in range(10)]:
            assert peer.text(request)[1]
        for _ in range(10):
            text, is_error = peer.text(peer.call("list_projects"))
            assert is_error and PASSWORD not in text, text
        assert server.count("POST", "/api/v1/session") == 1


def login_outlives_its_call(runtime):
    """Cancelling the call that started the login leaves it to those who wait for it."""
    server = FakeArgoCD()
    server.password = PASSWORD
    release = server.hold("/api/v1/session")
    with runtime.with_password(server) as peer:
        first = peer.call("list_projects")
        assert server.waiting.acquire(timeout=30)
        others = [peer.call("list_projects") for _ in range(3)]
        peer.cancel(first)
        peer.ask("ping")
        release.set()
        for request in others:
            well(peer, request, "payments")
        assert server.count("POST", "/api/v1/session") == 1
        assert not peer.left(), peer.left()


def lists_of(url, token):
    """A check that the four lists of a given server can be read."""

    def given_server(runtime):
        with Peer(runtime.command, {"ARGOCD_SERVER": url, "ARGOCD_AUTH_TOKEN": token}) as peer:
            for tool in ("list_applications", "list_projects", "list_clusters", "list_repositories"):
                text, is_error = peer.text(peer.call(tool))
                assert not is_error and text, f"{tool}: {text}"
            assert peer.close()[0] == 0

    return given_server


CHECKS = [
    both_eras,
    busy,
    idle,
    end,
    misconfigured,
    one_login,
    no_login_loop,
    wrong_password,
    login_outlives_its_call,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("component")
    parser.add_argument("--only", choices=["wasmtime", "jco"])
    parser.add_argument("--check", help="one check by name")
    parser.add_argument("--server", default=os.environ.get("ARGOCD_TEST_SERVER"))
    parser.add_argument("--token", default=os.environ.get("ARGOCD_TEST_TOKEN", "the-token"))
    chosen = parser.parse_args()
    checks = [*CHECKS, *([lists_of(chosen.server, chosen.token)] if chosen.server else [])]
    failed = 0
    for name in [chosen.only] if chosen.only else ["wasmtime", "jco"]:
        runtime = Runtime(name, chosen.component)
        for check in checks:
            if chosen.check not in (None, check.__name__):
                continue
            started = time.monotonic()
            try:
                check(runtime)
                outcome = "ok"
            except AssertionError as error:
                failed += 1
                outcome = f"FAILED: {error}"
            print(f"{name:8} {check.__name__:24} {time.monotonic() - started:5.1f} s  {outcome}", flush=True)
    sys.exit(1 if failed else 0)


main()
