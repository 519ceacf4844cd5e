"""Hands notebooks to a kernel process and gathers the answers."""

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ZYGOTE, FULL = HERE / "zygote.py", HERE / "full.py"


def job(number, program):
    return json.dumps({"id": number, "cells": program["cells"], "files": program.get("files", {})}) + "\n"


def feed(process, jobs):
    process.stdin.write("".join(jobs))
    process.stdin.close()


def ask(python, programs, script=ZYGOTE, at_once=6, progress=True):
    """The kernel's versions, and its answers in the order of the programs."""
    command = [python, "-B", "-Xfrozen_modules=off", str(script), str(at_once)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    versions = json.loads(process.stdout.readline())["versions"]
    versions.pop("threads", None)
    feed(process, [job(number, program) for number, program in enumerate(programs)])
    answers = [None] * len(programs)
    for count, line in enumerate(process.stdout, 1):
        answer = json.loads(line)
        number = answer.pop("id")
        answers[number] = compact(answer)
        if progress and count % 500 == 0:
            print(f"  {python}: {count} of {len(programs)}", file=sys.stderr)
    if process.wait() != 0 or None in answers:
        sys.exit(f"{python}: the kernel process ended before it had answered")
    return versions, answers


# What is different each time, or on each machine, and what stands for it.
PASSING = [
    (re.compile(r"Task <.*> got Future <.*> attached"), "Task <…> got Future <…> attached"),
    (re.compile(r"0x[0-9a-f]+"), "0x…"), (re.compile(r"name='Task-\d+'"), "name='Task-…'"),
    (re.compile(r"/[^\s:>']*/ipykernel_\d+/\d+\.py"), "cell.py"), (re.compile(r"/[^\s:>']*/([\w.]+\.py)(:\d+)?"), r"\1"),
]


def steady(message):
    for passing, instead in PASSING:
        message = passing.sub(instead, message)
    return message


def compact(answer):
    """Only the cells of which there is something to tell, by their index."""
    cells = {str(index): cell for index, cell in enumerate(answer.pop("cells")) if cell}
    for cell in cells.values():
        if "message" in cell:
            cell["message"] = steady(cell["message"])
    return {**({"cells": cells} if cells else {}), **answer}


def shared(names, answers):
    """The first kernel's answer, and those of the others where they differ."""
    first, *others = answers
    differ = {name: answer for name, answer in zip(names[1:], others) if answer != first}
    return {"answer": first, **({"differ": differ} if differ else {})}


def spread(names, record):
    """The answer of each kernel again."""
    return {name: record.get("differ", {}).get(name, record["answer"]) for name in names}
