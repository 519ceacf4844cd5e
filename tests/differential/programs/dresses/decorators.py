"""Decorators of one's own and of functools, and partials."""

from ..parts import indent
from ..words import CLASS, DECORATE, HELP
from .kinds import SYNC, FunctionDress, called, named

WRAPS = ["from functools import wraps"]


def decorator(f, name, wraps):
    return [
        f"def {name}(function):", *(["    @wraps(function)"] if wraps else []), f"    {f.define} wrapper(*args, **kwargs):",
        f"        return {f.word}function(*args, **kwargs)", "    return wrapper",
    ]


def without_wraps(f, voice):
    name = voice.pick(DECORATE)
    return named(f.name, [*decorator(f, name, False), "", *f.lines(decorators=[f"@{name}"])])


def with_wraps(f, voice):
    name = voice.pick(DECORATE)
    return named(f.name, [*decorator(f, name, True), "", *f.lines(decorators=[f"@{name}"])], imports=WRAPS)


def plain_wrapper(f, voice):
    """The wrapper is a plain function that gives what the function gives."""
    name = voice.pick(DECORATE)
    lines = [
        f"def {name}(function):", "    def wrapper(*args):", f"        print('{f.name}')", "        return function(*args)",
        "    return wrapper", "", *f.lines(decorators=[f"@{name}"]),
    ]
    return named(f.name, lines)


def with_arguments(f, voice):
    name = voice.pick(DECORATE)
    lines = [
        f"def {name}(times):", *indent(decorator(f, "decorate", True)), "    return decorate", "",
        *f.lines(decorators=[f"@{name}({voice.number()})"]),
    ]
    return named(f.name, lines, imports=WRAPS)


def two(f, voice):
    one, other = voice.pick(DECORATE), voice.pick(DECORATE)
    lines = [*decorator(f, one, False), "", *decorator(f, other, True), "", *f.lines(decorators=[f"@{one}", f"@{other}"])]
    return named(f.name, lines, imports=WRAPS)


def by_hand(f, voice):
    name, result = voice.pick(DECORATE), voice.pick(HELP)
    return named(result, [*decorator(f, name, False), "", *f.lines(), "", f"{result} = {name}({f.name})"])


def class_based(f, voice):
    name = voice.pick(CLASS)
    lines = [
        f"class {name}:", "    def __init__(self, function):", "        self.function = function", "",
        f"    {f.define} __call__(self, *args):", f"        return {f.word}self.function(*args)", "",
        *f.lines(decorators=[f"@{name}"]),
    ]
    return named(f.name, lines)


def registering(f, voice):
    name = voice.pick(DECORATE)
    lines = ["registry = {}", "", f"def {name}(function):", "    registry[function.__name__] = function", "    return function", "",
             *f.lines(decorators=[f"@{name}"])]
    return named(voice.choice([f.name, f"registry['{f.name}']"]), lines)


def lru_cache(f, voice):
    return named(f.name, f.lines(decorators=["@lru_cache(maxsize=None)"]), imports=["from functools import lru_cache"])


def singledispatch(f, voice):
    return named(f.name, f.lines(decorators=["@singledispatch"]), imports=["from functools import singledispatch"])


def partial(f, voice):
    name = voice.pick(HELP)
    lines = [*f.lines(params=f"{f.param}, verbose"), "", f"{name} = partial({f.name}, verbose=False)"]
    return named(name, lines, imports=["from functools import partial"])


def partial_of_argument(f, voice):
    return called(f"functools.partial({f.name}, $)()", f.lines(), imports=["import functools"])


def partialmethod(f, voice):
    name = voice.pick(CLASS)
    lines = [f"class {name}:", *indent(f.lines(params=f"self, mode, {f.param}")), "", f"    quick = partialmethod({f.name}, 'quick')"]
    return named(f"{name}().quick", lines, imports=["from functools import partialmethod"])


def context_manager(f, voice):
    name = voice.pick(HELP)
    lines = [*f.lines(), "", "@contextmanager", f"def {name}(number):", f"    yield {f.name}(number)"]
    call = lambda argument: ([f"with {name}({argument}) as inside:", "    taken = inside"], "taken")
    dressed = called("", lines, imports=["from contextlib import contextmanager"])
    dressed.call = call
    return dressed


DRESSES = [
    FunctionDress("decorator", without_wraps),
    FunctionDress("decorator with wraps", with_wraps),
    FunctionDress("decorator with a plain wrapper", plain_wrapper),
    FunctionDress("decorator with arguments", with_arguments),
    FunctionDress("two decorators", two),
    FunctionDress("decorator called by hand", by_hand),
    FunctionDress("decorator that is a class", class_based),
    FunctionDress("registering decorator", registering),
    FunctionDress("lru_cache", lru_cache, takes=SYNC, because="a cached coroutine is a fault of its own"),
    FunctionDress("singledispatch", singledispatch),
    FunctionDress("partial", partial),
    FunctionDress("partial of its argument", partial_of_argument),
    FunctionDress("partialmethod", partialmethod),
    FunctionDress("contextmanager", context_manager),
]
