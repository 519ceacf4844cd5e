# Runs in the kernel, in a dictionary of its own, after pulse.py: notes when each task ran.
# A step of a task is a callback of the loop that is bound to the task; it is called as before, and
# only its time is noted. No coroutine is wrapped, so that tracebacks and reprs stay as they are.
# Source: asyncio.tasks.Task, whose steps go through loop.call_soon in Python and in C.
# No task is kept alive for it: what the loop says of a task that nobody needs comes as ever.
import asyncio, sys, time, weakref


class Tasks:
    most = 4000
    names = 200

    def __init__(self, loop):
        self.loop = loop
        self.start = time.monotonic()
        self.seen = {}
        self.gone = []
        self.steps = 0
        self.plain = loop.call_soon
        loop.call_soon = self.call_soon

    def call_soon(self, callback, *args, **kwargs):
        task = getattr(callback, "__self__", None)
        if isinstance(task, asyncio.Task) and not isinstance(callback, Step):
            self.row(task)
            callback = Step(self, task, callback)
        return self.plain(callback, *args, **kwargs)

    def row(self, task):
        key = id(task)
        # Another task may have had this number.
        if key in self.seen and self.seen[key][0]() is not task:
            self.gone.append(self.seen.pop(key))
        if key not in self.seen and len(self.seen) + len(self.gone) < self.names:
            coro = task.get_coro()
            code = getattr(coro, "cr_code", None) or getattr(coro, "gi_code", None)
            name, line, file = getattr(code, "co_name", "?"), 0, getattr(code, "co_filename", "")
            if "ipykernel_" in file or file.startswith("<ipython-input"):
                line = code.co_firstlineno
            elif self.is_kernels(code, coro):
                name = ""
            name = name if name.isidentifier() or not name else "?"
            self.seen[key] = [weakref.ref(task), name, line, time.monotonic(), None, []]
        return self.seen.get(key)

    def is_kernels(self, code, coro):
        module = getattr(getattr(coro, "cr_frame", None), "f_globals", {}).get("__name__", "")
        return module.split(".")[0] in ("ipykernel", "IPython", "tornado", "zmq", "anyio")

    def step(self, task, began):
        row, now = self.row(task), time.monotonic()
        if row is not None:
            if self.steps < self.most:
                self.steps += 1
                row[5].append((began, now))
            if task.done():
                row[4] = now

    def take(self):
        end = time.monotonic()
        # The kernel's own task runs this very line: what it did until now is a step without an end.
        current = asyncio.current_task()
        if current is not None and id(current) in Step.running:
            self.step(current, Step.running[id(current)])
        out = []
        for task, name, line, made, done, runs in self.gone + list(self.seen.values()):
            ms = lambda at: int(max(at - self.start, 0) * 1000 + 0.5)
            pairs = " ".join("%d:%d" % (ms(a), ms(b) - ms(a)) for a, b in runs if b >= self.start)
            out.append("%s|%d|%d|%d|%s" % (name, line, ms(made), ms(done or end), pairs))
        self.gone = []
        self.seen = {k: row for k, row in self.seen.items() if row[4] is None and row[0]() is not None}
        for row in self.seen.values():
            row[5] = []
        self.start, self.steps = end, 0
        if current is not None and id(current) in Step.running:
            Step.running[id(current)] = end
        return ";".join(out)


class Step:
    running = {}

    def __init__(self, tasks, task, callback):
        self.tasks, self.task, self.callback = tasks, task, callback

    @property
    def __self__(self):
        return self.task

    def __call__(self, *args):
        key = id(self.task)
        Step.running[key] = time.monotonic()
        try:
            return self.callback(*args)
        finally:
            self.tasks.step(self.task, Step.running.pop(key, self.tasks.start))


running = asyncio.get_running_loop()
known = sys.__dict__.get("_nbasync_tasks")
# A loop that is no selector's does not let its calls be watched.
if hasattr(running, "_selector") and (known is None or known.loop is not running):
    sys._nbasync_tasks = Tasks(running)
