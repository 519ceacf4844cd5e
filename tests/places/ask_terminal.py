"""Runs cells in IPython's terminal, as its prompt would hand them over; no key is pressed.

Reads and writes what `ask_kernel.py` does. Each run has a process of its own.
"""

import io
import json
import platform
import signal
import subprocess
import sys
import tempfile
from importlib.metadata import version


def run(cells):
    """The answers to the cells of one session, which takes this process with it."""
    from IPython.terminal.ipapp import TerminalIPythonApp

    answers = []
    own = sys.stdout, sys.stderr

    def close():
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = own
        # What an interrupt ends has no result, but its error is shown all the same.
        error = shell.last_execution_result.error_before_exec or getattr(sys, "last_value", None)
        said = error and {"name": type(error).__name__, "message": str(error)}
        result = shell.last_execution_result.result
        result = None if result is None else repr(result)
        stdout, stderr = (stream.getvalue() for stream in streams)
        answers.append({"error": said, "result": result, "stdout": stdout, "stderr": stderr})

    def prompt():
        if sys.stdout is not own[0]:
            close()
        if len(answers) == len(cells):
            raise EOFError
        sys.last_value = None
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        return cells[len(answers)]

    with tempfile.TemporaryDirectory() as folder:
        app = TerminalIPythonApp.instance()
        options = ["--simple-prompt", "--no-banner", "--no-confirm-exit", "--colors=NoColor"]
        app.initialize([f"--ipython-dir={folder}", "--HistoryManager.enabled=False", *options])
        shell = app.shell
        shell.separate_in = ""
        shell.prompt_for_code = prompt
        app.start()
    return answers


if "--one" in sys.argv:
    # A job in the background of a shell leaves it ignored to all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stderr.write(json.dumps(run(json.load(sys.stdin))))
else:
    versions = {"python": platform.python_version(), "ipython": version("ipython")}
    print(json.dumps(versions), flush=True)
    for asked in json.load(sys.stdin)["runs"]:
        own = [sys.executable, __file__, "--one"]
        ran = subprocess.run(own, input=json.dumps(asked["cells"]), capture_output=True, text=True)
        print(ran.stderr.splitlines()[-1], flush=True)
