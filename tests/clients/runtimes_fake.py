"""A small fake Argo CD over plain HTTP on a free port, which counts, holds and refuses on demand.

It knows three lists and the login, so that the transport and the login rules can be seen from the
server's side. What Argo CD really answers is the simulator's job, not this one's.
"""

import json
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 30  # seconds that a held request is held at most, so that a broken test ends

LISTS = {
    "/api/v1/projects": [{"metadata": {"name": "payments"}, "spec": {"sourceRepos": ["*"]}}],
    "/api/v1/clusters": [{"name": "in-cluster", "server": "https://kubernetes.default.svc"}],
    "/api/v1/repositories": [{"repo": "https://git.example/shop.git", "type": "git"}],
}


class FakeArgoCD(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.valid = {"the-token"}  # bearer tokens that are accepted
        self.password = None  # what a login must carry; None refuses every login
        self.next_tokens = iter(f"session-{number}" for number in range(1000))
        self.issue_valid = True  # whether issued tokens are accepted
        self.requests = []  # (method, path without query, headers)
        self.held = {}  # path -> Event that lets it go
        self.waiting = threading.Semaphore(0)  # released once per request that is held
        self.aborted = threading.Semaphore(0)  # released once per held request whose peer went away
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Clients that vanish are part of the test."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def hold(self, path):
        """Holds requests of `path` until the returned event is set."""
        event = self.held[path] = threading.Event()
        return event

    def count(self, method, path):
        with self.lock:
            return sum(1 for seen in self.requests if seen[:2] == (method, path))

    def revoke(self):
        """Makes every token that exists invalid."""
        with self.lock:
            self.valid.clear()

    def log_in(self, body):
        """The (status, answer) of a login."""
        with self.lock:
            if self.password is None or body != {"username": "reader", "password": self.password}:
                return 401, {"error": "Invalid username or password", "code": 16, "message": "Invalid username or password"}
            token = next(self.next_tokens)
            if self.issue_valid:
                self.valid.add(token)
            return 200, {"token": token}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = self.note("GET")
        if self.stopped(path):
            return
        if path == "/api/version":
            return self.answer(200, {"Version": "v3.1.0"})
        token = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        with self.server.lock:
            known = token in self.server.valid
        if not known:
            return self.answer(401, {"error": "no session information", "code": 16, "message": "no session information"})
        if path in LISTS:
            return self.answer(200, {"items": LISTS[path], "metadata": {}})
        self.answer(404, {"error": "not found", "code": 5, "message": "not found"})

    def do_POST(self):
        path = self.note("POST")
        body = self.body()
        if path != "/api/v1/session":
            return self.answer(405, {"error": "method not allowed", "code": 12, "message": "method not allowed"})
        if self.stopped(path):
            return
        self.answer(*self.server.log_in(json.loads(body)))

    def note(self, method):
        path = self.path.split("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.lock:
            self.server.requests.append((method, path, headers))
        return path

    def body(self):
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def stopped(self, path):
        """Holds the request if its path is held; True when the peer went away meanwhile."""
        event = self.server.held.get(path)
        if event is None:
            return False
        self.server.waiting.release()
        for _ in range(PATIENCE * 100):
            if event.wait(0.01):
                return False
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                self.server.aborted.release()
                self.close_connection = True
                return True
        return False

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
