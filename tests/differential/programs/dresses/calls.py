"""Other ways to get hold of a function and to call it."""

from ..parts import indent
from ..words import CLASS, HELP
from .kinds import FunctionDress, called, named


def getattr_(f, voice):
    name = voice.pick(CLASS)
    lines = [f"class {name}:", *indent(f.lines(params=f"self, {f.param}"))]
    return named(f"getattr({name}(), '{f.name}')", lines)


def globals_(f, voice):
    return named(f"globals()['{f.name}']", f.lines())


def methodcaller(f, voice):
    name = voice.pick(CLASS)
    lines = [f"class {name}:", *indent(f.lines(params=f"self, {f.param}"))]
    return called(f"operator.methodcaller('{f.name}', $)({name}())", lines, imports=["import operator"])


def unbound(f, voice):
    name = voice.pick(CLASS)
    lines = [f"class {name}:", *indent(f.lines(params=f"self, {f.param}"))]
    return called(f"{name}.{f.name}({name}(), $)", lines)


def alias(f, voice):
    name = voice.pick(HELP)
    return named(name, [*f.lines(), "", f"{name} = {f.name}"])


def conditional_function(f, voice):
    name = voice.pick(HELP)
    return named(name, [*f.lines(), "", f"{name} = {f.name} if len('ab') == 2 else print"])


def or_function(f, voice):
    name = voice.pick(HELP)
    return named(name, [*f.lines(), "", "custom = None", f"{name} = custom or {f.name}"])


def walrus_function(f, voice):
    return called(f"(job := {f.name})($)", f.lines())


def immediate_lambda(f, voice):
    return called(f"(lambda i: {f.name}(i))($)", f.lines())


DRESSES = [
    FunctionDress("getattr", getattr_),
    FunctionDress("globals()", globals_),
    FunctionDress("methodcaller", methodcaller),
    FunctionDress("function of the class", unbound),
    FunctionDress("alias", alias),
    FunctionDress("conditional function", conditional_function),
    FunctionDress("or", or_function),
    FunctionDress("walrus on the function", walrus_function),
    FunctionDress("lambda, called at once", immediate_lambda),
]
