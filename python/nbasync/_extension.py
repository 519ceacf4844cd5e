"""The IPython extension: remembers what ran, asks the program, shows what it answers.

It patches nothing: it listens to IPython's events, has two magics, and, after ``%nbasync on``, one
input transformer. The program does all the judging and all the talking.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import textwrap
from collections import deque
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from IPython.display import publish_display_data

from . import _program
from ._sampler import Sampler

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

#: Runs that are remembered.
REMEMBERED = 1000

#: Lines of other cells that are told of one error.
FRAMES = 20

#: Cells that could be repaired before they run have one of these words.
WORTH_ASKING = re.compile(r"async|await|loop|\brun\b|coroutine|gevent|trio")

#: Cells that are ours.
OURS = re.compile(r"\s*%%?nbasync\b|\s*%(re|un)?load_ext\s+nbasync\b")


def _core(text: str) -> str:
    """A cell's text without what IPython takes off before it runs."""
    return textwrap.dedent(text).strip()


class Extension:
    """What ``%load_ext nbasync`` brings into one shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._runs: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._is_on = False
        #: The warnings of lost coroutines that have been seen.
        self._warned: set[Any] = set()
        self._sampler: Sampler | None = None
        #: The last cell as it was written, where it was repaired before it ran.
        self._written: str | None = None
        self._spent: list[dict[str, Any]] = []
        #: What was answered about texts before they ran.
        self._before_run: dict[str, dict[str, Any] | None] = {}

    # Coming and going.

    def load(self) -> None:
        """Registers everything. What ran before is taken from the shell's history."""
        history = getattr(self._shell.history_manager, "input_hist_raw", None) or []
        for count, code in enumerate(history[1:], 1):
            if code and not OURS.match(code):
                self._runs.append({"key": f"In[{count}]", "code": code, "count": count})
        self._warned = self._never_awaited()
        try:
            self._sampler = Sampler(self._shell.user_ns, self._count_of)
        except RuntimeError:
            self._sampler = None  # Python in a browser starts no threads.
        self._shell.events.register("pre_run_cell", self._pre_run_cell)
        self._shell.events.register("post_run_cell", self._post_run_cell)
        self._shell.register_magic_function(self._line_magic, "line", "nbasync")
        self._shell.register_magic_function(self._cell_magic, "cell", "nbasync")

    def unload(self) -> None:
        """Takes everything back."""
        self._turn(False)
        self._shell.events.unregister("pre_run_cell", self._pre_run_cell)
        self._shell.events.unregister("post_run_cell", self._post_run_cell)
        for kind in ("line", "cell"):
            self._shell.magics_manager.magics[kind].pop("nbasync", None)
        if self._sampler is not None:
            self._sampler.close()

    # What the shell tells. Nothing that happens here may reach the reader's cell.

    def _pre_run_cell(self, info: ExecutionInfo) -> None:
        try:
            if self._sampler is not None and not OURS.match(info.raw_cell or ""):
                self._sampler.begin()
        except Exception:
            pass

    def _count_of(self, file: str) -> int | None:
        """Which `In[…]` a file's name stands for, as the shell's own tracebacks say it."""
        told = getattr(self._shell.compile, "format_code_name", lambda _: None)(file)
        found = re.fullmatch(r"In\[(\d+)\]", told[1]) if told else None
        return int(found[1]) if found else None

    def _post_run_cell(self, result: ExecutionResult) -> None:
        try:
            self._ran(result)
        except Exception:
            pass

    def _ran(self, result: ExecutionResult) -> None:
        count = result.execution_count
        spent = self._sampler.end(count) if self._sampler is not None else []
        info = result.info
        if info is None or not info.raw_cell or OURS.match(info.raw_cell):
            return
        self._spent = spent
        repaired = self._before_run.get(_core(info.raw_cell)) if self._is_on else None
        code = repaired["source"] if repaired else info.raw_cell
        self._written = info.raw_cell if repaired else None
        run = {"key": info.cell_id or f"In[{count}]", "code": code}
        if isinstance(count, int):
            run["count"] = count
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            run["error"] = self._failure(error, run.get("count"))
        run["lost"] = self._lost(result)
        self._runs.append(run)
        if repaired:
            self._show(repaired)
            if error is None:
                self._shell.set_next_input(code.rstrip("\n"), replace=True)
        if error is not None or run["lost"]:
            answer = self._ask("failed")
            if answer["says"]:
                self._show(answer)

    def _transform(self, lines: list[str]) -> list[str]:
        """Repairs a cell before it runs. IPython calls this more than once for a cell."""
        try:
            text = "".join(lines)
            if OURS.match(text) or not WORTH_ASKING.search(text):
                return lines
            key = _core(text)
            if key not in self._before_run:
                answer = self._ask("before", {"key": "next", "code": text})
                if len(self._before_run) > 32:
                    self._before_run.clear()
                # What other cells would have to be run for is not done unasked.
                is_alone = answer["insert"] and answer["insert"] == answer["source"].rstrip()
                self._before_run[key] = answer if is_alone else None
            repaired = self._before_run[key]
            return repaired["source"].splitlines(keepends=True) if repaired else lines
        except Exception:
            return lines

    # What somebody types.

    def _line_magic(self, line: str) -> None:
        """%nbasync: explain the last cell, and put the repaired one below.

        %nbasync 7 does so for the cell of In[7]; %nbasync why says why it is so; %nbasync on
        repairs safe faults before cells run, %nbasync off ends that; %nbasync page NAME shows a
        page; %nbasync timeline shows where the time of the last cell went.
        """
        word, _, rest = line.strip().partition(" ")
        try:
            if word in ("on", "off"):
                self._turn(word == "on")
                self._show(self._ask(word))
            elif word == "why":
                # Of a cell that was repaired before it ran the question is why that was done.
                written = {"key": "written", "code": self._written} if self._written else None
                self._show(self._ask("why", written))
            elif word == "timeline":
                self._show(self._ask("timeline"))
            elif word == "page" and rest:
                self._show(_program.call(["explain", rest.strip()]))
            elif not word or word.isdecimal():
                answer = self._ask("ask", count=int(word) if word else None)
                self._show(answer)
                if answer["insert"]:
                    self._shell.set_next_input(answer["insert"], replace=False)
            else:
                self._show(self._ask("commands"))
        except _program.Unanswered as error:
            print(f"nbasync: {error}", file=sys.stderr)

    def _cell_magic(self, line: str, cell: str) -> None:
        """%%nbasync: repair the cell that this heads, in its place. It does not run."""
        try:
            answer = self._ask("rewrite", {"key": "next", "code": cell})
            self._show(answer)
            self._shell.set_next_input(answer["insert"] or cell, replace=True)
        except _program.Unanswered as error:
            print(f"nbasync: {error}", file=sys.stderr)

    def _turn(self, on: bool) -> None:
        self._is_on = on
        transformers = self._shell.input_transformers_cleanup
        if on and self._transform not in transformers:
            transformers.append(self._transform)
        elif not on and self._transform in transformers:
            transformers.remove(self._transform)

    # What is sent and shown.

    def _ask(
        self, event: str, extra: dict[str, Any] | None = None, count: int | None = None
    ) -> dict[str, Any]:
        runs = [*self._runs, extra] if extra else list(self._runs)
        question: dict[str, Any] = {
            "session": 1,
            "path": self._path(),
            "python": platform.python_version(),
            "host": self._host(),
            "event": event,
            "cells": runs,
        }
        if event == "timeline":
            question["spent"] = self._spent
        if count is not None:
            places = [at for at, run in enumerate(runs) if run.get("count") == count]
            if not places:
                question["cells"] = []
            else:
                question["cell"] = places[-1]
        return _program.call(["cell"], question)

    def _show(self, answer: dict[str, Any]) -> None:
        told = {key: answer[key] for key in ("rules", "page", "applicability") if key in answer}
        publish_display_data(
            {"text/html": answer["html"], "text/plain": answer["text"].rstrip()},
            metadata={"nbasync": told},
        )

    # What is so.

    def _failure(self, error: BaseException, count: int | None) -> dict[str, Any]:
        failure: dict[str, Any] = {"name": type(error).__name__, "message": str(error)}
        if isinstance(error, SyntaxError):
            return {**failure, "message": error.msg or "", "line": error.lineno}
        # Of each cell through which the error came up the line at which it did so last.
        lines: dict[int | None, int] = {}
        traceback = error.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_globals is self._shell.user_ns:
                lines[self._count_of(traceback.tb_frame.f_code.co_filename)] = traceback.tb_lineno
            traceback = traceback.tb_next
        own = count if count in lines else None
        failure["line"] = lines.pop(own, None)
        others = [{"count": at, "line": line} for at, line in lines.items() if at is not None]
        return {**failure, "frames": others[-FRAMES:]}

    def _lost(self, result: ExecutionResult) -> list[str]:
        """The names of coroutines that the cell left behind, as far as that is cheap to see: one
        that it shows as its value, and those of which Python has warned at its lines."""
        lost = []
        if isinstance(result.result, CoroutineType):
            lost.append(result.result.__qualname__)
        seen = self._never_awaited()
        for key in seen - self._warned:
            parts = key[0].split("'")
            lost.append(parts[1] if len(parts) > 1 else "")
        self._warned = seen
        return lost

    def _never_awaited(self) -> set[Any]:
        registry = self._shell.user_ns.get("__warningregistry__") or {}
        return {
            key
            for key in list(registry)
            if isinstance(key, tuple) and isinstance(key[0], str) and "never awaited" in key[0]
        }

    def _path(self) -> str | None:
        named = self._shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
        if not isinstance(named, str) or not named.endswith(".ipynb"):
            return None
        # The name may count from the server's folder; the kernel runs where the notebook is.
        return named if os.path.isabs(named) else os.path.join(os.getcwd(), os.path.basename(named))

    def _host(self) -> str:
        if sys.platform == "emscripten":
            return "pyodide"
        if "google.colab" in sys.modules:
            return "colab"
        if "DATABRICKS_RUNTIME_VERSION" in os.environ:
            return "databricks"
        if "spyder_kernels" in sys.modules:
            return "spyder"
        if getattr(self._shell, "kernel", None) is None:
            return "ipython"
        if "__vsc_ipynb_file__" in self._shell.user_ns or "VSCODE_PID" in os.environ:
            return "vscode"
        return "windows" if sys.platform == "win32" else "jupyter"
