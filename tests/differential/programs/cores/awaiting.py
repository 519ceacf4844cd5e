"""Awaiting what cannot be awaited, or twice; waiting for oneself; and what looks like it."""

from ..parts import MARK, Act, Core, Plot
from ..subjects import coroutine, plain
from .losing import plot

NOT, TWICE, ITSELF, MAGIC = "await of no awaitable", "awaited twice", "loop waits for itself", "await under a magic"


def refused(name, body, imports=("import asyncio",), needs=()):
    """`await` of what a plain function gives."""

    def build(voice):
        def act(say, argument):
            return Act([], f"await {say.call(argument)}{MARK}", True)

        return Plot(plain(voice, body), act, list(imports), list(needs))

    return Core(NOT, name, build, "raised", ("TypeError",))


def raised(family, name, lines, value, error, is_async=True, effect="raised", **more):
    return Core(family, name, plot([*lines[:-1], lines[-1] + MARK], value, is_async, **more), effect, error)


def well(family, name, lines, value, is_async=True, **more):
    return Core(family, name, plot(lines, value, is_async, **more))


def not_awaited(voice):
    def act(say, argument):
        return Act(["await asyncio.sleep(0)"], say.call(argument), True)

    return Plot(plain(voice), act)


def gives_awaitable(what, body):
    """A plain function that gives something to await."""

    def build(voice):
        work = coroutine(voice)
        subject = plain(voice, [line.replace("~", work.name) for line in body])

        def act(say, argument):
            return Act([], f"await {say.call(argument)}", True)

        return Plot(subject, act, needs=work.lines())

    return Core(NOT, f"a plain function that gives a {what}", build)


AGAIN = ("RuntimeError",)
THREADSAFE = "asyncio.run_coroutine_threadsafe"


def magic(opening, name):
    def build(voice):
        def act(say, argument):
            return Act([], f"await {say.call(argument)}{MARK}", True)

        return Plot(coroutine(voice), act, opening=opening, top_only=True)

    return Core(MAGIC, name, build, "raised", ("SyntaxError",))


def timed_by_hand(voice):
    def act(say, argument):
        return Act(["start = time.perf_counter()", f"kept = await {say.call(argument)}",
                    "print(time.perf_counter() - start < 60)"], "kept", True)

    return Plot(coroutine(voice), act, ["import asyncio", "import time"])


def magic_over_plain(voice):
    def act(say, argument):
        return Act([], say.call(argument))

    return Plot(plain(voice), act, opening="%%time", top_only=True)


CORES = [
    refused("a number", None),
    refused("None", ["print($)"]),
    refused("text", ["return f'row {$}'"]),
    refused("a list of coroutines", ["return [asyncio.sleep(0, $)]"]),
    refused("a list of tasks", ["return [asyncio.ensure_future(asyncio.sleep(0, $))]"]),
    refused("a function", ["return lambda: $"]),
    refused("what a plain method gives", ["rows = []", "return rows.append($)"]),
    refused("time.sleep", ["return time.sleep(0.35 + $ / 100)"], ("import time",)),
    refused("a future of a pool", ["return pool.submit(pow, $, 2)"], ("from concurrent.futures import ThreadPoolExecutor",),
            ["pool = ThreadPoolExecutor(max_workers=1)"]),
    Core(NOT, "not awaited", not_awaited),
    gives_awaitable("coroutine", ["return ~($)"]),
    gives_awaitable("task", ["return asyncio.create_task(~($))"]),
    gives_awaitable("limited one", ["return asyncio.wait_for(~($), 5)"]),
    gives_awaitable("gather", ["return asyncio.gather(~($), ~($))"]),
    raised(TWICE, "two awaits", ["reply = $", "kept = await reply", "kept = await reply"], "kept", AGAIN),
    raised(TWICE, "gather, then await", ["reply = $", "both = await asyncio.gather(reply)", "kept = await reply"], "kept", AGAIN),
    raised(TWICE, "in a loop", ["reply = $", "kept = 0", "for _ in range(2):", "    kept += await reply"], "kept", AGAIN),
    raised(TWICE, "a list walked twice", ["jobs = [$, %]", "found = await asyncio.gather(*jobs)", "kept = [await job for job in jobs]"],
           "kept", AGAIN),
    raised(TWICE, "after a timeout", ["reply = $", "kept = await asyncio.wait_for(reply, 5)", "kept = await reply"], "kept", AGAIN),
    well(TWICE, "a task, twice", ["task = asyncio.create_task($)", "kept = await task", "kept = kept + await task"], "kept"),
    well(TWICE, "two coroutines", ["kept = await $", "kept += await %"], "kept"),
    well(TWICE, "a new one each time", ["kept = 0", "for i in range(2):", "    reply = ~(i)", "    kept += await reply"], "kept"),
    well(TWICE, "the same one in gather", ["reply = $", "kept = await asyncio.gather(reply, reply)"], "list(kept)"),
    well(TWICE, "the name is bound anew", ["reply = $", "kept = await reply", "reply = %", "kept += await reply"], "kept"),
    raised(ITSELF, "threadsafe, at once",
           ["loop = asyncio.get_running_loop()", f"kept = {THREADSAFE}($, loop).result(timeout=0.6)"], "kept", ("TimeoutError",), False, effect="deadlocked"),
    raised(ITSELF, "threadsafe, in two steps",
           ["loop = asyncio.get_event_loop()", f"future = {THREADSAFE}($, loop)", "kept = future.result(0.6)"], "kept", ("TimeoutError",), False, effect="deadlocked"),
    raised(ITSELF, "in a coroutine",
           ["loop = asyncio.get_running_loop()", "await asyncio.sleep(0)", f"kept = {THREADSAFE}($, loop).result(timeout=0.6)"],
           "kept", ("TimeoutError",), effect="deadlocked"),
    well(ITSELF, "from a thread",
         ["loop = asyncio.get_running_loop()", f"kept = await asyncio.to_thread(lambda: {THREADSAFE}($, loop).result(timeout=5))"], "kept"),
    well(ITSELF, "wrapped", ["loop = asyncio.get_running_loop()", f"kept = await asyncio.wrap_future({THREADSAFE}($, loop))"], "kept"),
    magic("%%time", "%%time"),
    magic("%%timeit -n 1 -r 1", "%%timeit"),
    Core(MAGIC, "timed by hand", timed_by_hand),
    Core(MAGIC, "%%time over plain code", magic_over_plain),
]
