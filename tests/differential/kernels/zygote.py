"""A process that has a kernel ready, and forks a child for each notebook.

Reads a JSON line per notebook from its input, writes a JSON line per answer to its output. The
child runs the cells as ipykernel does: `do_execute` in a task of a running asyncio loop."""

import asyncio
import gc
import json
import os
import selectors
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import ipykernel
import ipykernel.debugger
import IPython
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.iostream import IOPubThread
from traitlets import default

import probe

# Seconds without a word from a child after which it hangs.
HANGS = 20.0


class Nowhere:
    """Takes what a kernel publishes; no thread has to live through the fork."""

    def __getattr__(self, name):
        return lambda *args, **kwargs: None


class ReadyKernel(InProcessKernel):
    """The in-process kernel without its publishing thread and without a debugger."""

    @default("iopub_thread")
    def _unstarted_thread(self):
        return IOPubThread(self._underlying_iopub_socket)


class Parent:
    """What ipykernel 7 asks before it lets a cell be interrupted."""

    parent_thread = threading.main_thread()


def ready_kernel():
    ipykernel.debugger._is_debugpy_available = False
    HistoryManager.enabled = False
    warm = InteractiveShell.instance()
    warm.run_line_magic("xmode", "Minimal")
    warm.run_cell("import asyncio\n1/0", store_history=False)
    warm.run_cell("%time 1 + 1", store_history=False)
    InteractiveShell.clear_instance()
    kernel = ReadyKernel()
    # As after any cell without an await; IPython shows an ExceptionGroup without setting it.
    kernel.shell._last_traceback = None
    if hasattr(kernel, "shell_channel_thread"):
        kernel.shell_channel_thread = Parent()
    kernel.shell.run_line_magic("xmode", "Minimal")
    for name in ("last_traceback", "last_type", "last_value", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
    return kernel


async def run_cells(kernel, cells, say):
    shell = kernel.shell
    watching = probe.Probe(shell)
    for code in cells:
        watching.begin()
        # As when a message arrives: a task of its own takes it.
        reply = await asyncio.ensure_future(kernel.do_execute(code, False))
        error = {} if reply["status"] == "ok" else {"error": reply["ename"], "message": reply["evalue"]}
        del reply
        answer = {**await watching.end(), **error}
        say({"cell": answer})
    say({"last": await watching.finish()})


def child(kernel, job, pipe):
    folder = tempfile.mkdtemp(prefix="cells-")
    os.chdir(folder)
    for name, text in job.get("files", {}).items():
        Path(folder, f"{name}.py").write_text(text)
    sys.path.insert(0, folder)
    out = os.fdopen(pipe, "w", buffering=1)
    say = lambda word: print(json.dumps(word), file=out, flush=True)

    async def run_and_leave():
        try:
            await run_cells(kernel, job["cells"], say)
        except BaseException:
            traceback.print_exc()
        finally:
            # At once: a loop that is closed waits for threads that may never end.
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)

    asyncio.run(run_and_leave())


class Running:
    """A child that has not ended."""

    def __init__(self, job, kernel):
        self.job = job
        self.words = b""
        self.read, write = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(self.read)
            os.setpgid(0, 0)
            child(kernel, job, write)
        os.close(write)
        self.heard = time.monotonic()

    def answer(self, hangs):
        words = [json.loads(line) for line in self.words.decode().splitlines()]
        cells = [word["cell"] for word in words if "cell" in word]
        last = next((word["last"] for word in words if "last" in word), {})
        if hangs or len(cells) < len(self.job["cells"]):
            cells.append({"hangs": True} if hangs else {"died": True})
        return {"id": self.job["id"], "cells": cells, **last}


def stop(process):
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def serve(kernel, at_once, answers):
    """Takes notebooks until its input ends."""
    waiting = [json.loads(line) for line in sys.stdin]
    waiting.reverse()
    pipes = selectors.DefaultSelector()

    def done(running, hangs):
        pipes.unregister(running.read)
        stop(running.process)
        os.waitpid(running.process, 0)
        os.close(running.read)
        print(json.dumps(running.answer(hangs)), file=answers, flush=True)

    while waiting or pipes.get_map():
        while waiting and len(pipes.get_map()) < at_once:
            running = Running(waiting.pop(), kernel)
            pipes.register(running.read, selectors.EVENT_READ, running)
        for key, _ in pipes.select(0.5):
            running = key.data
            words = os.read(running.read, 65536)
            running.words += words
            running.heard = time.monotonic()
            if not words:
                done(running, False)
        for key in list(pipes.get_map().values()):
            if time.monotonic() - key.data.heard > HANGS:
                done(key.data, True)


def main():
    # Answers keep the way out for themselves; whatever a kernel or a cell prints goes nowhere.
    answers = os.fdopen(os.dup(1), "w")
    away = open(os.devnull, "w")
    os.dup2(away.fileno(), 1)
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    kernel = ready_kernel()
    gc.collect()
    gc.freeze()
    versions = {"python": sys.version.split()[0], "ipykernel": ipykernel.__version__, "ipython": IPython.__version__}
    versions["threads"] = threading.active_count()
    print(json.dumps({"versions": versions}), file=answers, flush=True)
    serve(kernel, int(sys.argv[1]) if len(sys.argv) > 1 else 3, answers)


if __name__ == "__main__":
    main()
