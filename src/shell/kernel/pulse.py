# Runs in the kernel, in a dictionary of its own: notes how long the loop stood still.
# A timer and not a task, so that asyncio.all_tasks() does not show it.
import asyncio, sys, time


class Pulse:
    every = 0.01
    least = 0.005
    most = 5000

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.stalls = []
        self.start = self.last = time.monotonic()
        self.loop.call_later(self.every, self.beat)

    def beat(self):
        self.note()
        if self is sys.__dict__.get("_nbasync_pulse") and not self.loop.is_closed():
            self.loop.call_later(self.every, self.beat)

    def note(self):
        now = time.monotonic()
        late = now - self.last - self.every
        if late > self.least and len(self.stalls) < self.most:
            self.stalls.append((self.last - self.start, now - self.last))
        self.last = now

    def take(self):
        self.note()
        text = " ".join("%d:%d" % (start * 1000, length * 1000) for start, length in self.stalls)
        self.stalls = []
        self.start = self.last
        return text


sys._nbasync_pulse = Pulse()
