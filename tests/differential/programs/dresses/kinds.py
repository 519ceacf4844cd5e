"""The two kinds of dresses, and the shortest way to make one."""

from dataclasses import dataclass

from ..parts import Dressed

ANY, SYNC, ASYNC = "any", "sync", "async"


@dataclass(frozen=True)
class FunctionDress:
    """Says a function. From (function, voice) to a Dressed."""

    name: str
    say: object
    # Which functions it can say.
    takes: str = ANY
    # Only around a whole act: its call has awaited, or would do something else to a coroutine.
    around: bool = False
    # Why it takes no others.
    because: str = "it awaits what it is given"

    def refuses(self, is_async):
        """Why it cannot say a function of that kind; `None` when it can."""
        other = {SYNC: is_async, ASYNC: not is_async}.get(self.takes, False)
        return self.because if other else None


@dataclass(frozen=True)
class BlockDress:
    """Puts statements into a block. From (lines, voice) to lines."""

    name: str
    wrap: object
    imports: tuple = ()
    # The block stands in a cell whose first line it is.
    opens_cell: bool = False
    takes: str = ANY

    def refuses(self, is_async):
        if self.takes == SYNC and is_async:
            return "the magic compiles its code alone, which is a fault of its own"
        return None


def named(expression, lines, **more):
    """A dress whose function is an expression."""
    return Dressed(list(lines), lambda argument: ([], f"{expression}({argument})"), expression, **more)


def called(call, lines, **more):
    """A dress that has a call only; `$` is the argument."""
    return Dressed(list(lines), lambda argument: ([], call.replace("$", argument)), **more)


def stepped(before, call, lines, **more):
    """A dress that needs lines before its call; `$` is the argument."""

    def say(argument):
        return [line.replace("$", argument) for line in before], call.replace("$", argument)

    return Dressed(list(lines), say, **more)
