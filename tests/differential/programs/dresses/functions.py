"""Functions of functions: helpers, defaults, closures, factories, generators, recursion."""

from ..parts import Function, indent
from ..words import HELP, MAKE, PARAM
from .kinds import ASYNC, FunctionDress, called, named, stepped


def passing(f, voice, name=None):
    """A function of the same kind that only calls `f`."""
    param = voice.pick(PARAM)
    name = name or voice.pick(HELP)
    return Function(name, param, (f"return {f.word}{f.name}({param})",), f.is_async)


def plain(f, voice):
    return named(f.name, f.lines())


def helper(f, voice):
    outer = passing(f, voice)
    return named(outer.name, [*f.lines(), "", *outer.lines()])


def plain_helper(f, voice):
    """A plain function that gives the coroutine on."""
    name, param = voice.pick(HELP), voice.pick(PARAM)
    return named(name, [*f.lines(), "", f"def {name}({param}):", f"    return {f.name}({param})"])


def helper_of_helper(f, voice):
    middle = passing(f, voice)
    outer = passing(middle, voice)
    return named(outer.name, [*f.lines(), "", *middle.lines(), "", *outer.lines()])


def default_argument(f, voice):
    name, param = voice.pick(HELP), voice.pick(PARAM)
    lines = [*f.lines(), "", f"{f.define} {name}({param}, job={f.name}):", f"    return {f.word}job({param})"]
    return named(name, lines)


def default_value(f, voice):
    """The argument is the default."""
    number = voice.number()
    return called(f"{f.name}()", f.lines(params=f"{f.param}={number}"))


def keyword(f, voice):
    return called(f"{f.name}({f.param}=$)", f.lines())


def star_args(f, voice):
    name = voice.pick(HELP)
    return named(name, [*f.lines(), "", f"{f.define} {name}(*args, **kwargs):", f"    return {f.word}{f.name}(*args, **kwargs)"])


def unpacked(f, voice):
    return stepped(["options = {'%s': $}" % f.param], f"{f.name}(**options)", f.lines())


def passed_on(f, voice):
    name, param = voice.pick(HELP), voice.pick(PARAM)
    lines = [*f.lines(), "", f"{f.define} {name}(job, {param}):", f"    return {f.word}job({param})"]
    return called(f"{name}({f.name}, $)", lines)


def lambda_(f, voice):
    name, param = voice.pick(HELP), voice.pick(PARAM)
    return named(name, [*f.lines(), "", f"{name} = lambda {param}: {f.name}({param})"])


def closure(f, voice):
    name = voice.pick(MAKE)
    offset = voice.pick(PARAM)
    lines = [f"def {name}({offset}=0):", *indent(f.lines(params=f.param)), f"    return {f.name}"]
    return named(f"{name}()", lines)


def closure_over_argument(f, voice):
    name, inner = voice.pick(MAKE), voice.pick(HELP)
    lines = [f"def {name}({f.param}):", *indent(f.lines(name=inner, params="")), f"    return {inner}"]
    return called(f"{name}($)()", lines)


def factory(f, voice):
    name = voice.pick(MAKE)
    return named(f"{name}()", [*f.lines(), "", f"def {name}():", f"    return {f.name}"])


def nested(f, voice):
    name, param = voice.pick(HELP), voice.pick(PARAM)
    lines = [f"{f.define} {name}({param}):", *indent(f.lines()), f"    return {f.word}{f.name}({param})"]
    return named(name, lines)


def recursion(f, voice):
    name, param = voice.pick(HELP), voice.pick(PARAM)
    lines = [
        *f.lines(), "", f"{f.define} {name}({param}, tries=2):", "    if tries > 0:",
        f"        return {f.word}{name}({param}, tries - 1)", f"    return {f.word}{f.name}({param})",
    ]
    return named(name, lines)


def early_return(f, voice):
    name, param = voice.pick(HELP), voice.pick(PARAM)
    lines = [
        *f.lines(), "", f"{f.define} {name}({param}):", f"    if {param} is None:", "        return 0",
        f"    return {f.word}{f.name}({param})",
    ]
    return named(name, lines)


def generator(f, voice):
    name = voice.pick(MAKE)
    lines = [*f.lines(), "", f"def {name}(numbers):", "    for number in numbers:", f"        yield {f.name}(number)"]
    return called(f"next({name}([$]))", lines)


def generator_walked(f, voice):
    name = voice.pick(MAKE)
    lines = [*f.lines(), "", f"def {name}(numbers):", "    for number in numbers:", f"        yield {f.name}(number)"]
    return called(f"list({name}([$]))[0]", lines)


def yield_from(f, voice):
    name = voice.pick(MAKE)
    lines = [*f.lines(), "", f"def {name}(*numbers):", f"    yield from map({f.name}, numbers)"]
    return called(f"next({name}($))", lines)


def async_generator(f, voice):
    name = voice.pick(MAKE)
    lines = [*f.lines(), "", f"async def {name}(numbers):", "    for number in numbers:", f"        yield await {f.name}(number)"]
    return called(f"[row async for row in {name}([$])][0]", lines, awaited=True)


def mutable_list(f, voice):
    """The function puts what comes out into a list."""
    name, param = voice.pick(HELP), voice.pick(PARAM)
    lines = [
        "found = []", "", *f.lines(), "", f"{f.define} {name}({param}):",
        f"    found.append({f.word}{f.name}({param}))", "    return found[-1]",
    ]
    return named(name, lines)


DRESSES = [
    FunctionDress("as it is", plain),
    FunctionDress("helper", helper),
    FunctionDress("plain helper", plain_helper),
    FunctionDress("helper of helper", helper_of_helper),
    FunctionDress("default argument", default_argument),
    FunctionDress("default value", default_value),
    FunctionDress("keyword", keyword),
    FunctionDress("star arguments", star_args),
    FunctionDress("unpacked options", unpacked),
    FunctionDress("passed to a function", passed_on),
    FunctionDress("lambda", lambda_),
    FunctionDress("closure", closure),
    FunctionDress("closure over its argument", closure_over_argument),
    FunctionDress("factory", factory),
    FunctionDress("nested definition", nested),
    FunctionDress("recursion", recursion),
    FunctionDress("early return", early_return),
    FunctionDress("generator function", generator),
    FunctionDress("generator function, walked", generator_walked),
    FunctionDress("yield from map", yield_from),
    FunctionDress("async generator", async_generator, takes=ASYNC, around=True),
    FunctionDress("appended to a list", mutable_list),
]
