# SPDX-License-Identifier: GPL-2.0-or-later
"""Which parts of a simulated IW image come from which of its three sub-swaths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array

# Share of the image's width at which IW1 ends and IW2 ends.
SUB_SWATHS = {"IW1": (0.0, 0.340), "IW2": (0.340, 0.677), "IW3": (0.677, 1.0)}
# How the lines at which each border steps are spread: real ones follow no rule, and differ between borders.
STEP_EXPONENTS = (1.3, 0.8)


@dataclass(frozen=True)
class SubSwathBlock:
    """A block of the image that comes from one sub-swath; first and last pixels are both included."""

    swath: str
    first_line: int
    last_line: int
    first_sample: int
    last_sample: int


def sub_swath_blocks(shape: tuple[int, int], border_steps: int) -> tuple[SubSwathBlock, ...]:
    """Return the blocks of an image of (lines, samples), by sub-swath and then by line.

    ``border_steps`` is how many samples each border takes one after another: the range at which one sub-swath
    hands over to the next changes along the track, by a sample at a time. With 1 each sub-swath is a block.
    """
    lines, samples = shape
    steps = [_step_lines(lines, border_steps, exponent) for exponent in STEP_EXPONENTS]
    blocks = []
    for number, (swath, (start, stop)) in enumerate(SUB_SWATHS.items()):
        # A block ends where the border on either side of it steps.
        own = np.unique(np.concatenate(steps[max(number - 1, 0) : number + 1]))
        for first, after in zip(own, [*own[1:], lines]):
            moved = [int((step <= first).sum()) - 1 for step in steps]
            left = moved[number - 1] if number > 0 else 0
            right = moved[number] if number < len(steps) else 0
            columns = round(start * samples) + left, round(stop * samples) - 1 + right
            blocks.append(SubSwathBlock(swath, int(first), int(after) - 1, *columns))
    return tuple(blocks)


def _step_lines(lines: int, count: int, exponent: float) -> Array:
    """Return the lines from which on a border has its first, second, … sample."""
    values: Array = np.unique((lines * (np.arange(count) / count) ** exponent).astype(int))
    return values
