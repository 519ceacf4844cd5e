"""Tasks that nobody keeps or asks, results taken too early; and tasks looked after."""

from ..parts import Core
from .losing import lost, plot

DROPPED, EARLY = "dropped task", "result too early"
LONG = ["await asyncio.sleep(600)", "return $"]
LOOSE = ["await asyncio.get_running_loop().create_future()", "return $"]
ROWS = ["await asyncio.sleep(0.01)", "return [$, $ + 1, $ + 2]"]
FAILING = ["await asyncio.sleep(0)", "raise ValueError($)"]
MARK = "  #@"


def faulty(family, name, lines, value, effect, error=(), is_async=True, **more):
    return Core(family, name, plot([*lines[:-1], lines[-1] + MARK], value, is_async, **more), effect, error)


def dropped(name, lines, value="'started'", is_async=False, body=LONG, imports=("import asyncio",)):
    return faulty(DROPPED, name, lines, value, "pending", is_async=is_async, body=body, imports=imports)


def forgotten(name, lines, value="'started'"):
    return faulty(DROPPED, name, lines, value, "unretrieved", body=FAILING)


def well(family, name, lines, value, is_async=True, **more):
    return Core(family, name, plot(lines, value, is_async, **more))


def early(name, lines, error, value="kept", is_async=False, **more):
    return faulty(EARLY, name, lines, value, "raised", error, is_async, **more)


CORES = [
    dropped("create_task", ["asyncio.create_task($)"]),
    dropped("ensure_future", ["asyncio.ensure_future($)"]),
    dropped("loop.create_task", ["asyncio.get_running_loop().create_task($)"]),
    dropped("imported", ["create_task($)"], imports=("import asyncio", "from asyncio import create_task")),
    dropped("waits for what nobody sets", ["asyncio.create_task($)", "await asyncio.sleep(0)"], is_async=True, body=LOOSE),
    dropped("in a comprehension", ["[asyncio.create_task(~(i)) for i in range(2)]"]),
    dropped("then the cell goes on", ["asyncio.create_task($)", "await asyncio.sleep(0.02)"], is_async=True),
    forgotten("its error is never seen", ["task = asyncio.create_task($)", "await asyncio.sleep(0.02)"]),
    forgotten("dropped with an error", ["asyncio.create_task($)", "await asyncio.sleep(0.02)"]),
    well(DROPPED, "kept and awaited", ["task = asyncio.create_task($)", "await asyncio.sleep(0)"], "await task"),
    well(DROPPED, "in a set with a callback",
         ["running = set()", "task = asyncio.create_task($)", "running.add(task)", "task.add_done_callback(running.discard)",
          "await asyncio.wait(running)"], "task.result()"),
    well(DROPPED, "in a group", ["async with asyncio.TaskGroup() as group:", "    task = group.create_task($)"], "task.result()"),
    well(DROPPED, "cancelled", ["task = asyncio.create_task($)", "await asyncio.sleep(0)", "task.cancel()",
                                "try:", "    await task", "except asyncio.CancelledError:", "    pass"], "task.cancelled()", body=LONG),
    well(DROPPED, "its error is asked for", ["task = asyncio.create_task($)", "await asyncio.wait([task])"],
         "type(task.exception()).__name__", body=FAILING),
    early("task.result()", ["task = asyncio.create_task($)", "kept = task.result()"], ("InvalidStateError",)),
    early("coroutine plus one", ["kept = $ + 1"], ("TypeError",)),
    early("json.dumps", ["kept = json.dumps($)"], ("TypeError",), imports=("import asyncio", "import json")),
    early("an index", ["kept = $[0]"], ("TypeError",), body=ROWS),
    early("len()", ["kept = len($)"], ("TypeError",), body=ROWS),
    early("a for loop", ["for part in $:", "    print(part)"], ("TypeError",), value="'read'", body=ROWS),
    early("an attribute", ["kept = $.bit_length()"], ("AttributeError",)),
    early("a comparison", ["kept = $ > 1"], ("TypeError",)),
    early("gather, not awaited", ["kept = asyncio.gather($)[0]"], ("TypeError",)),
    early("int()", ["kept = int($)"], ("TypeError",)),
    well(EARLY, "awaited first", ["kept = (await $) + 1"], "kept"),
    well(EARLY, "json.dumps of the result", ["kept = json.dumps(await $)"], "kept", imports=("import asyncio", "import json")),
    well(EARLY, "result() when it is done", ["task = asyncio.create_task($)", "await task", "kept = task.result()"], "kept"),
    well(EARLY, "result() after wait", ["task = asyncio.create_task($)", "done, _ = await asyncio.wait({task})",
                                        "kept = done.pop().result()"], "kept"),
    well(EARLY, "len() of what is gathered", ["kept = len(await asyncio.gather($, %))"], "kept"),
    well(EARLY, "a loop over what is gathered", ["kept = 0", "for part in await asyncio.gather($, %):", "    kept += part"], "kept"),
]
