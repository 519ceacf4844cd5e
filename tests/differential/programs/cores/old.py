"""What asyncio no longer has; and what it has in its place."""

from ..parts import Core
from .losing import plot

FAMILY = "removed from asyncio"
MARK = "  #@"


def gone(name, lines, value, error, is_async=True):
    marked = [line[:-1] + MARK if line.endswith("!") else line for line in lines]
    return Core(FAMILY, name, plot(marked, value, is_async), "raised", error)


def well(name, lines, value="kept", is_async=True):
    return Core(FAMILY, name, plot(lines, value, is_async))


CORES = [
    gone("sleep(loop=)", ["loop = asyncio.get_running_loop()", "await asyncio.sleep(0, loop=loop)!", "kept = await $"], "kept", ("TypeError",)),
    gone("Queue(loop=)", ["inbox = asyncio.Queue(loop=asyncio.get_running_loop())!", "await inbox.put(await $)"], "inbox.get_nowait()",
         ("TypeError",)),
    gone("gather(loop=)", ["kept = await asyncio.gather($, loop=asyncio.get_running_loop())!"], "kept", ("TypeError",)),
    gone("Lock(loop=)", ["lock = asyncio.Lock(loop=asyncio.get_running_loop())!", "async with lock:", "    kept = await $"], "kept",
         ("TypeError",)),
    gone("wait_for(loop=)", ["kept = await asyncio.wait_for($, 5, loop=asyncio.get_running_loop())!"], "kept", ("TypeError",)),
    gone("asyncio.coroutine", ["@asyncio.coroutine!", "def old():", "    return 1", "", "kept = await $"], "kept", ("AttributeError",)),
    gone("Task.all_tasks", ["kept = await $", "running = asyncio.Task.all_tasks()!"], "kept", ("AttributeError",)),
    gone("Task.current_task", ["task = asyncio.Task.current_task()!", "kept = await $"], "kept", ("AttributeError",)),
    gone("wait of coroutines", ["done, pending = await asyncio.wait([$, %])!"], "len(done)", ("TypeError",)),
    gone("wait of a comprehension", ["done, pending = await asyncio.wait([~(i) for i in range(3)])!"], "len(done)", ("TypeError",)),
    well("sleep", ["await asyncio.sleep(0)", "kept = await $"]),
    well("Queue", ["inbox = asyncio.Queue()", "await inbox.put(await $)", "kept = inbox.get_nowait()"]),
    well("all_tasks", ["kept = await $", "running = asyncio.all_tasks()"]),
    well("wait of tasks", ["done, pending = await asyncio.wait([asyncio.create_task($), asyncio.create_task(%)])"], "len(done)"),
    well("wait of tasks with a limit", ["task = asyncio.ensure_future($)", "done, pending = await asyncio.wait({task}, timeout=5)",
                                        "kept = done.pop().result()"]),
    well("Lock", ["lock = asyncio.Lock()", "async with lock:", "    kept = await $"]),
]
