"""Finds the nbasync program and asks it: one call for one question, JSON in and JSON out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

#: Seconds after which an answer is not waited for any longer.
PATIENCE = 10.0


class Unanswered(Exception):
    """The program could not be found, or did not answer. The text is for people."""


def find() -> str:
    """The program's path: what NBASYNC_PROGRAM names, what was installed with this package, or
    what PATH has.

    Raises Unanswered where there is none.
    """
    name = "nbasync.exe" if os.name == "nt" else "nbasync"
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", f"{os.name}_user")]
    # `pip install --target` puts it beside the package.
    folders.append(str(Path(__file__).resolve().parent.parent / "bin"))
    candidates = [os.environ.get("NBASYNC_PROGRAM")]
    candidates += [os.path.join(folder, name) for folder in folders if folder]
    for candidate in [*candidates, shutil.which(name)]:
        if candidate and os.path.isfile(candidate):
            return candidate
    raise Unanswered(f"{name} was not found beside {sys.executable} or on PATH")


def call(arguments: list[str], question: Any = None) -> dict[str, Any]:
    """What the program answers, as it came from JSON.

    Raises Unanswered where there is no answer.
    """
    sent = None if question is None else json.dumps(question).encode("utf-8", "replace")
    hidden = {"creationflags": 0x08000000} if os.name == "nt" else {}  # CREATE_NO_WINDOW
    try:
        done = subprocess.run(
            [find(), *arguments, "--format", "json"],
            input=sent or b"",
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            **hidden,
        )
        answer = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        said = done.stderr.decode("utf-8", "replace").strip() if "done" in locals() else ""
        raise Unanswered(said or str(error)) from error
    if not isinstance(answer, dict):
        raise Unanswered("the answer is no object")
    return answer
