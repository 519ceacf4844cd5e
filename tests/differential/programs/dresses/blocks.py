"""Blocks that the statements of a cell may stand in."""

from ..parts import indent
from .kinds import SYNC, BlockDress


def opened_by(*heads, after=()):
    return lambda lines, voice: [*heads, *indent(lines), *after]


def flag(lines, voice):
    name = voice.choice(["DEBUG", "RUN_IT", "ENABLED", "use_cache"])
    return [f"{name} = True", f"if {name}:", *indent(lines)]


def match(lines, voice):
    return ["mode = 'fast'", "match mode:", "    case 'fast':", *indent(lines, 2), "    case _:", "        print('skipped')"]


def while_(lines, voice):
    return ["while True:", *indent(lines), "    break"]


def last(lines):
    """The statements before the last one, its target and its value."""
    *before, final = lines
    target, _, value = final.partition(" = ")
    return before, target, value


def split_mark(value):
    text, mark, _ = value.partition("  #@")
    return text, "  #@" if mark else ""


def walrus(lines, voice):
    before, target, value = last(lines)
    text, mark = split_mark(value)
    return [*before, f"if ({target} := {text}) is not None:{mark}", f"    print({target})"]


def conditional(lines, voice):
    before, target, value = last(lines)
    text, mark = split_mark(value)
    return [*before, f"{target} = {text} if len('abc') == 3 else None{mark}"]


def unpacking(lines, voice):
    before, target, value = last(lines)
    text, mark = split_mark(value)
    return [*before, f"{target}, spare = {text}, 0{mark}"]


def printed(lines, voice):
    before, target, value = last(lines)
    text, mark = split_mark(value)
    return [*before, f"print({target} := {text}){mark}"]


def line_magic(lines, voice):
    before, target, value = last(lines)
    return [*before, f"%time {target} = {value}"]


def assertion(lines, voice):
    return [*lines, f"assert {last(lines)[1]} is not Ellipsis"]


DRESSES = [
    BlockDress("main guard", opened_by("if __name__ == '__main__':")),
    BlockDress("flag", flag),
    BlockDress("match", match),
    BlockDress("try, finally", opened_by("try:", after=["finally:", "    print('cleaned up')"])),
    BlockDress("try, other error", opened_by("try:", after=["except KeyError:", "    print('no such key')"])),
    BlockDress("try, raised again", opened_by("try:", after=["except Exception as error:", "    print('failed:', error)", "    raise"])),
    BlockDress("suppress another error", opened_by("with suppress(KeyError):"), ("from contextlib import suppress",)),
    BlockDress("for once", opened_by("for attempt in range(1):")),
    BlockDress("while once", while_),
    BlockDress("walrus", walrus),
    BlockDress("conditional expression", conditional),
    BlockDress("unpacking", unpacking),
    BlockDress("printed", printed),
    BlockDress("then an assertion", assertion),
    BlockDress("%time", line_magic, takes=SYNC),
    BlockDress("%%time", lambda lines, voice: ["%%time", *lines], opens_cell=True, takes=SYNC),
]
