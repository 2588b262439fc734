# SPDX-License-Identifier: GPL-2.0-or-later
"""What networks say of a real quick-look, beside what people tagged it.

Tags name few of the classes, and one imagette holds several, so the question is whether a tagged class is
among the two largest, plain waves aside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Array
from ...core.classes import CODES, class_index, palette, pixel_value
from ...core.quantity import LARGEST_UINT8
from ..data.quicklooks import QuickLook
from ..data.readers.images import resized
from ..data.readers.masks import CELLS
from ..metrics import markdown

# Classes that open water must not be taken for, and over how much of it they are forgiven.
COLD = ("SI", "IB")
FORGIVEN = 0.10
# Streaks and cells: tags that say something of most of an imagette.
COUNTED = frozenset(("WS", "MCC"))
# Pixels of a cell in the picture, and between two imagettes.
CELL_PX, GAP_PX = 7, 6


@dataclass(frozen=True)
class Verdict:
    """Of one imagette: most probable class by cell (64, 64), and the categorizer's scores (10,)."""

    look: QuickLook
    cells: Array
    scores: Array

    @property
    def areas(self) -> Array:
        """Share of each class in the cells, (10,)."""
        shares: Array = np.bincount(self.cells.ravel(), minlength=len(CODES)) / self.cells.size
        return shares

    @property
    def cold(self) -> float:
        """Share of the cells taken for sea ice or icebergs."""
        return float(sum(self.areas[class_index(code)] for code in COLD))


def largest(values: Array) -> list[str]:
    """Return the codes of the two largest values that are not zero, plain waves aside."""
    # Waves surround everything else: they would take one of the two places in nearly every imagette.
    return [CODES[i] for i in np.argsort(-values, kind="stable") if CODES[i] != "POW" and values[i] > 0][:2]


def table(verdicts: list[Verdict]) -> str:
    """Return the verdicts as Markdown, and how many of the tagged ones were recognised."""
    header = ("imagette", "tags", "areas of A, %", "categorizer, %", "SI and IB, %")
    tagged = [verdict for verdict in verdicts if verdict.look.codes & COUNTED]
    by_area = sum(_recognised(verdict.look, verdict.areas) for verdict in tagged)
    by_score = sum(_recognised(verdict.look, verdict.scores) for verdict in tagged)
    return (
        f"{markdown.table(header, [_row(verdict) for verdict in verdicts])}\n"
        f"Of {len(tagged)} tagged WS or MCC, a tag is among the two largest, POW aside: {by_area} by area of "
        f"A, {by_score} by the categorizer. Taken for ice or icebergs over more than {100 * FORGIVEN:.0f} %: "
        f"{sum(verdict.cold > FORGIVEN for verdict in verdicts)} of {len(verdicts)}.\n"
    )


def _row(verdict: Verdict) -> markdown.Row:
    tags = " ".join(sorted(verdict.look.codes)) or "–"
    said = _listed(verdict.areas), _listed(verdict.scores)
    return (verdict.look.path.stem, tags, *said, f"{100 * verdict.cold:.1f}")


def _recognised(look: QuickLook, values: Array) -> bool:
    return bool(look.codes & set(largest(values)))


def _listed(values: Array) -> str:
    order = [i for i in np.argsort(-values, kind="stable") if values[i] >= 0.01]
    return ", ".join(f"{CODES[i]} {100 * values[i]:.0f}" for i in order)


def picture(verdicts: list[Verdict]) -> Array:
    """Return (H, W, 3) uint8: imagettes in a row, each above its classes."""
    columns = []
    for verdict in verdicts:
        grey = resized(verdict.look.grey / np.float32(LARGEST_UINT8), CELLS * CELL_PX)
        classes = palette()[pixel_value(verdict.cells)].repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
        column = np.concatenate([grey[:, :, None].repeat(3, axis=2), classes])
        columns.append(np.pad(column, ((0, 0), (0, GAP_PX), (0, 0))))
    return np.concatenate(columns, axis=1)
