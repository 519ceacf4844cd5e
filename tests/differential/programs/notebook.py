"""Puts the parts of a program into cells, with what a notebook has beside: noise, comments, breaks."""

import json
from dataclasses import dataclass, field

from .parts import MARK
from .words import COMMENTS, NOISE


@dataclass
class Notebook:
    cells: list
    # Module name to its text.
    files: dict
    # (cell, line), both from 0 and 1, where a report may stand.
    places: list = field(default_factory=list)


class Pages:
    """Chunks of lines in order; `alone` keeps a chunk in a cell of its own."""

    def __init__(self):
        self.chunks = []

    def add(self, lines, alone=False):
        lines = [line for line in lines]
        while lines and not lines[-1]:
            lines.pop()
        if lines:
            self.chunks.append((lines, alone))


def into_cells(pages, voice):
    """Neighbours share a cell or not, as the voice has it; some cells say something else."""
    cells = []
    split = voice.choice([0.2, 0.5, 1.0])
    ends_alone = True
    for lines, alone in pages.chunks:
        apart = alone or ends_alone or voice.chance(split)
        if apart:
            cells.append(list(lines))
        else:
            cells[-1] += ["", *lines]
        ends_alone = alone
    for _ in range(voice.choice([0, 0, 1, 1, 2])):
        if len(cells) < 6:
            cells.insert(voice.rng.randint(0, len(cells)), list(voice.choice(NOISE)))
    return cells


def finish(cells, voice, files):
    """Takes the marks out and remembers where they stood."""
    texts, places = [], []
    for index, lines in enumerate(cells):
        if not lines[0].startswith("%%") and voice.chance(0.2):
            lines = [voice.choice(COMMENTS), *lines]
        for number, line in enumerate(lines, 1):
            if line.endswith(MARK):
                places.append([index, number])
        texts.append("\n".join(line.removesuffix(MARK) for line in lines))
    files = {name: "\n".join(line.removesuffix(MARK) for line in lines) + "\n" for name, lines in files.items()}
    return Notebook(texts, files, places)


def to_ipynb(cells):
    """The file that a user has."""
    code = [{"cell_type": "code", "execution_count": None, "id": f"c{index}", "metadata": {}, "outputs": [],
             "source": text.splitlines(keepends=True)} for index, text in enumerate(cells)]
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": code, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
