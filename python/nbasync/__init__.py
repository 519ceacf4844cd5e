"""Async Python in notebooks: ``%load_ext nbasync`` puts the repair under the cell that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ._extension import Extension

__all__ = ["load_ipython_extension", "unload_ipython_extension"]

_loaded: dict[int, Extension] = {}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext nbasync`` does."""
    # The program needs no IPython, and is started by this package, too.
    from ._extension import Extension

    if id(shell) not in _loaded:
        _loaded[id(shell)] = Extension(shell)
        _loaded[id(shell)].load()


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%unload_ext nbasync`` does: nothing of it stays."""
    extension = _loaded.pop(id(shell), None)
    if extension is not None:
        extension.unload()
