"""Classes: methods of every kind, attributes, inheritance, special methods."""

import re

from ..parts import indent
from ..words import CLASS, HELP
from .kinds import FunctionDress, called, named, stepped


def instance(voice, name):
    """How an instance is made, and what it is called afterwards."""
    variable = name.lower()
    return ([f"{variable} = {name}()"], variable) if voice.chance(0.6) else ([], f"{name}()")


def method_lines(f, name, decorators=(), first="self", bases=""):
    params = f"{first}, {f.param}" if first else f.param
    return [f"class {name}{bases}:", *indent(f.lines(params=params, decorators=decorators))]


def method(f, voice):
    name = voice.pick(CLASS)
    make, one = instance(voice, name)
    return named(f"{one}.{f.name}", [*method_lines(f, name), "", *make])


def bound_method(f, voice):
    name, bound = voice.pick(CLASS), voice.pick(HELP)
    return named(bound, [*method_lines(f, name), "", f"{bound} = {name}().{f.name}"])


def method_of_method(f, voice):
    name, outer = voice.pick(CLASS), voice.pick(HELP)
    lines = [*method_lines(f, name), "", f"    {f.define} {outer}(self, number):", f"        return {f.word}self.{f.name}(number)"]
    make, one = instance(voice, name)
    return named(f"{one}.{outer}", [*lines, "", *make])


def classmethod_(f, voice):
    name = voice.pick(CLASS)
    return named(f"{name}.{f.name}", method_lines(f, name, ["@classmethod"], "cls"))


def staticmethod_(f, voice):
    name = voice.pick(CLASS)
    return named(f"{name}.{f.name}", method_lines(f, name, ["@staticmethod"], None))


def of_self(f):
    """The body with the parameter read from `self`."""
    return [re.sub(rf"\b{f.param}\b", f"self.{f.param}", line) for line in f.body]


def keeping(f, name, bases=""):
    return [f"class {name}{bases}:", f"    def __init__(self, {f.param}):", f"        self.{f.param} = {f.param}", ""]


def property_(f, voice):
    name = voice.pick(CLASS)
    member = f.lines(params="self", decorators=["@property"], body=of_self(f))
    return called(f"{name}($).{f.name}", [*keeping(f, name), *indent(member)])


def cached_property_(f, voice):
    name = voice.pick(CLASS)
    member = f.lines(params="self", decorators=["@cached_property"], body=of_self(f))
    return called(f"{name}($).{f.name}", [*keeping(f, name), *indent(member)], imports=["from functools import cached_property"])


def no_argument_method(f, voice):
    name = voice.pick(CLASS)
    return called(f"{name}($).{f.name}()", [*keeping(f, name), *indent(f.lines(params="self", body=of_self(f)))])


def special(method, call):
    def say(f, voice):
        name = voice.pick(CLASS)
        member = f.lines(name=method, params=f"self, {f.param}")
        make, one = instance(voice, name)
        return called(call.replace("@", one), [f"class {name}:", *indent(member), "", *make])

    return say


def call_(f, voice):
    name = voice.pick(CLASS)
    member = f.lines(name="__call__", params=f"self, {f.param}")
    make, one = instance(voice, name)
    return named(one, [f"class {name}:", *indent(member), "", *make])


def init(f, voice):
    name = voice.pick(CLASS)
    lines = [*f.lines(), "", f"class {name}:", "    def __init__(self, number):", f"        self.kept = {f.name}(number)"]
    return called(f"{name}($).kept", lines)


def post_init(f, voice):
    name = voice.pick(CLASS)
    lines = [
        *f.lines(), "", "@dataclass", f"class {name}:", "    number: int", "    kept: object = None", "",
        "    def __post_init__(self):", f"        self.kept = {f.name}(self.number)",
    ]
    return called(f"{name}($).kept", lines, imports=["from dataclasses import dataclass"])


def enter(f, voice):
    name = voice.pick(CLASS)
    lines = [
        *f.lines(), "", *keeping(f, name), "    def __enter__(self):", f"        return {f.name}(self.{f.param})", "",
        "    def __exit__(self, *error):", "        return False",
    ]
    return stepped([f"with {name}($) as inside:", "    taken = inside"], "taken", lines)


def iterator(f, voice):
    name = voice.pick(CLASS)
    lines = [*f.lines(), "", *keeping(f, name), "    def __iter__(self):", f"        yield {f.name}(self.{f.param})"]
    return called(f"next(iter({name}($)))", lines)


def inherited(f, voice):
    base, name = voice.pick(CLASS), voice.pick(CLASS)
    lines = [*method_lines(f, base), "", f"class {name}({base}):", "    pass"]
    return named(f"{name}().{f.name}", lines)


def super_(f, voice):
    base, name = voice.pick(CLASS), voice.pick(CLASS)
    over = [f"{f.define} {f.name}(self, number):", f"    return {f.word}super().{f.name}(number)"]
    return named(f"{name}().{f.name}", [*method_lines(f, base), "", f"class {name}({base}):", *indent(over)])


def abstract(f, voice):
    base, name, outer = voice.pick(CLASS), voice.pick(CLASS), voice.pick(HELP)
    lines = [
        f"class {base}(ABC):", "    @abstractmethod", f"    {f.define} {f.name}(self, {f.param}):", "        ...", "",
        f"    {f.define} {outer}(self, number):", f"        return {f.word}self.{f.name}(number)", "",
        *method_lines(f, name, bases=f"({base})"),
    ]
    return named(f"{name}().{outer}", lines, imports=["from abc import ABC, abstractmethod"])


def mixin(f, voice):
    base, name = voice.pick(CLASS), voice.pick(CLASS)
    lines = [*method_lines(f, f"{base}Mixin"), "", f"class {base}:", "    retries = 3", "", f"class {name}({base}Mixin, {base}):", "    pass"]
    return named(f"{name}().{f.name}", lines)


def generic(f, voice):
    name = voice.pick(CLASS)
    lines = ["T = TypeVar('T')", "", *method_lines(f, name, bases="(Generic[T])")]
    return named(f"{name}[int]().{f.name}", lines, imports=["from typing import Generic, TypeVar"])


def attribute(f, voice):
    """The instance keeps the function it is given."""
    name = voice.pick(CLASS)
    lines = [*f.lines(), "", f"class {name}:", "    def __init__(self, job):", "        self.job = job", "", f"worker = {name}({f.name})"]
    return named("worker.job", lines)


def attribute_called(f, voice):
    name, outer = voice.pick(CLASS), voice.pick(HELP)
    lines = [
        *f.lines(), "", f"class {name}:", "    def __init__(self, job):", "        self.job = job", "",
        f"    {f.define} {outer}(self, number):", f"        return {f.word}self.job(number)",
    ]
    return named(f"{name}({f.name}).{outer}", lines)


def class_attribute(f, voice):
    name = voice.pick(CLASS)
    return named(f"{name}.job", [*f.lines(), "", f"class {name}:", f"    job = staticmethod({f.name})"])


def dataclass_field(f, voice):
    name = voice.pick(CLASS)
    lines = [*f.lines(), "", "@dataclass", f"class {name}:", "    job: object", "    retries: int = 3"]
    return named(f"{name}(job={f.name}).job", lines, imports=["from dataclasses import dataclass"])


def namespace(f, voice):
    return named("kit.job", [*f.lines(), "", f"kit = SimpleNamespace(job={f.name}, retries=2)"], imports=["from types import SimpleNamespace"])


def fluent(f, voice):
    name = voice.pick(CLASS)
    lines = [
        f"class {name}:", "    def where(self, value):", f"        self.{f.param} = value", "        return self", "",
        *indent(f.lines(params="self", body=of_self(f))),
    ]
    return called(f"{name}().where($).{f.name}()", lines)


def inner_class(f, voice):
    outer, name = voice.pick(CLASS), voice.pick(CLASS)
    return named(f"{outer}.{name}().{f.name}", [f"class {outer}:", *indent(method_lines(f, name))])


def decorated_class(f, voice):
    name = voice.pick(CLASS)
    lines = ["registry = []", "", "def register(cls):", "    registry.append(cls)", "    return cls", "", "@register", *method_lines(f, name)]
    return named(f"{name}().{f.name}", lines)


DRESSES = [
    FunctionDress("method", method),
    FunctionDress("bound method under a name", bound_method),
    FunctionDress("method of a method", method_of_method),
    FunctionDress("classmethod", classmethod_),
    FunctionDress("staticmethod", staticmethod_),
    FunctionDress("property", property_),
    FunctionDress("cached_property", cached_property_),
    FunctionDress("method that reads self", no_argument_method),
    FunctionDress("__call__", call_),
    FunctionDress("__getitem__", special("__getitem__", "@[$]")),
    FunctionDress("__add__", special("__add__", "(@ + $)")),
    FunctionDress("__init__", init),
    FunctionDress("__post_init__", post_init),
    FunctionDress("__enter__", enter),
    FunctionDress("__iter__", iterator),
    FunctionDress("inherited method", inherited),
    FunctionDress("super()", super_),
    FunctionDress("abstract method", abstract),
    FunctionDress("mixin", mixin),
    FunctionDress("generic class", generic),
    FunctionDress("function in an attribute", attribute),
    FunctionDress("function in an attribute, called inside", attribute_called),
    FunctionDress("class attribute", class_attribute),
    FunctionDress("dataclass field", dataclass_field),
    FunctionDress("SimpleNamespace", namespace),
    FunctionDress("fluent calls", fluent),
    FunctionDress("class in a class", inner_class),
    FunctionDress("class decorator", decorated_class),
]
