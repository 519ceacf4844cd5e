#!/usr/bin/env python3
"""Writes notebooks, asks kernels what they do, and keeps the answers. See README.md."""

import argparse
import json
import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

from kernels import environments, judge, pool
from programs.combine import programs

HERE = Path(__file__).resolve().parent
RECORDINGS = HERE / "recordings"
REPAIRED = "repaired.jsonl"


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=False) + "\n"


def slug(core):
    return re.sub(r"[^a-z]+", "_", core.removesuffix(", done well")).strip("_")


def settled(name, python, chosen, answers):
    """Asks again, with nothing beside, where the answer is doubtful."""
    for _ in range(2):
        odd = [number for number, (program, answer) in enumerate(zip(chosen, answers)) if judge.doubtful(program, answer)]
        if not odd:
            break
        print(f"  {name}: {len(odd)} asked again", file=sys.stderr)
        _, again = pool.ask(python, [chosen[number] for number in odd], at_once=1, progress=False)
        for number, answer in zip(odd, again):
            answers[number] = answer
    return answers


def disagreements(name, chosen, answers):
    found = []
    for program, answer in zip(chosen, answers):
        why = judge.disagreement(program, answer)
        if why:
            cells = "\n# %%\n".join(program["cells"])
            found.append(f"--- {program['core']} / {program['kind']} / {program['dress']} / {program['level']} in {name}\n{why}\n{cells}")
    return found


def asked(chosen, kernels, at_once):
    """The versions of each kernel and its answers; the kernels are asked side by side."""
    with ThreadPoolExecutor(len(kernels)) as side:
        found = side.map(lambda kernel: pool.ask(kernel[1], chosen, at_once=at_once), kernels)
        found = dict(zip([name for name, _ in kernels], found))
    return {name: one for name, (one, _) in found.items()}, {name: answers for name, (_, answers) in found.items()}


def record(chosen, kernels, at_once):
    """The versions of the kernels, each program with its answers, and where the two disagree."""
    versions, answers = asked(chosen, kernels, at_once)
    odd = []
    for name, python in kernels:
        answers[name] = settled(name, python, chosen, answers[name])
        odd += disagreements(name, chosen, answers[name])
    rows = zip(chosen, zip(*answers.values()))
    return versions, [{**program, **pool.shared(list(answers), list(row))} for program, row in rows], odd


def report(odd):
    """Says where expectation and kernel do not agree: a mistake of the generator."""
    for text in odd[:20]:
        print(text)
    print(f"{len(odd)} disagreements between generator and kernels")
    return 1 if odd else 0


def write_records(path, seed, versions, records):
    head = {"seed": seed, "kernels": versions}
    path.write_text(line(head) + "".join(line(record) for record in records))


def text_of(program):
    return json.dumps([program["cells"], program.get("files", {})])


def recorded():
    """What is recorded of each text, with the kernels' versions."""
    versions, found = None, {}
    for path in sorted(RECORDINGS.glob("*.jsonl")):
        if path.name != REPAIRED:
            head, *records = [json.loads(text) for text in path.read_text().splitlines()]
            versions = head["kernels"]
            found.update((text_of(one), one) for one in records)
    return versions, found


def do_record(options):
    """Asks kernels about every core and dress, or only about texts that are new."""
    chosen, _ = programs(options.seed, options.each)
    kept, known = recorded() if options.new else (None, {})
    wanted = [program for program in chosen if text_of(program) not in known]
    versions, records, odd = record(wanted, environments.named(options.kernel), options.at_once)
    if report(odd):
        return 1
    if kept not in (None, versions):
        sys.exit(f"the recordings are of other kernels: {kept}")
    known.update((text_of(one), one) for one in records)
    told = ("answer", "differ")
    records = [{**program, **{name: part for name, part in known[text_of(program)].items() if name in told}} for program in chosen]
    for old in RECORDINGS.glob("*.jsonl"):
        if old.name != REPAIRED:
            old.unlink()
    shelves = {}
    for one in records:
        shelves.setdefault(slug(one["core"]), []).append(one)
    for name, shelf in shelves.items():
        write_records(RECORDINGS / f"{name}.jsonl", options.seed, versions, shelf)
    print(f"{len(records)} notebooks recorded")
    return 0


def sample(options):
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1, 10**6)
    print(f"seed {seed}")
    chosen, _ = programs(seed, 1)
    return seed, random.Random(seed).sample(chosen, min(options.count, len(chosen)))


def do_fresh(options):
    seed, chosen = sample(options)
    versions, records, odd = record(chosen, environments.named(options.kernel), options.at_once)
    write_records(Path(options.out), seed, versions, records)
    return report(odd)


def do_verify(options):
    """Whether forked and full kernels answer the same."""
    _, chosen = sample(options)
    different = 0
    for name, python in environments.named(options.kernel):
        versions, forked = pool.ask(python, chosen, at_once=options.at_once, progress=False)
        _, full = pool.ask(python, chosen, pool.FULL, progress=False)
        unlike = [row for row in zip(chosen, forked, full) if row[1] != row[2]]
        print(f"{name} {versions}: {len(chosen) - len(unlike)} of {len(chosen)} the same")
        for program, one, other in unlike:
            print(f"  {program['core']} / {program['kind']} / {program['dress']}\n    forked {one}\n    full   {other}")
        different += len(unlike)
    return 1 if different else 0


def do_agree(options):
    """Holds the recordings against their own expectations, without a kernel."""
    odd = []
    versions, known = recorded()
    for one in known.values():
        for name, answer in pool.spread(versions, one).items():
            odd += disagreements(name, [one], [answer])
    print(f"{len(known)} notebooks")
    return report(odd)


def do_repairs(options):
    """Runs repaired notebooks, as the test in Rust wrote them down, and keeps what kernels say."""
    wanted = [json.loads(text) for text in Path(options.wanted).read_text().splitlines()]
    path = Path(options.out) if options.out else RECORDINGS / REPAIRED
    known = {}
    if path.exists():
        known = {one["key"]: one for one in map(json.loads, path.read_text().splitlines()[1:])}
    kernels = environments.named(options.kernel)
    versions, answers = asked(wanted, kernels, options.at_once)
    for one, row in zip(wanted, zip(*answers.values())):
        known[one["key"]] = {"key": one["key"], **pool.shared(list(answers), list(row))}
    kept = set(options.only and Path(options.only).read_text().split() or known)
    path.write_text(line({"kernels": versions}) + "".join(line(known[key]) for key in sorted(known) if key in kept))
    print(f"{len(wanted)} repaired notebooks asked, {len(kept)} known")
    return 0


def do_show(options):
    chosen, left_out = programs(options.seed, options.each)
    if options.left_out:
        for (core, kind, dress, level), why in sorted(left_out.items()):
            print(f"{core} / {kind} / {dress} / {level}: {why}")
    else:
        for program in random.Random(options.seed).sample(chosen, options.count):
            print(f"##### {program['core']} / {program['kind']} / {program['dress']} / {program['level']}")
            for name, text in program.get("files", {}).items():
                print(f"# {name}.py\n{text}")
            print("\n# %%\n".join(program["cells"]), end="\n\n")
    return 0


def do_environments(options):
    environments.make(options.folder, dict(zip(("3.11", "3.13"), options.pythons)))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(name, action, *, kernel=True, seed=None):
        one = commands.add_parser(name, help=action.__doc__)
        one.set_defaults(action=action)
        if kernel:
            one.add_argument("--kernel", action="append", required=True, help="a folder of environments, or NAME=PYTHON")
            one.add_argument("--at-once", type=int, default=6, help="notebooks at once in one environment")
        one.add_argument("--seed", type=int, default=seed)
        return one

    command("record", do_record, seed=1).add_argument("--each", type=int, default=1)
    commands.choices["record"].add_argument("--new", action="store_true", help="only texts that are not recorded yet")
    for name, action, count in [("fresh", do_fresh, 200), ("verify", do_verify, 100)]:
        command(name, action).add_argument("--count", type=int, default=count)
    commands.choices["fresh"].add_argument("--out", required=True)
    command("agree", do_agree, kernel=False)
    repairs = command("repairs", do_repairs)
    repairs.add_argument("--wanted", required=True)
    repairs.add_argument("--out")
    repairs.add_argument("--only", help="a file with the keys to keep")
    show = command("show", do_show, kernel=False, seed=1)
    show.add_argument("--each", type=int, default=1)
    show.add_argument("--count", type=int, default=10)
    show.add_argument("--left-out", action="store_true")
    made = command("environments", do_environments, kernel=False)
    made.add_argument("folder")
    made.add_argument("pythons", nargs=2, help="Python 3.11 and Python 3.13")
    options = parser.parse_args()
    return options.action(options)


if __name__ == "__main__":
    sys.exit(main())
