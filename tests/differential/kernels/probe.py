"""Runs inside the kernel and writes down what each cell brings: warnings, messages, stand-still.

Its text is also sent to full kernels, so it imports nothing from its neighbours."""

import asyncio
import gc
import json
import logging
import re
import sys
import threading
import time
import warnings

# A thread beats every BEAT seconds; the loop stood still when STILL beats passed without a turn.
# Beats and not seconds are counted, so that a busy machine slows both.
BEAT, STILL = 0.02, 12
# Seconds that the loop is given after a cell, and after the last one.
SETTLE, LAST = 0.03, 0.12

NEVER_AWAITED = re.compile(r"coroutine '(.+?)' was never awaited")
OWN = ("ipykernel", "IPython", "tornado", "zmq", "jupyter_client", "traitlets")
# No floats: they are times.
PLAIN = (int, str, bytes, bool, type(None))


def is_plain(value, depth=0):
    """Whether a value is data that another run would give again."""
    if isinstance(value, PLAIN):
        return "127.0.0.1:" not in str(value)
    if depth > 3:
        return False
    if isinstance(value, (list, tuple, set)):
        return all(is_plain(item, depth + 1) for item in value)
    return isinstance(value, dict) and all(is_plain(part, depth + 1) for pair in value.items() for part in pair)


class Probe(logging.Handler):
    """What happens from `begin` to `end` is one record."""

    def __init__(self, shell):
        super().__init__(logging.ERROR)
        self.shell = shell
        self.names = set(shell.user_ns)
        self.loop = asyncio.get_running_loop()
        self.base = set(asyncio.all_tasks(self.loop))
        self.beats = self.seen = self.worst = 0
        self.clear()
        logging.getLogger("asyncio").addHandler(self)
        logging.getLogger("asyncio").propagate = False
        warnings.showwarning = self.on_warning
        threading.excepthook = self.on_thread
        self.show = shell._showtraceback
        shell._showtraceback = self.on_traceback
        threading.Thread(target=self.beat, daemon=True).start()

    def clear(self):
        self.lost, self.threads, self.logged = [], [], []
        self.error = {}
        self.seen, self.worst = self.beats, 0

    def beat(self):
        while True:
            time.sleep(BEAT)
            self.beats += 1
            try:
                self.loop.call_soon_threadsafe(self.turn)
            except RuntimeError:
                return

    def turn(self):
        self.worst = max(self.worst, self.beats - self.seen)
        self.seen = self.beats

    def on_warning(self, message, category, filename, lineno, file=None, line=None):
        found = NEVER_AWAITED.search(str(message))
        if found:
            self.lost.append(found[1].rpartition(".")[2])

    def on_traceback(self, kind, value, lines):
        """Also what a magic shows and keeps to itself, as `%time` does before IPython 9."""
        self.error = {"error": kind.__name__, "message": str(value)}
        self.show(kind, value, lines)

    def on_thread(self, args):
        self.threads.append(args.exc_type.__name__)

    def emit(self, record):
        text = record.getMessage()
        kinds = [("destroyed", "was destroyed but it is pending"), ("unretrieved", "exception was never retrieved"), ("callback", "Exception in callback")]
        self.logged += [kind for kind, words in kinds if words in text]

    def begin(self):
        self.clear()

    async def end(self):
        await asyncio.sleep(SETTLE)
        return self.record()

    def record(self):
        self.turn()
        record = {
            "lost": sorted(set(self.lost)), "threads": sorted(set(self.threads)), "logged": sorted(set(self.logged)),
            "still": self.worst >= STILL, **self.error,
        }
        self.clear()
        return {name: value for name, value in record.items() if value}

    def is_own(self, task):
        code = getattr(task.get_coro(), "cr_code", None)
        parts = code.co_filename.replace("\\", "/").split("/") if code else []
        return any(part in OWN or part.startswith("ipykernel_launcher") for part in parts[:-1])

    async def finish(self):
        """What is there after the last cell: pending tasks, values, and what comes to light when
        everything is let go."""
        await asyncio.sleep(LAST)
        late = self.record()
        mine = asyncio.all_tasks(self.loop) - self.base - {asyncio.current_task()}
        pending = sorted(task.get_coro().__name__ for task in mine if not self.is_own(task) and not self.is_cell(task))
        space = self.shell.user_ns
        kept = {name: value for name, value in space.items() if name not in self.names and not name.startswith("_")}
        values = {name: repr(value)[:200] for name, value in sorted(kept.items()) if is_plain(value)}
        del kept, mine
        self.let_go(space)
        await asyncio.sleep(SETTLE)
        gc.collect()
        rest = self.record()
        rest.pop("still", None)
        last = {"late": late, "pending": pending, "rest": rest, "values": values}
        return {name: value for name, value in last.items() if value}

    def is_cell(self, task):
        """The kernel runs this very cell in a task."""
        code = getattr(task.get_coro(), "cr_code", None)
        return code is not None and code.co_name in ("run_cell_async", "<cell line: 1>", "<module>")

    def let_go(self, space):
        for name in [name for name in space if name not in self.names]:
            del space[name]
        hook = self.shell.displayhook
        for name in ("_", "__", "___"):
            space.pop(name, None)
            setattr(hook, name, "")
        space.get("_oh", {}).clear()
        for name in ("last_traceback", "last_type", "last_value", "last_exc"):
            if hasattr(sys, name):
                delattr(sys, name)
        self.shell._last_traceback = None
        self.shell.last_execution_result = None
        for module in [name for name, it in sys.modules.items() if getattr(it, "__beside__", False)]:
            del sys.modules[module]
        gc.collect()


def told(record):
    print("PROBE " + json.dumps(record))
