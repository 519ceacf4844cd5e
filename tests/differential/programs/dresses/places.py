"""Where the definition lives: a module beside the notebook, an earlier or a later cell."""

from ..words import HELP, MODULE
from .kinds import FunctionDress, named


def from_import(f, voice):
    module = voice.pick(MODULE)
    return named(f.name, f.lines(), module=module, imports=[f"from {module} import {f.name}"])


def import_as(f, voice):
    module, name = voice.pick(MODULE), voice.pick(HELP)
    return named(name, f.lines(), module=module, imports=[f"from {module} import {f.name} as {name}"])


def module_alias(f, voice):
    module = voice.pick(MODULE)
    short = voice.choice(["m", "lib", "h"])
    return named(f"{short}.{f.name}", f.lines(), module=module, imports=[f"import {module} as {short}"])


def module_plain(f, voice):
    module = voice.pick(MODULE)
    return named(f"{module}.{f.name}", f.lines(), module=module, imports=[f"import {module}"])


def star_import(f, voice):
    module = voice.pick(MODULE)
    return named(f.name, f.lines(), module=module, imports=[f"from {module} import *"])


def redefinition(f, voice):
    before = [f"def {f.name}({f.param}):", "    return 0", "", f"print({f.name}(1))"]
    return named(f.name, f.lines(), before=before)


def rebinding(f, voice):
    name = voice.pick(HELP)
    return named(name, [*f.lines(), "", f"{name} = {f.name}"], before=[f"{name} = None"])


def set_by_global(f, voice):
    name, setter = voice.pick(HELP), voice.pick(HELP)
    lines = [*f.lines(), "", f"def {setter}():", f"    global {name}", f"    {name} = {f.name}", "", f"{setter}()"]
    return named(name, lines, before=[f"{name} = None"])


def conditional_definition(f, voice):
    flag = voice.choice(["DEBUG", "FAST", "VERBOSE"])
    return named(f.name, [f"if {flag}:", *("    " + line if line else line for line in f.lines()), "else:", f"    {f.name} = print"],
                 before=[f"{flag} = True"])


DRESSES = [
    FunctionDress("from a module", from_import),
    FunctionDress("from a module, renamed", import_as),
    FunctionDress("module under an alias", module_alias),
    FunctionDress("module", module_plain),
    FunctionDress("star import", star_import),
    FunctionDress("redefinition", redefinition),
    FunctionDress("rebinding", rebinding),
    FunctionDress("set by global", set_by_global),
    FunctionDress("definition in a branch", conditional_definition),
]
