"""Names and numbers as notebook users choose them, drawn from a seed."""

FETCH = ["fetch", "load", "get_page", "read_row", "download", "query", "lookup", "ask", "get_user", "fetch_price"]
PLAIN = ["double", "parse", "score", "clean", "count_words", "estimate", "normalize", "measure"]
WRAP = ["main", "collect", "report", "process", "refresh", "update", "prepare", "run_step", "summarize", "get_answer"]
PARAM = ["n", "item", "page", "index", "row", "user_id", "step", "size"]
CLASS = ["Client", "Store", "Session", "Loader", "Service", "Source", "Reader", "Pipeline"]
MODULE = ["helpers", "tools", "pipeline", "my_client", "lib_fetch", "shared_code"]
RESULT = ["result", "data", "answer", "total", "value", "out", "first", "score_now"]
TABLE = ["JOBS", "STEPS", "handlers", "actions", "loaders", "TASKS"]
HELP = ["apply", "call", "launch", "execute", "do", "invoke"]
MAKE = ["make_loader", "build", "make_job", "get_worker", "create"]
DECORATE = ["logged", "timed", "traced", "retry", "checked", "counted"]

NOISE = [
    ["threshold = 3"],
    ["config = {'retries': 3, 'verbose': False}"],
    ["names = ['ada', 'grace', 'linus']", "print(len(names))"],
    ["import math", "print(round(math.pi, 2))"],
    ["squares = [x ** 2 for x in range(5)]", "squares"],
    ["# the numbers below are from the last run", "baseline = 0.75"],
    ["print('ready')"],
    ["from pathlib import Path", "here = Path('.')"],
    ["def as_percent(share):", "    return f'{share:.0%}'", "", "as_percent(0.5)"],
    ["labels = dict(a=1, b=2)", "for label in labels:", "    print(label)"],
]
COMMENTS = ["# get the data", "# try it out", "# TODO: tidy up", "# one item is enough here", "# now the real thing"]


class Voice:
    """Draws words; no word of one kind is drawn twice for a notebook."""

    def __init__(self, rng):
        self.rng = rng
        self.used = set()

    def pick(self, pool):
        free = [word for word in pool if word not in self.used]
        word = self.rng.choice(free or [f"{pool[0]}_{len(self.used)}"])
        self.used.add(word)
        return word

    def choice(self, options):
        return self.rng.choice(options)

    def chance(self, share):
        return self.rng.random() < share

    def number(self):
        return self.rng.randint(2, 9)
