"""A coroutine is made and never awaited, alone or in a list; and those that only look lost."""

from ..parts import MARK, Act, Core, Plot
from ..subjects import coroutine

ONE, MANY = "lost coroutine", "lost list"


def plot(lines, value, is_async=False, imports=("import asyncio",), body=None):
    """Statements about `$`, the coroutine, and `%`, another; `~` is the function."""

    def build(voice):
        def act(say, argument):
            def fill(line):
                line = line.replace("~", say.function) if "~" in line else line
                while "$" in line:
                    line = line.replace("$", say.call(argument), 1)
                while "%" in line:
                    line = line.replace("%", say.call(str(voice.number())), 1)
                return line

            filled = [fill(line) for line in lines]
            return Act(filled, fill(value), is_async)

        return Plot(coroutine(voice, body), act, list(imports))

    return build


def lost(family, name, lines, value="'done'", is_async=False, **more):
    return Core(family, name, plot([*lines[:-1], lines[-1] + MARK], value, is_async, **more), "never-awaited")


def well(family, name, lines, value="'done'", is_async=True, **more):
    return Core(family, name, plot(lines, value, is_async, **more))


CORES = [
    lost(ONE, "a statement", ["$"]),
    lost(ONE, "kept under a name", ["reply = $"]),
    lost(ONE, "printed", ["print($)"]),
    lost(ONE, "in a branch", ["if True:", "    $"]),
    lost(ONE, "beside an awaited one", ["reply = await $", "%"], "reply", True),
    lost(ONE, "in an f-string", ['print(f"""got {$}""")']),
    lost(ONE, "as a condition", ["ready = bool($)"]),
    well(ONE, "awaited later", ["reply = $", "kept = await reply"], "kept"),
    well(ONE, "closed", ["reply = $", "reply.close()"], is_async=False),
    well(ONE, "a task, awaited", ["task = asyncio.create_task($)", "kept = await task"], "kept"),
    well(ONE, "printed when it is there", ["print(await $)"]),
    well(ONE, "ensure_future", ["kept = await asyncio.ensure_future($)"], "kept"),
    lost(MANY, "a comprehension", ["jobs = [~(i) for i in range(3)]"], "len(jobs)"),
    lost(MANY, "a list", ["jobs = [$, %]"], "len(jobs)"),
    lost(MANY, "appended", ["jobs = []", "for i in (1, 2):", "    jobs.append(~(i))"], "len(jobs)"),
    lost(MANY, "a loop of statements", ["for i in range(2):", "    ~(i)"]),
    lost(MANY, "a dict", ["jobs = {'a': $, 'b': %}"], "sorted(jobs)"),
    lost(MANY, "a tuple", ["jobs = $, %"], "len(jobs)"),
    well(MANY, "gathered", ["jobs = [~(i) for i in range(3)]", "found = await asyncio.gather(*jobs)"], "list(found)"),
    well(MANY, "one after another", ["jobs = [$, %]", "found = [await job for job in jobs]"], "found"),
    well(MANY, "as_completed", ["jobs = [$, %]", "found = sorted([await job for job in asyncio.as_completed(jobs)])"], "found"),
    well(MANY, "a dict, awaited", ["jobs = {'a': $}", "found = {name: await job for name, job in jobs.items()}"], "found"),
    well(MANY, "a group", ["async with asyncio.TaskGroup() as group:", "    jobs = [group.create_task(~(i)) for i in range(3)]"],
         "[job.result() for job in jobs]"),
]
