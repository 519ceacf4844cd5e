"""Runs cells in marimo's own runtime, as `marimo export session` does.

Reads and writes what `ask_kernel.py` does.
"""

import html
import json
import platform
import re
import subprocess
import sys
import tempfile
import textwrap
from importlib.metadata import version
from pathlib import Path

HEAD = "import marimo\n\napp = marimo.App()\n"
TAIL = '\nif __name__ == "__main__":\n    app.run()\n'


def cell(code):
    # marimo reads the body alone; parameters and return are its own to write.
    return f"\n@app.cell\nasync def _():\n{textwrap.indent(code.rstrip(), '    ')}\n    return\n"


def plain(text):
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def answer(ran):
    found = {"error": None, "result": None, "stdout": "", "stderr": ""}
    for said in ran["console"]:
        if said["type"] == "stream":
            text = said["text"]
            found[said["name"]] += plain(text) if text.startswith("<span") else text
    for output in ran["outputs"]:
        if output["type"] == "error":
            name = output["ename"]
            if name == "exception":
                # Its class stands in the traceback alone.
                said = found["stderr"]
                named = re.findall(r"^  \| (\w*ExceptionGroup):", said, re.MULTILINE)
                named = named or re.findall(r"^([A-Za-z_][\w.]*)(?::|$)", said, re.MULTILINE)
                name = named[-1].rpartition(".")[2] if named else name
            found["error"] = {"name": name, "message": output["evalue"]}
        elif output["data"].get("text/plain"):
            found["result"] = output["data"]["text/plain"]
    return found


def run(runs):
    """The answers of all runs. marimo gives each notebook of a folder a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"n{at}.py" for at in range(len(runs))]
        for name, asked in zip(names, runs):
            Path(folder, name).write_text(HEAD + "".join(map(cell, asked["cells"])) + TAIL)
        export = [sys.executable, "-m", "marimo", "export", "session", "--no-sandbox", "."]
        subprocess.run(export, cwd=folder, capture_output=True, check=False)
        sessions = [Path(folder, "__marimo__/session", f"{name}.json") for name in names]
        return [list(map(answer, json.loads(it.read_text())["cells"])) for it in sessions]


versions = {"python": platform.python_version(), "marimo": version("marimo")}
print(json.dumps(versions), flush=True)
for answers in run(json.load(sys.stdin)["runs"]):
    print(json.dumps(answers), flush=True)
