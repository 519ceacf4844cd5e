"""Watches from a thread of its own where a cell's time goes, and touches nothing."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

#: Seconds between two looks. Cells are not announced to the thread: to wake it would cost a short
#: cell more than the cell itself takes. A cell that ends between two looks is not measured.
PAUSE = 0.1

#: Looks come rarer as a cell goes on: the next one after this share of its time so far, so that even
#: the looks of a long cell take no time to speak of.
SHARE = 0.02


class Sampler:
    """Looks at what the thread that made it is doing while a cell runs, until it is closed."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._watched = threading.get_ident()
        self._closed = threading.Event()
        self._cell: _Cell | None = None
        self._thread = threading.Thread(target=self._run, name="nbasync-timeline", daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """A cell begins."""
        self._cell = _Cell()

    def end(self) -> list[dict[str, Any]]:
        """It has ended: where its time went, as the program reads it. Nothing of a short cell."""
        cell, self._cell = self._cell, None
        return cell.told() if cell is not None else []

    def close(self) -> None:
        """Nothing is looked at any longer."""
        self._closed.set()

    def _run(self) -> None:
        pause = PAUSE
        while not self._closed.wait(pause):
            cell = self._cell
            pause = PAUSE
            if cell is not None:
                cell.look(sys._current_frames().get(self._watched), self._names)
                pause = max(PAUSE, cell.age() * SHARE)


class _Cell:
    """Where the time of one cell has gone so far."""

    def __init__(self) -> None:
        self._file: str | None = None
        self._began = self._last = time.perf_counter()
        self._spent: dict[tuple[int | None, bool], float] = {}

    def age(self) -> float:
        return time.perf_counter() - self._began

    def look(self, frame: Any, names: dict[str, Any]) -> None:
        own = []
        while frame is not None:
            if frame.f_globals is names:
                own.append(frame)
            frame = frame.f_back
        line = None
        if own:
            if self._file is None and own[-1].f_code.co_name.startswith("<"):
                self._file = own[-1].f_code.co_filename
            here = [it.f_lineno for it in own if it.f_code.co_filename == self._file]
            line = here[0] if here else None
        now = time.perf_counter()
        key = (line, not own)
        self._spent[key] = self._spent.get(key, 0.0) + now - self._last
        self._last = now

    def told(self) -> list[dict[str, Any]]:
        return [
            {"line": line, "free": free, "seconds": seconds}
            for (line, free), seconds in list(self._spent.items())
        ]
