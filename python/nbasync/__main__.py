"""``python -m nbasync`` is the program."""

import subprocess
import sys

from ._program import find


def main() -> int:
    return subprocess.call([find(), *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
