"""Runs cells in kernels, or with `--subshell` in a subshell of each.

Reads `{"runs": [{"cells": [...], "timeout": seconds or null}]}`, and writes the versions and then
the answers of each run, a line of JSON each: for every cell that was reached `error` (name and
text, or null), `result`, `stdout` and `stderr`.
"""

import json
import platform
import subprocess
import sys
import time
from importlib.metadata import version

from jupyter_client.manager import start_new_kernel

PATIENCE = 60
SETTLE = 0.15
MAIN = "# in the main shell\n"


def subshell_of(client):
    request = client.session.msg("create_subshell_request")
    client.control_channel.send(request)
    while True:
        reply = client.get_control_msg(timeout=PATIENCE)
        if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            return reply["content"]["subshell_id"]


def answer(client, code, subshell):
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
    request = client.session.msg("execute_request", content)
    request["content"].update(allow_stdin=False, stop_on_error=False)
    request["header"]["subshell_id"] = subshell
    client.shell_channel.send(request)
    found = {"error": None, "result": None, "stdout": "", "stderr": ""}
    deadline = time.monotonic() + PATIENCE
    while not hear(client.get_iopub_msg(timeout=deadline - time.monotonic()), request, found):
        pass
    # A group of errors is told by the reply alone: what the reader sees of it is plain text.
    reply = client.get_shell_msg(timeout=PATIENCE)
    while reply["parent_header"].get("msg_id") != request["header"]["msg_id"]:
        reply = client.get_shell_msg(timeout=PATIENCE)
    if reply["content"]["status"] == "error":
        said = reply["content"]
        found["error"] = {"name": said["ename"], "message": said["evalue"]}
    # What is said just after the end belongs to the cell too.
    time.sleep(SETTLE)
    while client.iopub_channel.msg_ready():
        hear(client.get_iopub_msg(timeout=SETTLE), request, found)
    return found


def hear(message, request, found):
    """Keeps what a message says of the cell; whether the cell has ended with it."""
    if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
        return False
    content = message["content"]
    match message["msg_type"]:
        case "stream":
            found[content["name"]] += content["text"]
        case "execute_result":
            found["result"] = content["data"]["text/plain"]
        case "error":
            found["error"] = {"name": content["ename"], "message": content["evalue"]}
        case "status":
            return content["execution_state"] == "idle"
    return False


def run(cells):
    manager, client = start_new_kernel(startup_timeout=PATIENCE, stderr=subprocess.DEVNULL)
    try:
        subshell = subshell_of(client) if "--subshell" in sys.argv else None
        return [
            answer(client, code, None if code.startswith(MAIN) else subshell) for code in cells
        ]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


versions = {"python": platform.python_version()}
versions |= {name: version(name) for name in ("ipykernel", "ipython")}
print(json.dumps(versions), flush=True)
for asked in json.load(sys.stdin)["runs"]:
    print(json.dumps(run(asked["cells"])), flush=True)
