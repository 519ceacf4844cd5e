"""Functions in tables, loops over them, comprehensions."""

from ..words import TABLE
from .kinds import ASYNC, FunctionDress, called, named, stepped


def dict_table(f, voice):
    table = voice.pick(TABLE)
    return named(f"{table}['{f.name}']", [*f.lines(), "", "%s = {'%s': %s, 'print': print}" % (table, f.name, f.name)])


def dict_get(f, voice):
    table = voice.pick(TABLE)
    return named(f"{table}.get('first')", [*f.lines(), "", f"{table} = dict(first={f.name})"])


def dict_filled(f, voice):
    table = voice.pick(TABLE)
    return named(f"{table}['job']", [*f.lines(), "", "%s = {}" % table, f"{table}['job'] = {f.name}"])


def list_table(f, voice):
    table = voice.pick(TABLE)
    return named(f"{table}[0]", [*f.lines(), "", f"{table} = [{f.name}]"])


def list_appended(f, voice):
    table = voice.pick(TABLE)
    return named(f"{table}[-1]", [*f.lines(), "", f"{table} = []", f"{table}.append({f.name})"])


def tuple_table(f, voice):
    return named("job", [*f.lines(), "", f"job, label = {f.name}, 'first'"])


def loop(f, voice):
    table = voice.pick(TABLE)
    return stepped([f"for job in {table}:", "    taken = job($)"], "taken", [*f.lines(), "", f"{table} = [{f.name}]"])


def loop_over_items(f, voice):
    table = voice.pick(TABLE)
    before = [f"for label, job in {table}.items():", "    taken = job($)"]
    return stepped(before, "taken", [*f.lines(), "", "%s = {'a': %s}" % (table, f.name)])


def loop_over_pairs(f, voice):
    before = ["for job, number in [(%s, $)]:" % f.name, "    taken = job(number)"]
    return stepped(before, "taken", f.lines())


def enumerated(f, voice):
    return stepped(["for index, number in enumerate([$]):", f"    taken = {f.name}(number)"], "taken", f.lines())


def mapped(f, voice):
    return called(voice.choice([f"list(map({f.name}, [$]))[0]", f"next(map({f.name}, [$]))"]), f.lines())


def list_comprehension(f, voice):
    return called(f"[{f.name}(i) for i in [$]][0]", f.lines())


def comprehension_of_functions(f, voice):
    return called(f"[job($) for job in ({f.name},)][0]", f.lines())


def dict_comprehension(f, voice):
    return called("{i: %s(i) for i in [$]}.popitem()[1]" % f.name, f.lines())


def set_comprehension(f, voice):
    return called("{%s(i) for i in [$]}.pop()" % f.name, f.lines())


def generator_expression(f, voice):
    return called(f"next({f.name}(i) for i in [$])", f.lines())


def loop_of_appends(f, voice):
    return stepped(["rows = []", "for i in [$]:", f"    rows.append({f.name}(i))"], "rows[0]", f.lines())


DRESSES = [
    FunctionDress("dict of functions", dict_table),
    FunctionDress("dict of functions, get", dict_get),
    FunctionDress("dict filled later", dict_filled),
    FunctionDress("list of functions", list_table),
    FunctionDress("list appended to", list_appended),
    FunctionDress("tuple unpacked", tuple_table),
    FunctionDress("loop over functions", loop),
    FunctionDress("loop over items", loop_over_items),
    FunctionDress("loop over pairs", loop_over_pairs),
    FunctionDress("enumerate", enumerated),
    FunctionDress("map", mapped),
    FunctionDress("list comprehension", list_comprehension),
    FunctionDress("comprehension over functions", comprehension_of_functions),
    FunctionDress("dict comprehension", dict_comprehension),
    FunctionDress("set comprehension", set_comprehension, takes=ASYNC, because="a set wants results that can be hashed"),
    FunctionDress("generator expression", generator_expression),
    FunctionDress("loop that appends", loop_of_appends),
]
