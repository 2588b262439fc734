# SPDX-License-Identifier: GPL-2.0-or-later
"""Seams between the sub-swaths of a scanning radar: how high their steps are, and evening them out.

Each sub-swath has a beam of its own. Where the calibration of two differs by a tenth of a decibel, there is a
line along the sea that networks could take for a front.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..arrays import Array
from ..files.prefetch import Rows
from ..geometry.working_grid import WorkingGrid
from ..scenes.types.borders import Borders

# Cells on either side: so many near ones, and as many far ones, from whose means power at the seam is
# extrapolated. Means alone would take the trend along range for a step.
_WINDOW = 20
# The cell that holds the seam is of both sides.
_SKIPPED = 1
# Of a window, cells that have to be known; and rows of a seam, before their median says anything.
_LEAST_KNOWN = 0.5
_FEWEST_ROWS = 20
# A step higher than this is no matter of calibration, but of land, ice or a front along the seam, and stays.
_HIGHEST_STEP_DB = 1.0


@dataclass(frozen=True)
class Seams:
    """Borders of sub-swaths on a working grid.

    Attributes
    ----------
    grid : WorkingGrid
    columns : (seams, rows)
        Where each seam cuts the middle of each row, in cells from the outer corner on.
    """

    grid: WorkingGrid
    columns: Array

    @classmethod
    def from_borders(cls, borders: Borders, grid: WorkingGrid) -> Seams:
        """Lay the borders of a raster on the working grid over it."""
        cells = borders.coarsened(grid.lines.step, grid.samples.step)
        rows = np.arange(grid.shape[0]) + 0.5
        columns = [np.interp(rows, line, sample) for line, sample in zip(cells.lines, cells.samples)]
        return cls(grid, np.array(columns).reshape(-1, rows.size))

    def steps(self, power: Array, start: int) -> Array:
        """Return how much brighter, in dB, it is beyond each seam: (seams, rows); NaN where unknown.

        ``power`` holds whole rows from ``start`` on, NaN where unknown.
        """
        cuts = self.columns[:, start : start + len(power)]
        # Decibels of means of power, not means of decibels: speckle would move those.
        steps: Array = _towards(power, cuts, 1) - _towards(power, cuts, -1)
        return steps

    def typical_steps(self, chunks: Sequence[tuple[int, int]], power: Rows) -> Array:
        """Return the median step of each seam over some rows, in dB; NaN where too few are known.

        ``power`` gives whole rows from one to another, NaN where unknown.
        """
        return typical([self.steps(power(*chunk), chunk[0]) for chunk in chunks])


@dataclass(frozen=True)
class SeamCorrection:
    """Takes steps out of power; those unknown, and the mean level of a row, stay.

    Attributes
    ----------
    seams : Seams
    steps_db : (seams,)
        How much brighter it is beyond each; NaN where unknown.
    """

    seams: Seams
    steps_db: Array

    def rows(self, power: Array, start: int) -> Array:
        """Return whole rows, from ``start`` on, without the steps."""
        steps = np.where(np.abs(self.steps_db) <= _HIGHEST_STEP_DB, self.steps_db, 0.0)
        cuts = self.seams.columns[:, start : start + len(power), None]
        level_db = np.tensordot(steps, np.arange(self.seams.grid.shape[1]) + 0.5 > cuts, 1)
        # Which side of a seam is right nobody knows: the mean of the row keeps the level between them.
        level_db = level_db - level_db.mean(axis=1, keepdims=True)
        evened: Array = power / 10 ** (level_db / 10)
        return evened


def typical(steps: Sequence[Array]) -> Array:
    """Return the median of each seam over many rows, (seams, rows) each; NaN where too few are known."""
    # The median: a front across the seam moves some rows only.
    rows = np.concatenate(steps, axis=1)
    enough = np.isfinite(rows).sum(axis=1) >= _FEWEST_ROWS
    return np.array([np.nanmedian(row) if known else np.nan for row, known in zip(rows, enough)])


def seam_notes(left_db: Array, seam_correction: Optional[SeamCorrection]) -> tuple[str, ...]:
    """Return what there is to say of seams with these steps in the result."""
    if not left_db.size:
        return ()
    left = f"Seams between sub-swaths: steps of {_listed(left_db)} dB"
    return (
        f"{left}, after {_listed(seam_correction.steps_db)} dB were evened out."
        if seam_correction
        else f"{left}.",
    )


def _listed(steps_db: Array) -> str:
    return ", ".join(f"{step:+.2f}" if np.isfinite(step) else "unknown" for step in steps_db)


def _towards(power: Array, cuts: Array, side: int) -> Array:
    """Return dB at seams, (seams, rows), as extrapolated from one side, 1 or -1."""
    first = np.floor(cuts).astype(int) + side * (1 + _SKIPPED)
    near, far = _mean_db(power, first + side * np.arange(2 * _WINDOW).reshape(2, _WINDOW, 1, 1))
    # A straight line through the middles of both windows, which are _WINDOW apart, on to the seam.
    extrapolated: Array = near + (near - far) * (0.5 + (_SKIPPED + 0.5) / _WINDOW)
    return extrapolated


def _mean_db(power: Array, columns: Array) -> Array:
    """Return means in dB of columns (…, n, seams, rows) of the rows; NaN where fewer than half are known."""
    inside = (columns >= 0) & (columns < power.shape[1])
    values = power[np.arange(len(power)), np.clip(columns, 0, power.shape[1] - 1)]
    known = inside & np.isfinite(values)
    total, count = np.where(known, values, 0.0).sum(axis=-3), known.sum(axis=-3)
    usable = (count >= _LEAST_KNOWN * _WINDOW) & (total > 0)
    return np.where(usable, 10 * np.log10(np.where(usable, total, 1.0) / np.maximum(count, 1)), np.nan)
