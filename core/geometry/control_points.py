# SPDX-License-Identifier: GPL-2.0-or-later
"""The arithmetic of control points: which way range runs, and where positions in a raster count from."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..least_squares import evaluate, least_squares


def range_direction(samples: Array, lines: Array, x_m: Array, y_m: Array) -> tuple[Array, Array]:
    """Return unit vectors of growing sample, from a quadratic surface that heights cannot disturb much.

    Parameters
    ----------
    samples, lines : (n,)
        Positions in the raster.
    x_m, y_m : (n,)
        The same points on a map.

    Returns
    -------
    east, north : (n,)
        Of the unit vector at each point.
    """
    # Differences between neighbours would point uphill wherever terrain has moved one of the two.
    s, t = (v / max(np.ptp(v), 1.0) for v in (samples, lines))
    basis = np.column_stack([np.ones_like(s), s, t, s * t, s**2, t**2])
    slope = np.column_stack([np.zeros_like(s), np.ones_like(s), 0 * s, t, 2 * s, 0 * s])
    direction = evaluate(slope, least_squares(basis, np.column_stack([x_m, y_m])))
    east, north = (direction / np.linalg.norm(direction, axis=1, keepdims=True)).T
    return east, north


def from_outer_corner(positions: Array, pixels: int) -> Array:
    """Count (n,) positions along one side of a raster of ``pixels`` from its outer corner, as GDAL does.

    ESA's measurements count from the first pixel's centre, and GDAL does not always know: their points run
    from exactly 0 to one pixel (of the original, where the image was decimated) before the far edge.
    """
    gap = pixels - positions.max()
    return positions + gap / 2 if positions.min() == 0 and 0 < gap <= 1 else positions
