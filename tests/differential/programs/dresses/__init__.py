"""How it is said: every dress of a function, and every block that a statement may stand in."""

from . import blocks, calls, classes, decorators, functions, places, tables, waiting
from .kinds import BlockDress, FunctionDress

FUNCTION_DRESSES = [
    *functions.DRESSES, *classes.DRESSES, *decorators.DRESSES, *tables.DRESSES,
    *calls.DRESSES, *places.DRESSES, *waiting.DRESSES,
]
BLOCK_DRESSES = blocks.DRESSES
DRESSES = [*FUNCTION_DRESSES, *BLOCK_DRESSES]

__all__ = ["BLOCK_DRESSES", "BlockDress", "DRESSES", "FUNCTION_DRESSES", "FunctionDress"]
