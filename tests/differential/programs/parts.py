"""The parts that cores and dresses exchange: functions, ways to say a call, acts."""

import re
from dataclasses import dataclass, field

# Stands at the end of a line at which a fault may rightly be reported; never reaches a notebook.
MARK = "  #@"

# Names that a dress binds before its call; a second call has its own.
STEP = re.compile(r"\b(taken|inside|rows|options)\b")


def indent(lines, depth=1):
    return [("    " * depth + line if line else line) for line in lines]


@dataclass(frozen=True)
class Function:
    """A function of one parameter."""

    name: str
    param: str
    body: tuple
    is_async: bool

    def lines(self, name=None, params=None, decorators=(), body=None):
        word = "async def" if self.is_async else "def"
        params = self.param if params is None else params
        head = f"{word} {name or self.name}({params}):"
        return [*decorators, head, *indent(self.body if body is None else body)]

    @property
    def word(self):
        """What stands before a call of it inside a function of the same kind."""
        return "await " if self.is_async else ""

    @property
    def define(self):
        return "async def" if self.is_async else "def"


class NoFunction(Exception):
    """The core wants the function itself and the dress only has a call of it."""


@dataclass
class Dressed:
    """A function said in some way: the lines that define it, and how it is called."""

    lines: list
    # From the text of the argument to (lines that go before, the call).
    call: object
    # An expression that gives the function itself.
    function: str = None
    imports: list = field(default_factory=list)
    # A cell that stands earlier in the notebook.
    before: list = field(default_factory=list)
    # The call has awaited already.
    awaited: bool = False
    # The definition, with all it needs, stands in this module beside the notebook.
    module: str = None


class Saying:
    """Says a dressed function, and gathers the lines that have to stand before."""

    def __init__(self, dressed):
        self.dressed = dressed
        self.before = []
        self.calls = 0

    def call(self, argument):
        before, text = self.dressed.call(argument)
        self.calls += 1
        if self.calls > 1:
            *before, text = [STEP.sub(rf"\1_{self.calls}", line) for line in [*before, text]]
        self.before += before
        return text

    @property
    def function(self):
        if self.dressed.function is None:
            raise NoFunction
        return self.dressed.function


@dataclass
class Act:
    """Statements, and an expression for what comes out of them."""

    lines: list
    value: str
    is_async: bool = False


@dataclass
class Plot:
    """What a core needs before it acts, and the act."""

    subject: Function
    # From (saying of the subject, text of the argument) to an Act.
    act: object
    imports: list = field(default_factory=lambda: ["import asyncio"])
    # What the subject itself uses, and goes where it goes.
    needs: list = field(default_factory=list)
    # Definitions beside the subject.
    extra: list = field(default_factory=list)
    # The act is a cell of its own: a cell magic opens it.
    opening: str = None
    # The act is a block that only makes sense at the top of a cell.
    top_only: bool = False
    # The subject is no function of the usual kind: only the act is said otherwise.
    act_only: bool = False


@dataclass(frozen=True)
class Core:
    """What happens. `effect` is what a kernel shows of it, `None` when nothing is wrong."""

    family: str
    name: str
    build: object
    effect: str = None
    error: tuple = ()
    # The loop stands still and nobody waits for it: not a fault.
    still: bool = False

    @property
    def faulty(self):
        return self.effect is not None

    @property
    def group(self):
        """The row of the table of misses."""
        return self.family if self.faulty else f"{self.family}, done well"
