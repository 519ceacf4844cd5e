"""A plain `for` or `with` over what is async, an async one over what is plain; and each in its place."""

from ..parts import MARK, Act, Core, Function, Plot
from ..words import CLASS, FETCH, PARAM

FAMILY = "async protocol"


def build(lines, value, is_async, body, extra=()):
    """`$` is a call of the generator, `&` the class of `extra`."""

    def plot(voice):
        param, name = voice.pick(PARAM), voice.pick(CLASS)
        is_generator_async = any("await" in line for line in body)
        subject = Function(voice.pick(FETCH), param, tuple(line.replace("$", param) for line in body), is_generator_async)

        def act(say, argument):
            return Act([line.replace("&", name).replace("$", say.call(argument)) for line in lines], value, is_async)

        return Plot(subject, act, extra=[line.replace("&", name) for line in extra], act_only=True)

    return plot


STREAM = ["for i in range($):", "    await asyncio.sleep(0)", "    yield i"]
ROWS = ["for i in range($):", "    yield i"]
ASYNC_MANAGER = ["class &:", "    async def __aenter__(self):", "        return self", "", "    async def __aexit__(self, *error):",
                 "        return False"]
MANAGER = ["class &:", "    def __enter__(self):", "        return self", "", "    def __exit__(self, *error):", "        return False"]


def faulty(name, lines, value="kept", is_async=False, body=STREAM, extra=(), error=("TypeError",)):
    marked = [line[:-1] + MARK if line.endswith("!") else line for line in lines]
    return Core(FAMILY, name, build(marked, value, is_async, body, extra), "raised", error)


def well(name, lines, value="kept", is_async=True, body=STREAM, extra=()):
    return Core(FAMILY, name, build(lines, value, is_async, body, extra))


CORES = [
    faulty("for over an async generator", ["kept = 0", "for part in $:!", "    kept += part"]),
    faulty("list of an async generator", ["kept = list($)!"]),
    faulty("comprehension over an async generator", ["kept = [part for part in $]!"]),
    faulty("await of an async generator", ["kept = await $!"], is_async=True),
    faulty("gather of an async generator", ["kept = await asyncio.gather($)!"], is_async=True),
    faulty("next of an async generator", ["kept = next($)!"]),
    faulty("async for over a generator", ["kept = 0", "async for part in $:!", "    kept += part"], is_async=True, body=ROWS),
    faulty("async comprehension over a range", ["kept = [part async for part in range(len(list($)))]!"], is_async=True, body=ROWS),
    faulty("with over an async manager", ["with &():!", "    kept = list($)"], body=ROWS, extra=ASYNC_MANAGER),
    faulty("async with over a manager", ["async with &():!", "    kept = list($)"], is_async=True, body=ROWS, extra=MANAGER),
    well("async for", ["kept = 0", "async for part in $:", "    kept += part"]),
    well("async comprehension", ["kept = [part async for part in $]"]),
    well("anext", ["rows = $", "kept = await anext(rows)", "await rows.aclose()"]),
    well("for over a generator", ["kept = 0", "for part in $:", "    kept += part"], is_async=False, body=ROWS),
    well("async with", ["async with &():", "    kept = list($)"], body=ROWS, extra=ASYNC_MANAGER),
    well("with", ["with &():", "    kept = list($)"], is_async=False, body=ROWS, extra=MANAGER),
]
