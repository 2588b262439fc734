# SPDX-License-Identifier: GPL-2.0-or-later
"""Scores of images that have one class each, and how scores of any kind are written down.

An image of 20 km often holds several processes, of which its tag names one. Recall alone would call the other
ones mistakes; the class that comes second is counted, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Optional

import numpy as np

from ...core.arrays import Array
from ...core.classes import CLASSES, CODES, class_index, position_of
from . import markdown

Table = dict[str, dict[str, float]]


@dataclass
class TagScores:
    """Sums over images; read as `metocean.training.metrics.dice.PooledDice` is.

    Attributes
    ----------
    confusion : (10, 10) int64
        Images by true class (row) and the class they are named for (column), see `name_of`.
    among_two : (10,) int64
        Images by true class that are named for it, or have it as the most probable of the rest.
    named : list of int
        The class that each image is named for, with a tag or without, in their order.
    """

    confusion: Array = field(default_factory=lambda: np.zeros((len(CLASSES), len(CLASSES)), np.int64))
    among_two: Array = field(default_factory=lambda: np.zeros(len(CLASSES), np.int64))
    named: list[int] = field(default_factory=list)

    def add(self, probabilities: Array, tag: Array) -> None:
        """Add one image: (10,) probabilities and its tag, 1..10; 0, no tag, has no part in the scores."""
        first = name_of(probabilities)
        self.named.append(first)
        if tag > 0:
            truth = position_of(tag)
            self.confusion[truth, first] += 1
            self.among_two[truth] += truth in (first, _likeliest_but(first, probabilities))

    def scores(self) -> Table:
        """Return recall, precision and recall among the first two; by class code, and ``"mean"``.

        A class without images has none of them, one never predicted no precision: NaN, left out of the mean.
        """
        hits, truth = np.diag(self.confusion), self.confusion.sum(axis=1)
        return {
            "recall": _named(hits, truth),
            "precision": _named(hits, self.confusion.sum(axis=0)),
            "top_2": _named(self.among_two, truth),
        }

    def accuracy(self) -> float:
        """Return the share of images that are named for the true class."""
        return float(np.trace(self.confusion) / max(self.confusion.sum(), 1))


def name_of(probabilities: Array) -> int:
    """Return the class that an image with (10,) ``probabilities`` is named for.

    Plain waves are what there is where there is nothing else, so it is them only if they are likelier than
    all else together; otherwise the likeliest of the rest, of which there may be several.
    """
    # An image is rarely free of waves: as the likeliest class they would hide whatever else there is.
    waves = class_index("POW")
    return waves if probabilities[waves] > 0.5 else _likeliest_but(waves, probabilities)


def _likeliest_but(left_out: int, probabilities: Array) -> int:
    rest = probabilities.copy()  # the caller's stay as they are
    rest[left_out] = -1
    return int(rest.argmax())


def _named(above: Array, below: Array) -> dict[str, float]:
    # NaN, not 0: a class that no image was named for has neither right nor wrong names.
    values = np.divide(above, below, out=np.full(len(CODES), np.nan), where=below > 0)
    mean = float(np.nanmean(values)) if (below > 0).any() else float("nan")
    return {**{code: float(value) for code, value in zip(CODES, values)}, "mean": mean}


def as_json(table: Table) -> dict[str, dict[str, Optional[float]]]:
    """Return scores to four digits; where there is none it is null, since JSON has no NaN."""
    return {
        variant: {code: round(value, 4) if math.isfinite(value) else None for code, value in row.items()}
        for variant, row in table.items()
    }


def as_markdown(table: Table, confusion: Array) -> str:
    """Return scores and confusion, both in %, as Markdown."""
    scores = [(variant, *(f"{100 * value:.1f}" for value in row.values())) for variant, row in table.items()]
    # Of each true class: its rows sum to 100, whatever the number of its pixels.
    shares = 100 * confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    confused = [(code, *(f"{share:.0f}" for share in row)) for code, row in zip(CODES, shares)]
    return (
        f"{markdown.table(('', *CODES, 'mean'), scores)}\n"
        f"Confusion in % of the true class (rows):\n\n{markdown.table(('', *CODES), confused)}"
    )
