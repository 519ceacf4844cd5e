"""The Pythons that are asked: a folder with one environment each, or named one by one."""

import subprocess
import sys
from pathlib import Path

# Short name, Python, and the list of packages under tests/kernel.
FOUR = [
    ("py311-ik7", "3.11", "current"), ("py311-ik6", "3.11", "ipykernel6"),
    ("py313-ik7", "3.13", "current"), ("py313-ik6", "3.13", "ipykernel6"),
]
LISTS = Path(__file__).resolve().parents[2] / "kernel"


def make(folder, pythons):
    """Makes the four environments below `folder` where they are missing; `pythons` gives an
    interpreter for each version."""
    for name, version, packages in FOUR:
        where = Path(folder, name)
        if where.exists():
            continue
        subprocess.run([pythons[version], "-m", "venv", where], check=True)
        wanted = LISTS / f"requirements-{packages}.txt"
        install = [where / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", wanted]
        subprocess.run(install, check=True)
        print(f"made {where}", file=sys.stderr)


def named(arguments):
    """From `NAME=PYTHON` or a folder of environments to a list of (name, python)."""
    found = []
    for argument in arguments:
        name, sign, python = argument.partition("=")
        if sign:
            found.append((name, python))
        else:
            inside = {name for name, _, _ in FOUR}
            found += [(one.name, str(one / "bin" / "python")) for one in sorted(Path(argument).iterdir()) if one.name in inside]
    return found
