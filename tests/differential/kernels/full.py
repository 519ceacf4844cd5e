"""Asks full kernels, over their sockets, one fresh kernel for each notebook.

Speaks as zygote.py does: a JSON line per notebook in, a JSON line per answer out."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from queue import Empty

import ipykernel
import IPython
from jupyter_client.manager import KernelManager

HERE = Path(__file__).resolve().parent
# Seconds for a cell; a machine may be busy.
LIMIT = 30
# One name in the notebook's space, which the probe leaves out.
SET_UP = f"""
import importlib.util as _util
_spec = _util.spec_from_file_location('nbasync_probe', {str(HERE / 'probe.py')!r})
_probe = _util.module_from_spec(_spec)
_spec.loader.exec_module(_probe)
get_ipython().run_line_magic('xmode', 'Minimal')
async def _watch():
    global _watching
    _watching = _probe.Probe(get_ipython())
await _watch()
"""


class Hangs(Exception):
    """The kernel gave no answer in time."""


def ask(client, code, silent):
    """The reply to a cell, and what it printed for the probe."""
    sent = client.execute(code, silent=silent, store_history=not silent)
    told = []
    try:
        while True:
            message = client.get_iopub_msg(timeout=LIMIT)
            if message["parent_header"].get("msg_id") != sent:
                continue
            if message["msg_type"] == "stream":
                told.append(message["content"]["text"])
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        while True:
            reply = client.get_shell_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == sent:
                return reply["content"], "".join(told)
    except Empty:
        raise Hangs from None


def probed(client, code):
    """What the probe says."""
    _, told = ask(client, code, True)
    words = [line for line in told.splitlines() if line.startswith("PROBE ")]
    return json.loads(words[-1].removeprefix("PROBE ")) if words else {"died": True}


def run(client, cells):
    found = []
    ask(client, SET_UP, True)
    for code in cells:
        ask(client, "_watching.begin()", True)
        try:
            content, _ = ask(client, code, False)
        except Hangs:
            return {"cells": [*found, {"hangs": True}]}
        error = {} if content["status"] == "ok" else {"error": content.get("ename", ""), "message": content.get("evalue", "")}
        found.append({**probed(client, "_probe.told(await _watching.end())"), **error})
    return {"cells": found, **probed(client, "_probe.told(await _watching.finish())")}


def answer(job):
    folder = tempfile.mkdtemp(prefix="cells-")
    for name, text in job.get("files", {}).items():
        Path(folder, f"{name}.py").write_text(text)
    manager = KernelManager()
    manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    away = open(os.devnull, "w")
    environment = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1", "PYTHONDONTWRITEBYTECODE": "1", "IPYTHONDIR": folder + "/.ipython"}
    manager.start_kernel(cwd=folder, stdout=away, stderr=away, env=environment)
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        return {"id": job["id"], **run(client, job["cells"])}
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    versions = {"python": sys.version.split()[0], "ipykernel": ipykernel.__version__, "ipython": IPython.__version__}
    print(json.dumps({"versions": versions}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
