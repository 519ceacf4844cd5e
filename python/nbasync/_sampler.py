"""Watches from a thread of its own where a cell's time goes, and touches nothing."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Optional

#: Seconds between two looks. Cells are not announced to the thread: to wake it would cost a short
#: cell more than the cell itself takes. A cell that ends between two looks is not measured.
PAUSE = 0.1

#: Looks come rarer as a cell goes on: the next one after this share of its time so far, so that even
#: the looks of a long cell take no time to speak of.
SHARE = 0.02


class Sampler:
    """Looks at what the thread that made it is doing while a cell runs, until it is closed.

    `count_of` tells of a file's name which `In[…]` it holds, if it is a cell's.
    """

    def __init__(self, names: dict[str, Any], count_of: Callable[[str], int | None]) -> None:
        self._names = names
        self._count_of = count_of
        self._watched = threading.get_ident()
        self._closed = threading.Event()
        self._cell: _Cell | None = None
        self._thread = threading.Thread(target=self._run, name="nbasync-timeline", daemon=True)
        self._thread.start()

    def begin(self) -> None:
        """A cell begins."""
        self._cell = _Cell()

    def end(self, count: int | None) -> list[dict[str, Any]]:
        """It has ended, and was that of `In[count]`: where its time went, as the program reads it.
        Nothing of a short cell."""
        cell, self._cell = self._cell, None
        return cell.told(count) if cell is not None else []

    def close(self) -> None:
        """Nothing is looked at any longer."""
        self._closed.set()

    def _run(self) -> None:
        pause = PAUSE
        while not self._closed.wait(pause):
            cell = self._cell
            pause = PAUSE
            if cell is not None:
                cell.look(self._places(sys._current_frames().get(self._watched)))
                pause = max(PAUSE, cell.age() * SHARE)

    def _places(self, frame: FrameType | None) -> _Places:
        """The line of each cell that the reader's own functions are at, the innermost first."""
        own: dict[int | None, int] = {}
        while frame is not None:
            if frame.f_globals is self._names:
                own.setdefault(self._count_of(frame.f_code.co_filename), frame.f_lineno)
            frame = frame.f_back
        return tuple(own.items())


#: The numbers of cells, each with a line of it; no number for what is no cell.
_Places = tuple[tuple[Optional[int], int], ...]


class _Cell:
    """Where the time of one cell has gone so far."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._seen: _Places | None = None
        self._spent: dict[_Places, float] = {}

    def age(self) -> float:
        return time.perf_counter() - self._began

    def look(self, places: _Places) -> None:
        self._seen = places
        self._add()

    def _add(self) -> None:
        now = time.perf_counter()
        if self._seen is not None:
            self._spent[self._seen] = self._spent.get(self._seen, 0.0) + now - self._last
        self._last = now

    def told(self, count: int | None) -> list[dict[str, Any]]:
        # What it did last it did to its end.
        self._add()
        spent: dict[tuple[int | None, int | None, bool], float] = {}
        for places, seconds in list(self._spent.items()):
            lines = dict(places)
            # A line of this very cell says more than one of a function that it calls.
            other = next((it for it in lines if it is not None), None)
            where = count if count in lines else other
            line = lines.get(where) if where is not None else None
            key = (None if where == count else where, line, not places)
            spent[key] = spent.get(key, 0.0) + seconds
        return [
            {"count": count, "line": line, "free": free, "seconds": seconds}
            for (count, line, free), seconds in spent.items()
        ]
