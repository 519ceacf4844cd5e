"""Ways to await a whole act: async managers, groups, tasks, limits."""

from ..words import CLASS, HELP
from .kinds import ASYNC, FunctionDress, called, stepped

ASYNCIO = ["import asyncio"]


def of_coroutine(call, awaited=False, imports=()):
    """`@` is the function, `$` its argument."""

    def say(f, voice):
        return called(call.replace("@", f.name), f.lines(), awaited=awaited, imports=list(imports))

    return say


def task(f, voice):
    return stepped([f"task = asyncio.create_task({f.name}($))"], "task", f.lines(), imports=list(ASYNCIO))


def task_group(f, voice):
    before = ["async with asyncio.TaskGroup() as group:", f"    task = group.create_task({f.name}($))"]
    return stepped(before, "task.result()", f.lines(), awaited=True, imports=list(ASYNCIO))


def async_with(f, voice):
    name = voice.pick(CLASS)
    lines = [
        *f.lines(), "", f"class {name}:", "    def __init__(self, number):", "        self.number = number", "",
        "    async def __aenter__(self):", f"        return await {f.name}(self.number)", "",
        "    async def __aexit__(self, *error):", "        return False",
    ]
    return stepped([f"async with {name}($) as inside:", "    taken = inside"], "taken", lines, awaited=True)


def async_context_manager(f, voice):
    name = voice.pick(HELP)
    lines = [*f.lines(), "", "@asynccontextmanager", f"async def {name}(number):", f"    yield await {f.name}(number)"]
    return stepped([f"async with {name}($) as inside:", "    taken = inside"], "taken", lines, awaited=True,
                   imports=["from contextlib import asynccontextmanager"])


def timeout(f, voice):
    return stepped(["async with asyncio.timeout(30):", f"    taken = await {f.name}($)"], "taken", f.lines(), awaited=True, imports=list(ASYNCIO))


def aiter(f, voice):
    name = voice.pick(CLASS)
    lines = [
        *f.lines(), "", f"class {name}:", "    def __init__(self, number):", "        self.number = number", "",
        "    async def __aiter__(self):", f"        yield await {f.name}(self.number)",
    ]
    return stepped([f"async for row in {name}($):", "    taken = row"], "taken", lines, awaited=True)


def await_method(f, voice):
    name = voice.pick(CLASS)
    lines = [
        *f.lines(), "", f"class {name}:", "    def __init__(self, number):", "        self.number = number", "",
        "    def __await__(self):", f"        return {f.name}(self.number).__await__()",
    ]
    return called(f"{name}($)", lines)


def around(name, say):
    return FunctionDress(name, say, takes=ASYNC, around=True)


DRESSES = [
    around("awaited in an f-string", of_coroutine("f'{await @($)}'", True)),
    around("await in a comprehension", of_coroutine("[await @(i) for i in [$]][0]", True)),
    around("await in a dict", of_coroutine("{'kept': await @($)}['kept']", True)),
    around("await as an argument", of_coroutine("str(await @($))", True)),
    around("gather", of_coroutine("(await asyncio.gather(@($)))[0]", True, ASYNCIO)),
    around("wait_for", of_coroutine("asyncio.wait_for(@($), 30)", imports=ASYNCIO)),
    around("shield", of_coroutine("asyncio.shield(@($))", imports=ASYNCIO)),
    around("task", task),
    around("TaskGroup", task_group),
    around("async with", async_with),
    around("asynccontextmanager", async_context_manager),
    around("timeout", timeout),
    around("__aiter__", aiter),
    around("__await__", await_method),
]
