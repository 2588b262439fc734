# SPDX-License-Identifier: GPL-2.0-or-later
"""How far the class maps of two methods on one scene agree, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..arrays import Array
from ..classes import CLASS_NODATA, CLASSES, CODES
from .areas import write_table

VALUES = len(CLASSES) + 1  # of the class raster: undecided and the classes
COLUMNS = ("cells", "agree_percent", "decided_percent", "agree_decided_percent", "mean_dice_percent")


@dataclass(frozen=True)
class CellMap:
    """A class map on a method's own grid.

    Attributes
    ----------
    classes : (lines, samples) uint8
        Values of the class raster.
    cell_m : (float, float)
        Ground size of a cell along lines and samples.
    """

    classes: Array
    cell_m: tuple[float, float]

    def on_cells_of(self, other: CellMap) -> Array:
        """Return the classes in the middle of each cell of another map of the same scene.

        Nodata beyond this map's border: what is left of a cell at a scene's end differs with the resolution.
        """
        # Cells of different sizes do not nest in general: the middle of one lies in exactly one of the other.
        # A border of nodata catches middles that lie beyond.
        padded = np.pad(self.classes, ((0, 1), (0, 1)), constant_values=CLASS_NODATA)
        rows, columns = (
            np.minimum((np.arange(count) + 0.5) * theirs // own, last).astype(int)
            for count, theirs, own, last in zip(
                other.classes.shape, other.cell_m, self.cell_m, self.classes.shape
            )
        )
        classes: Array = padded[np.ix_(rows, columns)]
        return classes


@dataclass(frozen=True)
class Agreement:
    """Two methods compared; shares are NaN where there is nothing to count.

    Attributes
    ----------
    first, second : str
    counts : (11, 11) int64
        Cells known to both, by value of the class raster in the first (row) and in the second (column).
    """

    first: str
    second: str
    counts: Array

    @classmethod
    def from_maps(cls, first: str, second: str, maps: Mapping[str, CellMap]) -> Agreement:
        """Compare two of ``maps`` on the first one's cells."""
        one, other = maps[first].classes, maps[second].on_cells_of(maps[first])
        known = (one != CLASS_NODATA) & (other != CLASS_NODATA)
        # Each pair of values as one number, counted at once; undecided counts as a value, nodata does not.
        pairs = one[known].astype(np.int64) * VALUES + other[known]
        return cls(first, second, np.bincount(pairs, minlength=VALUES**2).reshape(VALUES, VALUES))

    @property
    def percent(self) -> float:
        """Share of the cells in which both say the same, be it that they are undecided."""
        return _percent(np.trace(self.counts), self.counts.sum())

    @property
    def decided_percent(self) -> float:
        """Share of the cells in which neither is undecided."""
        return _percent(self.counts[1:, 1:].sum(), self.counts.sum())

    @property
    def agree_decided_percent(self) -> float:
        """Share of those cells in which both say the same."""
        decided = self.counts[1:, 1:]
        return _percent(np.trace(decided), decided.sum())

    @property
    def dice_percent(self) -> Array:
        """Dice score of each class's two areas, (10,): 2 |A ∩ B| / (|A| + |B|); NaN where neither has any."""
        # As in the paper's Table 2, but of two maps of which neither is the truth.
        both = self.counts.sum(axis=0) + self.counts.sum(axis=1)
        return np.array([_percent(2 * self.counts[value, value], both[value]) for value in range(1, VALUES)])

    def row(self) -> list[str]:
        """Return what `write_agreements` writes."""
        # The mean of the classes that occur: one that neither method sees is no disagreement.
        dice = self.dice_percent
        mean = float(np.nanmean(dice)) if np.isfinite(dice).any() else float("nan")
        shares = self.percent, self.decided_percent, self.agree_decided_percent, mean, *dice
        return [self.first, self.second, str(self.counts.sum()), *map(_text, shares)]


def agreements(maps: Mapping[str, CellMap]) -> list[Agreement]:
    """Return each two of some maps of one scene compared, by the names of their methods."""
    return [Agreement.from_maps(first, second, maps) for first, second in combinations(maps, 2)]


def write_agreements(path: str, found: Iterable[Agreement]) -> None:
    """Write a CSV, a row a pair: `COLUMNS`, and each class's Dice; empty where there is nothing to count.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    header = ["first", "second", *COLUMNS, *(f"dice_{code}_percent" for code in CODES)]
    write_table(path, header, [agreement.row() for agreement in found])


def _percent(part: float, whole: float) -> float:
    return float(100 * part / whole) if whole else float("nan")


def _text(share: float) -> str:
    return f"{share:.3f}" if np.isfinite(share) else ""
