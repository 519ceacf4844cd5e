"""A loop owner is refused, because the kernel's loop runs; and the ways that are not refused."""

from ..parts import MARK, Act, Core, Plot
from ..subjects import coroutine

FAMILY = "loop owner"
REFUSED = ("RuntimeError",)


def owner(expression, imports=("import asyncio",), before=(), extra=()):
    """A sync expression of `$`, the coroutine."""

    def build(voice):
        def act(say, argument):
            return Act(list(before), expression.replace("$", say.call(argument)) + MARK)

        return Plot(coroutine(voice), act, list(imports), list(extra))

    return build


def awaited(expression, imports=("import asyncio",), before=()):
    def build(voice):
        def act(say, argument):
            return Act(list(before), expression.replace("$", say.call(argument)), True)

        return Plot(coroutine(voice), act, list(imports))

    return build


def runner(voice):
    def act(say, argument):
        call = say.call(argument)
        return Act(["with asyncio.Runner() as runner:", f"    reply = runner.run({call}){MARK}"], "reply")

    return Plot(coroutine(voice), act)


def own_loop(voice):
    def act(say, argument):
        call = say.call(argument)
        lines = [
            "loop = asyncio.new_event_loop()", "try:", f"    reply = loop.run_until_complete({call}){MARK}",
            "finally:", "    loop.close()",
        ]
        return Act(lines, "reply")

    return Plot(coroutine(voice), act)


def wrapper_class(voice):
    """A class as libraries have them: the sync face of an async one."""
    name = voice.choice(["SyncClient", "Blocking", "Facade", "Bridge"])
    extra = [
        f"class {name}:", "    def __init__(self, job):", "        self.job = job", "",
        "    def get(self, *args):", f"        return asyncio.run(self.job(*args)){MARK}",
    ]

    def act(say, argument):
        return Act([], f"{name}({say.function}).get({argument}){MARK}")

    return Plot(coroutine(voice), act, extra=extra)


def sync_decorator(body, imports=()):
    """A decorator that makes a coroutine function plain."""

    def build(voice):
        name = voice.choice(["synced", "as_sync", "run_sync", "blocking"])
        inner = [line.replace("$", "function(*args)") for line in body]
        extra = [f"def {name}(function):", "    def wrapper(*args):", *("        " + line for line in inner), "    return wrapper"]

        def act(say, argument):
            return Act([f"plain = {name}({say.function})"], f"plain({argument}){MARK}")

        return Plot(coroutine(voice), act, ["import asyncio", *imports], extra=extra)

    return build


POOL = "from concurrent.futures import ThreadPoolExecutor"


def in_pool(voice):
    def act(say, argument):
        call = say.call(argument)
        lines = ["with ThreadPoolExecutor(max_workers=1) as pool:", f"    reply = pool.submit(asyncio.run, {call}).result()"]
        return Act(lines, "reply")

    return Plot(coroutine(voice), act, ["import asyncio", POOL])


def in_thread(voice):
    def act(say, argument):
        call = say.call(argument)
        lines = [
            "found = []", f"thread = threading.Thread(target=lambda: found.append(asyncio.run({call})))",
            "thread.start()", "thread.join()",
        ]
        return Act(lines, "found[0]")

    return Plot(coroutine(voice), act, ["import asyncio", "import threading"])


def guarded(voice):
    """A dual entry point: the kernel's loop takes the coroutine, a script would run it."""

    def act(say, argument):
        call = say.call(argument)
        lines = [
            "try:", "    running = asyncio.get_running_loop()", "except RuntimeError:", "    running = None",
            "if running is None:", f"    reply = asyncio.run({call})", "else:", f"    reply = await {call}",
        ]
        return Act(lines, "reply", True)

    return Plot(coroutine(voice), act)


def refused(name, build):
    return Core(FAMILY, name, build, "refused", REFUSED)


def well(name, build):
    return Core(FAMILY, name, build)


CORES = [
    refused("asyncio.run", owner("asyncio.run($)")),
    refused("run, imported", owner("run($)", ("import asyncio", "from asyncio import run"))),
    refused("aio.run", owner("aio.run($)", ("import asyncio", "import asyncio as aio"))),
    refused("run in arithmetic", owner("asyncio.run($) + 1")),
    refused("run_until_complete", owner("asyncio.get_event_loop().run_until_complete($)")),
    refused("run_until_complete, kept loop", owner("loop.run_until_complete($)", before=["loop = asyncio.get_event_loop()"])),
    refused("new loop", own_loop),
    refused("Runner", runner),
    refused("wrapper class", wrapper_class),
    refused("anyio.run", owner("anyio.run(lambda: $)", ("import asyncio", "import anyio"))),
    refused("sync decorator", sync_decorator([f"return asyncio.run($){MARK}"])),
    refused("sync decorator by a loop", sync_decorator(["loop = asyncio.new_event_loop()", f"return loop.run_until_complete($){MARK}"])),
    well("await", awaited("await $")),
    well("await in arithmetic", awaited("(await $) + 1")),
    well("gather", awaited("(await asyncio.gather($))[0]")),
    well("wait_for", awaited("await asyncio.wait_for($, timeout=5)")),
    well("run in a pool", in_pool),
    well("run in a thread", in_thread),
    well("run in to_thread", awaited("await asyncio.to_thread(asyncio.run, $)")),
    well("sync decorator by a pool", sync_decorator(
        ["with ThreadPoolExecutor() as pool:", "    return pool.submit(asyncio.run, $).result()"], [POOL])),
    well("dual entry point", guarded),
]
