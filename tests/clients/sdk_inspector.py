"""The Inspector CLI: sdk_inspector.py MODE CALLS COMMAND..., MODE is legacy, auto or modern.

It starts the server once per method. `tools/list` is asked with --strict, which fails on a schema that
not every client takes. Prints what it saw in the shape of sdk_python.py and judges nothing.
"""

import json
import subprocess
import sys

STRICT_FAILURE = 6
TOOL_ERROR = 5
# Only answers of the modern era carry it.
SERVER_INFO = "io.modelcontextprotocol/serverInfo"


def inspector(mode, command, *method):
    """Exit code, the result it printed if any, and what it printed on stderr."""
    line = ["inspector", "--cli", "--protocol-era", mode, "--format", "json", *method, "--", *command]
    done = subprocess.run(line, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    printed = done.stdout.strip()
    return done.returncode, json.loads(printed)["result"] if printed else None, done.stderr.strip()


def call(mode, command, row):
    arguments = json.dumps(row["arguments"])
    method = ["--method", "tools/call", "--tool-name", row["tool"], "--tool-args-json", arguments]
    code, result, stderr = inspector(mode, command, *method)
    if result is None or code not in (0, TOOL_ERROR):
        return {"tool": row["tool"], "error": f"exit {code}: {stderr}"}, None
    text = "\n".join(block["text"] for block in result["content"] if block["type"] == "text")
    failed = code == TOOL_ERROR or bool(result.get("isError"))
    return {"tool": row["tool"], "text": text, "isError": failed}, SERVER_INFO in result.get("_meta", {})


def session(mode, calls, command):
    code, result, stderr = inspector(mode, command, "--method", "tools/list", "--strict")
    log = []
    if code == STRICT_FAILURE:
        log.append(f"--strict: {stderr}")
    elif code != 0:
        log.append(f"tools/list: exit {code}: {stderr}")
    answers, modern = [], set()
    for row in calls:
        answer, is_modern = call(mode, command, row)
        answers.append(answer)
        modern.add(is_modern)
    modern.discard(None)
    version = {(True,): "2026-07-28", (False,): "2025-11-25"}.get(tuple(modern), "of both eras")
    tools = [tool["name"] for tool in result["tools"]] if result else []
    return {"version": version, "tools": tools, "calls": answers, "log": log}


if __name__ == "__main__":
    print(json.dumps(session(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:])))
