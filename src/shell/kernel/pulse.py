# Runs in the kernel, in a dictionary of its own: notes how long the loop stood still.
# The loop is not woken for it, since a loop that turns more often acts on interrupts, and on what
# other threads do, sooner: every turn ends in a call of the selector, and that call is watched.
# Source: asyncio.base_events.BaseEventLoop._run_once.
import asyncio, sys, time


class Pulse:
    least = 0.005
    most = 5000

    def __init__(self, loop):
        self.loop = loop
        self.stalls = []
        self.start = self.woken = time.monotonic()
        select = loop._selector.select

        def watched(*args, **kwargs):
            self.note()
            try:
                return select(*args, **kwargs)
            finally:
                self.woken = time.monotonic()

        loop._selector.select = watched

    def note(self):
        now = time.monotonic()
        length = now - self.woken
        if length > self.least and len(self.stalls) < self.most:
            self.stalls.append((self.woken - self.start, length))
        self.woken = now

    def take(self):
        self.note()
        text = " ".join("%d:%d" % (start * 1000, length * 1000) for start, length in self.stalls)
        self.stalls = []
        self.start = self.woken
        return text


running = asyncio.get_running_loop()
known = sys.__dict__.get("_nbasync_pulse")
# A loop that is no selector's notes nothing.
if hasattr(running, "_selector") and (known is None or known.loop is not running):
    sys._nbasync_pulse = Pulse(running)
