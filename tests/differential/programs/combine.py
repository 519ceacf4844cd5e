"""The product: a core said through a dress, in one of three places."""

import ast
import random

from .cores import CORES
from .dresses import DRESSES, BlockDress
from .dresses.functions import plain
from .notebook import Pages, finish, into_cells
from .parts import MARK, Act, Function, NoFunction, Saying
from .words import PARAM, RESULT, WRAP, Voice

SUBJECT, AROUND, BLOCK = "subject", "around", "block"


class Excluded(Exception):
    """Why a core and a dress make no sense together."""


def levels(dress):
    """Where a dress may stand."""
    if isinstance(dress, BlockDress):
        return [BLOCK]
    return [AROUND] if dress.around else [SUBJECT, AROUND]


def ensure(why):
    if why:
        raise Excluded(why)


def perform(plot, say, argument):
    """The act's statements with those that its calls need before."""
    try:
        act = plot.act(say, argument)
    except NoFunction:
        raise Excluded("the core wants a function, the dress gives a call") from None
    return Act([*say.before, *act.lines], act.value, act.is_async)


def statement(target, act):
    return [*act.lines, f"{target} = {act.value}" + ("" if act.value.endswith(MARK) else MARK)]


def on_subject(plot, dress, voice, argument):
    """The dress says what the core is about."""
    ensure("the subject is no function whose call gives something to await" if plot.act_only else None)
    ensure(dress.refuses(plot.subject.is_async))
    dressed = dress.say(plot.subject, voice)
    act = perform(plot, Saying(dressed), argument)
    return dressed, [], statement(voice.pick(RESULT), act)


def around_act(plot, dress, voice, argument):
    """The act goes into a function, and the dress says that."""
    ensure("the core is about a whole cell" if plot.top_only else None)
    param = voice.pick(PARAM)
    subject = plain(plot.subject, voice)
    act = perform(plot, Saying(subject), param)
    value = act.value.removesuffix(MARK)
    mark = MARK if act.value.endswith(MARK) else ""
    function = Function(voice.pick(WRAP), param, (*act.lines, f"return {value}{mark}"), act.is_async)
    ensure(dress.refuses(act.is_async))
    dressed = dress.say(function, voice)
    say = Saying(dressed)
    call = say.call(argument)
    word = "await " if act.is_async and not dressed.awaited else ""
    return dressed, subject.lines, [*say.before, f"{voice.pick(RESULT)} = {word}{call}{MARK}"]


def in_block(plot, dress, voice, argument):
    """The statements stand in the dress's block."""
    ensure("the core is about a whole cell" if plot.top_only else None)
    dressed = plain(plot.subject, voice)
    act = perform(plot, Saying(dressed), argument)
    ensure(dress.refuses(act.is_async))
    lines = dress.wrap(statement(voice.pick(RESULT), act), voice)
    dressed.imports = list(dress.imports)
    return dressed, [], lines


PLACES = {SUBJECT: on_subject, AROUND: around_act, BLOCK: in_block}


def merged_imports(*groups):
    seen = []
    for line in (line for group in groups for line in group):
        if line not in seen:
            seen.append(line)
    return seen


def assemble(plot, dressed, subject_lines, use, dress, level, voice):
    pages, files = Pages(), {}
    extra = list(plot.extra)
    if dressed.module:
        inside = [*subject_lines, "", *extra, ""] if level == AROUND else []
        files[dressed.module] = [*plot.imports, "", "", *plot.needs, "", *inside, *dressed.lines]
        outside = [] if level == AROUND else extra
        pages.add(merged_imports(plot.imports, dressed.imports))
        pages.add(outside)
    else:
        pages.add(merged_imports(plot.imports, dressed.imports))
        pages.add(dressed.before, alone=True)
        pages.add(plot.needs)
        if level == AROUND:
            pages.add([*extra, "", *subject_lines] if extra and voice.chance(0.5) else [*subject_lines, "", *extra])
        else:
            pages.add(extra)
        pages.add(dressed.lines)
    opening = [plot.opening] if plot.opening else []
    alone = bool(opening) or getattr(dress, "opens_cell", False)
    if not alone and voice.chance(0.3):
        use = [*use, f"print({target_of(use)})"] if target_of(use) else use
    pages.add([*opening, *use], alone=alone)
    return finish(into_cells(pages, voice), voice, files)


def target_of(use):
    """The name that the last statement binds, when it is a plain assignment."""
    target, sign, _ = use[-1].partition(" = ")
    return target if sign and target.isidentifier() else None


def write(core, dress, level, seed):
    """One notebook. Raises Excluded when the two make no sense together."""
    voice = Voice(random.Random(f"{core.family}/{core.name}/{dress.name}/{level}/{seed}"))
    plot = core.build(voice)
    dressed, subject_lines, use = PLACES[level](plot, dress, voice, str(voice.number()))
    return assemble(plot, dressed, subject_lines, use, dress, level, voice)


def entry(core, dress, level, seed):
    """A notebook with what the generator expects of it."""
    notebook = write(core, dress, level, seed)
    program = {
        "core": core.group, "kind": core.name, "dress": dress.name, "level": level, "seed": seed,
        "cells": notebook.cells,
    }
    if notebook.files:
        program["files"] = notebook.files
    if core.faulty:
        program["fault"] = {"effect": core.effect, "places": notebook.places}
        if core.error:
            program["fault"]["errors"] = [*core.error, "ExceptionGroup"] if dress.name == "TaskGroup" else list(core.error)
    elif core.still:
        program["still"] = True
    return program


def groups():
    """The cores by the row of the table that they stand in."""
    found = {}
    for core in CORES:
        found.setdefault(core.group, []).append(core)
    return found


def programs(seed, each):
    """`each` notebooks for every group of cores and every dress that make sense together, in
    order; and the pairs that are left out, with the reason."""
    kept, left_out = [], {}
    for group, cores in groups().items():
        for dress in DRESSES:
            rng = random.Random(f"{seed}/{group}/{dress.name}")
            options = [(core, level) for core in cores for level in levels(dress)]
            rng.shuffle(options)
            found = 0
            for number, (core, level) in enumerate(options):
                if found == each:
                    break
                try:
                    kept.append(entry(core, dress, level, seed * 1000 + number))
                    found += 1
                except Excluded as why:
                    left_out.setdefault((group, core.name, dress.name, level), str(why))
            if not found:
                left_out[(group, "", dress.name, "")] = left_out[(group, options[0][0].name, dress.name, options[0][1])]
    return kept, left_out


def reads(text):
    """Whether a cell without magics is Python."""
    try:
        compile(text, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as why:
        return f"{why}"
    return None
