"""An MCP client of raw lines, so that nothing is repaired on the way."""

import json
import os
import queue
import subprocess
import threading
import time

PATIENCE = 30  # seconds for one answer: jco compiles for seconds on a busy machine
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Peer:
    """One server process. Use as a context manager: it is killed when something goes wrong."""

    def __init__(self, command, settings):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARGOCD_")}
        self.process = subprocess.Popen(
            command,
            env=kept | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.arrived = queue.Queue()
        self.kept = {}
        self.stderr = b""
        self.next_id = 0
        self.threads = [threading.Thread(target=read, daemon=True) for read in (self.read_lines, self.read_errors)]
        for thread in self.threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def read_lines(self):
        for line in self.process.stdout:
            self.arrived.put(json.loads(line))
        self.arrived.put(None)

    def read_errors(self):
        for line in self.process.stderr:
            self.stderr += line

    def send(self, method, params=None, *, notify=False):
        """Sends one message and returns its id."""
        message = {"jsonrpc": "2.0", "method": method, "params": params or {}}
        if not notify:
            self.next_id += 1
            message["id"] = self.next_id
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
        return self.next_id

    def call(self, tool, **arguments):
        return self.send("tools/call", {"name": tool, "arguments": arguments})

    def cancel(self, request):
        self.send("notifications/cancelled", {"requestId": request}, notify=True)

    def answer(self, request):
        """The answer to `request`; answers to others are kept for them."""
        end = time.monotonic() + PATIENCE
        while request not in self.kept:
            try:
                message = self.arrived.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no answer to {request}; stderr: {self.stderr.decode()}") from None
            assert message is not None, f"the server ended; stderr: {self.stderr.decode()}"
            assert message.get("id") not in self.kept, f"answered twice: {message}"
            self.kept[message.get("id")] = message
        return self.kept.pop(request)

    def ask(self, method, params=None):
        return self.answer(self.send(method, params))

    def text(self, request):
        """The (text, is_error) that a tool answered."""
        result = self.answer(request).get("result")
        assert result, "the call was answered with a protocol error"
        return result["content"][0]["text"], result["isError"]

    def close(self):
        """Closes stdin and returns the exit code and the seconds that it took."""
        started = time.monotonic()
        self.process.stdin.close()
        code = self.process.wait(timeout=PATIENCE)
        took = time.monotonic() - started
        for thread in self.threads:
            thread.join(PATIENCE)
        return code, took

    def left(self):
        """What has arrived that nobody asked for."""
        messages = list(self.kept.values())
        while not self.arrived.empty():
            messages.append(self.arrived.get())
        return [message for message in messages if message is not None]

    def cpu_ticks(self, threads="all"):
        """Processor time so far of the process and its children, in clock ticks (100 per second);
        with threads="main" of the first thread of each only."""
        ticks, todo = 0, [self.process.pid]
        while todo:
            pid = todo.pop()
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as children:
                    todo += [int(child) for child in children.read().split()]
                if threads == "all" or int(task) == pid:
                    with open(f"/proc/{pid}/task/{task}/stat") as stat:
                        fields = stat.read().rsplit(")", 1)[1].split()
                    ticks += int(fields[11]) + int(fields[12])
        return ticks
