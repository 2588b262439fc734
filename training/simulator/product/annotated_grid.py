# SPDX-License-Identifier: GPL-2.0-or-later
"""The pixels whose positions a simulated product annotates: its geolocation grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from .options import Irregularities

# As in real IW products: 10 lines of 21 points.
LINES, SAMPLES = 10, 21
# Real grids have a fixed step, so that what is left for the last interval is shorter. Along the track it is
# about this share of the others; across it that of real grids is nearly one, which would test little.
LAST_LINE_INTERVAL, LAST_SAMPLE_INTERVAL = 0.33, 0.6
# Middle and extent of the hill on the grid, in shares of its lines and samples: it touches a few points only.
HILL_MIDDLE, HILL_EXTENT = (0.35, 0.7), (0.12, 0.08)
# Below this share of its height the hill is sea again.
HILL_FOOT = 0.05


@dataclass(frozen=True)
class AnnotatedGrid:
    """Lines (L,) and samples (P,) whose positions are annotated, and the terrain's height there, (L, P)."""

    lines: Array
    samples: Array
    heights_m: Array

    @classmethod
    def from_shape(cls, shape: tuple[int, int], irregularities: Irregularities) -> AnnotatedGrid:
        """Lay the grid over an image of (lines, samples)."""
        uneven = irregularities.uneven_grid
        lines = _positions(shape[0], LINES, LAST_LINE_INTERVAL if uneven else 1.0)
        samples = _positions(shape[1], SAMPLES, LAST_SAMPLE_INTERVAL if uneven else 1.0)
        return cls(lines, samples, irregularities.terrain_m * _hill(lines / shape[0], samples / shape[1]))


def _positions(length: int, count: int, last_interval: float) -> Array:
    """Return ``count`` pixels from the first to the last of ``length``, or fewer in an image that has fewer.

    All intervals are equal but the last, which is ``last_interval`` times as long.
    """
    if last_interval == 1.0:
        even: Array = np.unique(np.linspace(0, length - 1, count).round().astype(int))
        return even
    step = int(np.ceil((length - 1) / (count - 2 + last_interval)))
    uneven: Array = np.unique(np.append(np.arange(0, length - 1, step), length - 1))
    return uneven


def _hill(along: Array, across: Array) -> Array:
    """Return 1 on the top of a hill and 0 on the sea, at every pair of positions, 0 to 1."""
    along, across = (
        ((at - middle) / extent) ** 2 for at, middle, extent in zip((along, across), HILL_MIDDLE, HILL_EXTENT)
    )
    height = np.exp(-along[:, None] - across[None, :])
    return np.where(height < HILL_FOOT, 0.0, height / height.max())
