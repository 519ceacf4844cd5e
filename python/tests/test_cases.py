"""What the block under a failed cell says agrees with what ``nbasync check`` says of the file."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Kernel
from nbasync._program import find

CASES = Path(os.environ.get("NBASYNC_CASES", ROOT.parent / "shared" / "cases"))

#: Modules that a kernel has without further packages.
PLAIN = {"asyncio", "time", "json", "functools", "contextlib", "concurrent", "random", "threading"}

#: Kernels are started for so many cases.
MOST = 10


def sources(file: Path) -> list[str]:
    """The code cells of a notebook or of a script with markers."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    parts = re.split(r"(?m)^# %%.*\n", text)
    return [part.strip("\n") for part in parts if part.strip()]


def chosen() -> list[Any]:
    """Cases that failed in a kernel and need nothing but what Python brings."""
    recorded = CASES / "kernel.jsonl"
    if not recorded.is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no cases in {CASES}"))]
    found = []
    for line in recorded.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        file = CASES / "cases" / case["file"]
        if not any(cell["status"] == "error" for cell in case.get("cells", [])):
            continue
        text = file.read_text(encoding="utf-8")
        if file.suffix != ".ipynb" and "# %%" not in text:
            continue
        imported = set(re.findall(r"(?:^|[\"\\n])\s*(?:from|import) (\w+)", text, re.M))
        if imported <= PLAIN:
            found.append(pytest.param(file, id=file.stem))
    return found[:MOST]


@pytest.mark.parametrize("file", chosen())
def test_the_block_agrees_with_the_check_of_the_file(file: Path, kernel: Kernel) -> None:
    checked = subprocess.run(
        [find(), "check", "--format", "json", str(file)], capture_output=True, check=False
    )
    known = {it["rule"] for it in json.loads(checked.stdout)["files"][0]["diagnostics"]}
    for source in sources(file):
        answer = kernel.run(source)
        for told in answer.told:
            assert set(told["rules"]) <= known, (source, told)
