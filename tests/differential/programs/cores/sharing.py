"""Something of one loop used on another; an error that the handler cannot catch; and the ways that
work."""

from ..parts import Core
from .losing import plot

SHARED, HANDLER = "shared between loops", "handler cannot catch"
MARK = "  #@"
FAILING = ["await asyncio.sleep(0)", "raise ValueError($)"]


def faulty(family, name, lines, value, error, is_async=True, body=None):
    """`!` ends the guilty line."""
    marked = [line[:-1] + MARK if line.endswith("!") else line for line in lines]
    return Core(family, name, plot(marked, value, is_async, body=body), "raised", error)


def well(family, name, lines, value="kept", is_async=True, body=None):
    return Core(family, name, plot(lines, value, is_async, body=body))


SERVE = ["kept = await $"]
OTHER = "await asyncio.to_thread(asyncio.run, "


CORES = [
    faulty(SHARED, "an event", [
        *SERVE, "ready = asyncio.Event()", "waiting = asyncio.create_task(ready.wait())", "await asyncio.sleep(0)",
        "try:", f"    {OTHER}ready.wait())!", "finally:", "    ready.set()", "    await waiting"], "kept", ("RuntimeError",)),
    faulty(SHARED, "a queue", [
        *SERVE, "inbox = asyncio.Queue()", "reading = asyncio.create_task(inbox.get())", "await asyncio.sleep(0)",
        "try:", f"    {OTHER}inbox.get())!", "finally:", "    inbox.put_nowait(1)", "    await reading"], "kept", ("RuntimeError",)),
    faulty(SHARED, "a lock", [
        *SERVE, "lock = asyncio.Lock()", "await lock.acquire()", "second = asyncio.create_task(lock.acquire())", "await asyncio.sleep(0)",
        "try:", f"    {OTHER}lock.acquire())!", "finally:", "    lock.release()", "    await second"], "kept", ("RuntimeError",)),
    faulty(SHARED, "a future", [
        *SERVE, "future = asyncio.get_running_loop().create_future()", "async def wait():", "    return await future", "",
        f"kept = {OTHER}wait())!"], "kept", ("RuntimeError",)),
    faulty(SHARED, "a task", [
        "task = asyncio.create_task($)", "async def wait():", "    return await task!", "",
        "try:", f"    kept = {OTHER}wait())!", "finally:", "    await asyncio.sleep(0.3)"], "kept", ("RuntimeError",),
        body=["await asyncio.sleep(0.2)", "return $"]),
    well(SHARED, "an event of its own", [
        *SERVE, "async def signal():", "    ready = asyncio.Event()", "    ready.set()", "    return await ready.wait()", "",
        f"seen = {OTHER}signal())"]),
    well(SHARED, "a queue on one loop", ["inbox = asyncio.Queue()", "await inbox.put(await $)", "kept = await inbox.get()"]),
    well(SHARED, "made here, used there only", ["inbox = asyncio.Queue()", "inbox.put_nowait(await $)", f"kept = {OTHER}inbox.get())"]),
    well(SHARED, "a lock on one loop", ["lock = asyncio.Lock()", "async with lock:", "    kept = await $"]),
    well(SHARED, "a coroutine on the other loop", [f"kept = {OTHER}$)"]),
    faulty(HANDLER, "a group's error", [
        "try:", "    async with asyncio.TaskGroup() as group:!", "        task = group.create_task($)",
        "except ValueError:", "    kept = 0"], "0", ("ExceptionGroup",), body=FAILING),
    faulty(HANDLER, "where the coroutine is made", [
        "try:", "    reply = $", "except ValueError:", "    reply = None", "kept = await reply!"], "kept", ("ValueError",), body=FAILING),
    faulty(HANDLER, "where the task is made", [
        "try:", "    task = asyncio.create_task($)", "except ValueError:", "    task = None", "kept = await task!"], "kept",
        ("ValueError",), body=FAILING),
    faulty(HANDLER, "gathered outside", [
        "try:", "    jobs = [$]", "except ValueError:", "    jobs = []", "kept = await asyncio.gather(*jobs)!"], "kept", ("ValueError",),
        body=FAILING),
    well(HANDLER, "except*", [
        "kept = None", "try:", "    async with asyncio.TaskGroup() as group:", "        task = group.create_task($)",
        "except* ValueError:", "    kept = 0"], body=FAILING),
    well(HANDLER, "around the await", ["try:", "    kept = await $", "except ValueError:", "    kept = 0"], body=FAILING),
    well(HANDLER, "around the task's await", [
        "task = asyncio.create_task($)", "try:", "    kept = await task", "except ValueError:", "    kept = 0"], body=FAILING),
    well(HANDLER, "return_exceptions", ["found = await asyncio.gather($, return_exceptions=True)"], "type(found[0]).__name__", body=FAILING),
    well(HANDLER, "the group itself", [
        "kept = None", "try:", "    async with asyncio.TaskGroup() as group:", "        task = group.create_task($)",
        "except ExceptionGroup as group:", "    kept = len(group.exceptions)"], body=FAILING),
]
