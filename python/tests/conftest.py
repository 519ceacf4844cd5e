"""A kernel of this interpreter, with the extension in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]

# Where a program is named, the package is the one of this folder, not one that is installed.
if "NBASYNC_PROGRAM" in os.environ:
    os.environ["NBASYNC_PROGRAM"] = os.path.abspath(os.environ["NBASYNC_PROGRAM"])
    sys.path.insert(0, str(ROOT / "python"))

#: Seconds that a kernel may take to answer. Nothing is measured by it.
PATIENCE = 120


@dataclass
class Answer:
    """What a kernel answered to one cell."""

    error: str | None = None
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    streams: str = ""
    result: str | None = None
    payload: list[dict[str, Any]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def next_input(self) -> tuple[str, bool] | None:
        """The cell that is put below, or in the place of this one."""
        for payload in self.payload:
            if payload.get("source") == "set_next_input":
                return payload["text"], payload["replace"]
        return None


class Kernel:
    """A running kernel."""

    def __init__(self, folder: Path, **more: str) -> None:
        env = {**os.environ, "NBASYNC_LANG": "en", **more}
        if "NBASYNC_PROGRAM" in os.environ:
            env["PYTHONPATH"] = str(ROOT / "python")
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(folder), env=env)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE)

    def run(self, code: str, cell_id: str | None = None) -> Answer:
        """Runs a cell to its end and gives what came of it."""
        answer = Answer()
        content = {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": False,
        }
        message = self._client.session.msg("execute_request", content)
        if cell_id:
            message["metadata"] = {"cellId": cell_id}
        self._client.shell_channel.send(message)
        own = message["header"]["msg_id"]
        while True:
            told = self._client.get_iopub_msg(timeout=PATIENCE)
            if told["parent_header"].get("msg_id") != own:
                continue
            kind, content = told["msg_type"], told["content"]
            answer.order.append(kind)
            if kind == "error":
                answer.error = content["ename"]
            elif kind == "display_data":
                answer.texts.append(content["data"].get("text/plain", ""))
                answer.htmls.append(content["data"].get("text/html", ""))
                answer.told += [content["metadata"].get("nbasync", {})]
            elif kind == "stream":
                answer.streams += content["text"]
            elif kind == "execute_result":
                answer.result = content["data"]["text/plain"]
            elif kind == "status" and content["execution_state"] == "idle":
                break
        while True:
            reply = self._client.get_shell_msg(timeout=PATIENCE)
            if reply["parent_header"].get("msg_id") == own:
                answer.payload = reply["content"].get("payload") or []
                return answer

    def end(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Kernel]:
    """A kernel without the extension."""
    kernel = Kernel(tmp_path)
    yield kernel
    kernel.end()


@pytest.fixture
def kernel(bare: Kernel) -> Kernel:
    """A kernel with the extension."""
    loaded = bare.run("%load_ext nbasync")
    assert loaded.error is None, loaded
    return bare
