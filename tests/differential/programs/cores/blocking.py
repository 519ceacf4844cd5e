"""A call holds the loop while another task waits for its turn; and calls that let it go."""

from ..parts import MARK, Act, Core, Plot
from ..subjects import plain

FAMILY = "blocking call"

TICKER = [
    "async def tick():", "    for _ in range(3):", "        await asyncio.sleep(0.01)", "    return 'ticked'",
]


def beside(work, body, imports=(), needs=()):
    """A coroutine function that does `work` runs beside one that ticks. In `work`, `$` is a call of
    the plain function whose body is given, and `~` the function."""

    def build(voice):
        name = voice.choice(["crunch", "handle", "work", "serve"])

        def act(say, argument):
            lines = [line.replace("$", say.call("number")) if "$" in line else line for line in work]
            lines = [line.replace("~", say.function) if "~" in line else line for line in lines]
            before, say.before = say.before, []
            define = [f"async def {name}(number):", *("    " + line for line in before + lines), ""]
            return Act([*define, f"pair = await asyncio.gather(tick(), {name}({argument}))"], "pair[1]", True)

        return Plot(plain(voice, body), act, ["import asyncio", *imports], list(needs), TICKER)

    return build


HELD = [f"kept = ${MARK}", "return kept"]


def held(name, body, *imports, needs=()):
    """`!` ends the line that holds the loop."""
    marked = [line[:-1] + MARK if line.endswith("!") else line for line in body]
    return Core(FAMILY, name, beside(HELD, marked, imports, needs), "stood-still")


def well(name, work, body, *imports):
    return Core(FAMILY, name, beside(work, body, imports))


def plain_notebook(voice):
    """Nobody else waits, and no coroutine is about."""

    def act(say, argument):
        return Act([], say.call(argument))

    return Plot(plain(voice, ["time.sleep(0.45)", "return $ + 1"]), act, ["import time"])


NEVER_ANSWERS = [
    "# Takes connections and never answers.", "server = socket.create_server(('127.0.0.1', 0))",
    "address = 'http://127.0.0.1:%d/' % server.getsockname()[1]",
]
SLEEP = ["time.sleep(0.45)", "return $ + 1"]
POOL = "from concurrent.futures import ThreadPoolExecutor"

CORES = [
    held("time.sleep", ["time.sleep(0.45)!", "return $ + 1"], "import time"),
    held("sleep, imported", ["sleep(0.45)!", "return $"], "from time import sleep"),
    held("subprocess.run", ["subprocess.run(['sleep', '0.45'])!", "return $"], "import subprocess"),
    held("os.system", ["os.system('sleep 0.45')!", "return $"], "import os"),
    held("check_output", ["subprocess.check_output('sleep 0.45; echo 1', shell=True)!", "return $ * 2"], "import subprocess"),
    held("a pipe", ["kept = subprocess.Popen(['sleep', '0.45'], stdout=subprocess.PIPE).stdout.read()!", "return $ + len(kept)"],
         "import subprocess"),
    held("a thread joined", ["thread = threading.Thread(target=time.sleep, args=(0.45,))", "thread.start()", "thread.join()!", "return $"],
         "import time", "import threading"),
    held("a queue", ["try:", "    inbox.get(timeout=0.45)!", "except queue.Empty:", "    pass", "return $"], "import queue",
         needs=["inbox = queue.Queue()"]),
    held("a socket", ["server = socket.create_server(('127.0.0.1', 0))", "server.settimeout(0.45)", "try:", "    server.accept()!",
                      "except TimeoutError:", "    pass", "server.close()", "return $"], "import socket"),
    held("urlopen", ["try:", "    urlopen(address, timeout=0.45).read()!", "except OSError:", "    pass", "return $"],
         "import socket", "from urllib.request import urlopen", needs=NEVER_ANSWERS),
    held("a pool's result", ["reply = pool.submit(time.sleep, 0.45).result()!", "return $"], "import time", POOL,
         needs=["pool = ThreadPoolExecutor(max_workers=1)"]),
    held("busy", ["total = 0", "for a in range(6_000):!", "    for b in range(2_000):", "        total += a ^ b", "return $"]),
    well("to_thread", ["kept = await asyncio.to_thread(~, number)", "return kept"], SLEEP, "import time"),
    well("an executor", ["loop = asyncio.get_running_loop()", "kept = await loop.run_in_executor(None, ~, number)", "return kept"], SLEEP,
         "import time"),
    well("asyncio.sleep", ["await asyncio.sleep(0.2)", "kept = $", "return kept"], ["return $ + 1"]),
    well("an async subprocess", ["process = await asyncio.create_subprocess_exec('sleep', '0.2')", "await process.wait()", "kept = $",
                                 "return kept"], ["return $ + 1"]),
    well("a short computation", ["kept = $", "return kept"], ["return sum(range($))"]),
    Core(FAMILY, "a plain notebook", plain_notebook, still=True),
]
