"""A call where a function belongs, a function where a coroutine belongs, an async function for a
plain caller; and the right thing in each place."""

from ..parts import MARK, Act, Core, Plot
from ..subjects import coroutine, plain
from .losing import plot

CALL, FUNCTION, PLAIN = "call handed over", "function handed over", "async function handed over"
THREADS = ("import asyncio", "import threading")


def of_plain(lines, value, is_async, imports):
    """Statements about a plain function: `$` is a call of it, `~` the function, `^` the argument."""

    def build(voice):
        def act(say, argument):
            def fill(line):
                line = line.replace("^", argument)
                line = line.replace("~", say.function) if "~" in line else line
                return line.replace("$", say.call(argument)) if "$" in line else line

            filled = [fill(line) for line in lines]
            return Act(filled, fill(value), is_async)

        return Plot(plain(voice), act, list(imports))

    return build


def called(name, lines, value="kept", is_async=True, effect="raised", imports=("import asyncio",)):
    marked = [*lines[:-1], lines[-1] + MARK]
    error = ("TypeError",) if effect == "raised" else ()
    return Core(CALL, name, of_plain(marked, value, is_async, imports), effect, error)


def well_called(name, lines, value="kept", is_async=True, imports=("import asyncio",)):
    return Core(CALL, name, of_plain(lines, value, is_async, imports))


def uncalled(name, lines, value="kept"):
    return Core(FUNCTION, name, plot([*lines[:-1], lines[-1] + MARK], value, True), "raised",
                ("TypeError", "AttributeError", "ExceptionGroup"))


def handed(name, lines, value="'done'", is_async=False, effect="never-awaited", error=(), imports=("import asyncio",)):
    marked = [line + MARK if "~" in line else line for line in lines]
    return Core(PLAIN, name, plot(marked, value, is_async, imports=imports), effect, error)


def well(family, name, lines, value="kept", is_async=True, imports=("import asyncio",), **more):
    return Core(family, name, plot(lines, value, is_async, imports=imports, **more))


def coroutine_to_thread(voice):
    def act(say, argument):
        return Act([f"kept = await asyncio.to_thread({say.call(argument)}){MARK}"], "kept", True)

    return Plot(coroutine(voice), act)


EXECUTOR = "await asyncio.get_running_loop().run_in_executor(None, "

CORES = [
    called("to_thread", ["kept = await asyncio.to_thread($)"]),
    called("run_in_executor", [f"kept = {EXECUTOR}$)"]),
    called("Thread(target=)", ["thread = threading.Thread(target=$)", "thread.start()", "thread.join()"], "'joined'", False,
           "thread-error", THREADS),
    called("call_soon", ["asyncio.get_running_loop().call_soon($)", "await asyncio.sleep(0.02)"], "'called'", effect="logged"),
    called("pool.submit", ["with ThreadPoolExecutor() as pool:", "    kept = pool.submit($).result()"], is_async=False,
           imports=("from concurrent.futures import ThreadPoolExecutor",)),
    called("map", ["kept = list(map($, [1, 2]))"], is_async=False),
    called("sorted(key=)", ["kept = sorted([3, 1, 2], key=$)"], is_async=False),
    Core(CALL, "to_thread of a coroutine", coroutine_to_thread, "raised", ("TypeError",)),
    well_called("to_thread", ["kept = await asyncio.to_thread(~, ^)"]),
    well_called("run_in_executor", [f"kept = {EXECUTOR}~, ^)"]),
    well_called("a lambda for the executor", [f"kept = {EXECUTOR}lambda: $)"]),
    well_called("Thread(target=)", ["thread = threading.Thread(target=~, args=(^,))", "thread.start()", "thread.join()"], "'joined'", False,
                THREADS),
    well_called("call_soon", ["asyncio.get_running_loop().call_soon(~, ^)", "await asyncio.sleep(0.02)"], "'called'"),
    well_called("pool.submit", ["with ThreadPoolExecutor() as pool:", "    kept = pool.submit(~, ^).result()"], is_async=False,
                imports=("from concurrent.futures import ThreadPoolExecutor",)),
    well_called("map", ["kept = list(map(~, [1, 2]))"], is_async=False),
    well_called("sorted(key=)", ["kept = sorted([3, 1, 2], key=~)"], is_async=False),
    uncalled("create_task", ["task = asyncio.create_task(~)", "kept = await task"]),
    uncalled("gather", ["kept = await asyncio.gather(~)"]),
    uncalled("await", ["kept = await ~"]),
    uncalled("wait_for", ["kept = await asyncio.wait_for(~, 5)"]),
    uncalled("a group", ["async with asyncio.TaskGroup() as group:", "    kept = group.create_task(~)"], "'made'"),
    uncalled("ensure_future", ["kept = await asyncio.ensure_future(~)"]),
    well(FUNCTION, "create_task", ["task = asyncio.create_task($)", "kept = await task"]),
    well(FUNCTION, "gather", ["kept = (await asyncio.gather($))[0]"]),
    well(FUNCTION, "called where it is handed to", ["async def twice(job):", "    return await job(1) + await job(2)", "",
                                                    "kept = await twice(~)"]),
    well(FUNCTION, "a group", ["async with asyncio.TaskGroup() as group:", "    task = group.create_task($)"], "task.result()"),
    handed("map", ["found = list(map(~, [1, 2]))"], "len(found)"),
    handed("sorted(key=)", ["found = sorted([3, 1, 2], key=~)"], "found", effect="raised", error=("TypeError",)),
    handed("filter", ["found = list(filter(~, [2, 3]))"], "found"),
    handed("Thread(target=)", ["thread = threading.Thread(target=~, args=(1,))", "thread.start()", "thread.join()"], imports=THREADS),
    handed("to_thread", ["found = await asyncio.to_thread(~, 1)"], is_async=True),
    handed("run_in_executor", [f"found = {EXECUTOR}~, 1)"], is_async=True),
    handed("call_soon", ["asyncio.get_running_loop().call_soon(~, 1)", "await asyncio.sleep(0.02)"], is_async=True),
    handed("call_later", ["asyncio.get_running_loop().call_later(0.005, ~, 1)", "await asyncio.sleep(0.04)"], is_async=True),
    handed("add_done_callback", ["task = asyncio.create_task(asyncio.sleep(0))", "task.add_done_callback(~)", "await task",
                                 "await asyncio.sleep(0.02)"], is_async=True),
    handed("pool.map", ["with ThreadPoolExecutor() as pool:", "    found = list(pool.map(~, [1, 2]))"], "len(found)",
           imports=("import asyncio", "from concurrent.futures import ThreadPoolExecutor")),
    handed("max(key=)", ["found = max([3, 1, 2], key=~)"], "found", effect="raised", error=("TypeError",)),
    well(PLAIN, "map, gathered", ["kept = await asyncio.gather(*map(~, [1, 2]))"], "list(kept)"),
    well(PLAIN, "to_thread, then awaited", ["kept = await (await asyncio.to_thread(~, 1))"]),
    well(PLAIN, "call_soon of create_task", ["running = []", "asyncio.get_running_loop().call_soon(lambda: running.append(asyncio.create_task($)))",
                                             "await asyncio.sleep(0.02)", "kept = await running[0]"]),
    well(PLAIN, "sorted by what came", ["found = {i: await ~(i) for i in (3, 1, 2)}", "kept = sorted(found, key=found.get)"]),
    well(PLAIN, "a callback that starts a task", ["def go(_):", "    later.append(asyncio.ensure_future($))", "", "later = []",
                                                 "task = asyncio.create_task(asyncio.sleep(0))", "task.add_done_callback(go)", "await task",
                                                 "await asyncio.sleep(0.02)", "kept = await later[0]"]),
]
