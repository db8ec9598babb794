"""Runs every client in every mode against both ways to start the host, and judges what they saw.

    sdk_matrix.py HOST TARGET       (by sdk.sh, which installs the clients into TARGET)

One line per client, mode and entry, then `N passed, N failed`. A session passes when the client
negotiated the version of its mode, listed exactly the tools of calls.json, got from each an answer that
holds the fact, no `isError`, no protocol error, and could parse every line. Control sessions with calls
that must fail prove for each client that failures are seen.
"""

import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CALLS = json.loads((HERE / "calls.json").read_text())
# Sessions at a time: the smallest machine that CI has.
CORES = 2
# Seconds for one session. The Inspector starts the host eleven times, and a debug build compiles a
# component file for five seconds each time.
TIME_LIMIT = 180
# Seconds to stop after an interrupt; the Python SDK gives its server four.
GRACE = 10
# Not by the environment: clients give theirs to a server in part only.
ALL_TOOLS = ["env", "ARGOCD_MCP_TOOLSETS=all"]
# The Inspector starts the host anew for each call.
INSPECTOR_CALLS = 11
LEGACY, MODERN = "2025-11-25", "2026-07-28"

CLIENTS = {
    "python": ["python", "sdk_python.py"],
    "typescript-v1": ["node", "sdk_typescript_v1.mjs"],
    "typescript-v2": ["node", "sdk_typescript_v2.mjs"],
    "inspector": ["python", "sdk_inspector.py"],
}
# Client, mode, and the version that it must end up with.
SESSIONS = [
    ("inspector", "legacy", LEGACY),
    ("inspector", "auto", MODERN),
    ("inspector", "modern", MODERN),
    ("python", "legacy", LEGACY),
    ("python", "auto", MODERN),
    ("typescript-v1", "legacy", LEGACY),
    ("typescript-v2", "legacy", LEGACY),
    ("typescript-v2", "auto", MODERN),
    ("typescript-v2", "2026-07-28", MODERN),
]
# What the judge must report of each client for these calls, and nothing else.
CONTROL = [
    {"tool": "list_projects", "arguments": {}, "fact": "no such fact", "reported": "does not say"},
    {"tool": "get_application", "arguments": {"name": 17, "no_such": 1}, "fact": "", "reported": "isError"},
    {"tool": "no_such_tool", "arguments": {}, "fact": "", "reported": "failed"},
]


def line(client, target):
    """The command of a client."""
    program, script = CLIENTS[client]
    if program == "node":
        return ["node", str(target / "npm" / script)]
    return [sys.executable, str(HERE / script)]


def seen(client, mode, calls, command, target):
    """What a client saw in one session, or why there was none."""
    full = [*line(client, target), mode, json.dumps(calls), *command]
    # The Inspector would keep a catalogue in the home folder.
    environment = {**os.environ, "HOME": str(target / "home")}
    # Files, not pipes: a server that outlives its client holds them open.
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
        streams = {"stdin": subprocess.DEVNULL, "stdout": stdout, "stderr": stderr}
        process = subprocess.Popen(full, start_new_session=True, env=environment, **streams)
        done = ended(process)
        stdout.seek(0)
        stderr.seek(0)
        if not done:
            return f"not done after {TIME_LIMIT} s; {stderr.read()[-2000:]}"
        if process.returncode != 0:
            return f"exit {process.returncode}; {stderr.read()[-2000:]}"
        return json.load(stdout)


def ended(process):
    """Whether a client ends in time; if not, it is stopped together with its server."""
    try:
        process.wait(TIME_LIMIT)
        return True
    except subprocess.TimeoutExpired:
        pass
    # The Python SDK starts servers outside of our process group, but ends them when interrupted.
    for stop in (signal.SIGINT, signal.SIGKILL):
        os.killpg(process.pid, stop)
        try:
            process.wait(GRACE)
            break
        except subprocess.TimeoutExpired:
            continue
    return False


def judge_call(row, answer):
    """What is wrong with the answer to one call: at most one sentence."""
    tool = row["tool"]
    if answer.get("tool") != tool:
        return [f"{tool}: answered for {answer.get('tool')}"]
    if "error" in answer:
        return [f"{tool}: failed: {answer['error']}"]
    if answer["isError"]:
        return [f"{tool}: isError: {answer['text'][:400]!r}"]
    if row["fact"] not in answer["text"]:
        return [f"{tool}: does not say {row['fact']!r}: {answer['text'][:400]!r}"]
    return []


def judge(calls, version, session):
    """Everything that is wrong with one session; empty when it passes."""
    if isinstance(session, str):
        return [f"no session: {session}"]
    problems = [f"client: {entry}" for entry in session["log"]]
    if session["version"] != version:
        problems.append(f"negotiated {session['version']} instead of {version}")
    if sorted(session["tools"]) != sorted(row["tool"] for row in CALLS):
        problems.append(f"listed {session['tools']}")
    if len(session["calls"]) != len(calls):
        problems.append(f"answered {len(session['calls'])} of {len(calls)} calls")
    for row, answer in zip(calls, session["calls"]):
        problems += judge_call(row, answer)
    return problems


def judge_control(problems):
    """What is wrong with the judgement of a control session."""
    expected = [(f"{row['tool']}: ", row["reported"]) for row in CONTROL]
    met = [problem.startswith(tool) and reported in problem for problem, (tool, reported) in zip(problems, expected)]
    if len(problems) == len(expected) and all(met):
        return []
    return [f"a failure went unseen; reported was {problems}"]


def judge_the_judge():
    """Failures that the server does not have on offer, on a made-up session."""
    good = {
        "version": LEGACY,
        "tools": [row["tool"] for row in CALLS],
        "calls": [{"tool": row["tool"], "text": row["fact"], "isError": False} for row in CALLS],
        "log": [],
    }
    bad = {
        "a tool less": {**good, "tools": good["tools"][1:]},
        "a tool twice": {**good, "tools": [*good["tools"], "list_projects"]},
        "a call less": {**good, "calls": good["calls"][:-1]},
        "the wrong version": {**good, "version": MODERN},
        "an unparsable line": {**good, "log": ["cannot parse"]},
        "no session": "exit 1",
    }
    unseen = [name for name, session in bad.items() if len(judge(CALLS, LEGACY, session)) != 1]
    return unseen + (["a good session is refused"] if judge(CALLS, LEGACY, good) else [])


def run(job):
    """Runs one job (name, session to be, judge) and reports it on one line; whether it passed."""
    name, open_session, judgement = job
    start = time.monotonic()
    problems = judgement(open_session())
    verdict = "FAILED" if problems else "ok"
    print("\n    ".join([f"{verdict:6} {name} ({time.monotonic() - start:.1f} s)", *problems]), flush=True)
    return not problems


def jobs(host, target):
    entries = {
        "run --demo": [*ALL_TOOLS, host, "run", "--demo"],
        "run argocd.wasm --demo": [*ALL_TOOLS, host, "run", str(target / "argocd.wasm"), "--demo"],
    }
    yield "control: the judge", judge_the_judge, list
    for client, mode, version in SESSIONS:
        for entry, command in reversed(entries.items()):
            name = f"{client} {mode}: {entry}"
            calls = CALLS[:INSPECTOR_CALLS] if client == "inspector" else CALLS
            yield (
                name,
                lambda c=client, m=mode, x=command, a=calls: seen(c, m, a, x, target),
                lambda s, v=version, a=calls: judge(a, v, s),
            )
    for client, mode, version in {client: (client, mode, version) for client, mode, version in SESSIONS}.values():
        name = f"control: {client} {mode} sees failures"
        command = entries["run --demo"]
        yield (
            name,
            lambda c=client, m=mode, x=command: seen(c, m, CONTROL, x, target),
            lambda s, v=version: judge_control(judge(CONTROL, v, s)),
        )


def main():
    host, target = sys.argv[1], pathlib.Path(sys.argv[2])
    (target / "home").mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        passed = list(pool.map(run, jobs(host, target)))
    print(f"{passed.count(True)} passed, {passed.count(False)} failed")
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
