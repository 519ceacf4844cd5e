"""JupyterLab and Notebook 7 in a browser: error, block, repaired cell, right result. Needs
them, playwright and Chromium."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE, ROOT

sync_api = pytest.importorskip("playwright.sync_api", reason="NOT CHECKED: no playwright")
CHROMIUM = shutil.which(os.environ.get("NBASYNC_BROWSER") or "chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="NOT CHECKED: no Chromium")

CELLS = [
    "%load_ext nbasync",
    "import asyncio\nasync def main():\n    return 6 * 7",
    "asyncio.run(main())",
    "%nbasync",
]

TOKEN = "nbasync"


#: The programs, and where they show a notebook.
PROGRAMS = {"jupyterlab": "lab/tree", "notebook": "notebooks"}


@pytest.fixture(params=PROGRAMS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A server with one notebook, and the notebook's address."""
    pytest.importorskip(request.param, reason=f"NOT CHECKED: no {request.param}")
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**cell, "id": f"c{at}", "source": source} for at, source in enumerate(CELLS)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "a.ipynb").write_text(json.dumps(whole), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "NBASYNC_LANG": "en", "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    if "NBASYNC_PROGRAM" in os.environ:
        env["PYTHONPATH"] = str(ROOT / "python")
    command = [sys.executable, "-m", request.param, "--no-browser", f"--port={port}", "--allow-root"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={tmp_path}"]
    with open(tmp_path / "lab.log", "wb") as log:
        running = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=tmp_path)
    address = f"http://127.0.0.1:{port}"
    for _ in range(PATIENCE):
        try:
            urllib.request.urlopen(f"{address}/api?token={TOKEN}").close()
            break
        except OSError:
            time.sleep(1)
    yield f"{address}/{PROGRAMS[request.param]}/a.ipynb?token={TOKEN}"
    running.terminate()
    running.wait()


def test_an_error_is_mended_with_three_actions(server: str, tmp_path: Path) -> None:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(server)
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        sync_api.expect(cells).to_have_count(len(CELLS), timeout=PATIENCE * 1000)
        page.locator(".jp-Toolbar-kernelName", has_text="Python 3").first.wait_for()
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for()
        cells.nth(0).locator(".cm-content").click()
        for at in range(3):
            page.keyboard.press("Shift+Enter")
            prompt = cells.nth(at).locator(".jp-InputPrompt", has_text=f"[{at + 1}]:")
            prompt.wait_for()
        block = cells.nth(2).locator("div.nbasync[role=note]")
        block.wait_for()
        sync_api.expect(block.locator("ins")).to_have_text("+await main()")
        # Under the traceback.
        outputs = cells.nth(2).locator(".jp-OutputArea-child")
        sync_api.expect(outputs).to_have_count(2)
        sync_api.expect(outputs.nth(0)).to_contain_text("RuntimeError")
        page.keyboard.press("Shift+Enter")
        sync_api.expect(cells).to_have_count(len(CELLS) + 1, timeout=PATIENCE * 1000)
        inserted = cells.nth(4).locator(".cm-content")
        sync_api.expect(inserted).to_have_text("await main()")
        inserted.click()
        page.keyboard.press("Shift+Enter")
        result = cells.nth(4).locator(".jp-OutputArea-executeResult")
        sync_api.expect(result).to_contain_text("42")
        page.screenshot(path=os.environ.get("NBASYNC_SCREENSHOT", str(tmp_path / "lab.png")))
        browser.close()
