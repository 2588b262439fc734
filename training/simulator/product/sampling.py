# SPDX-License-Identifier: GPL-2.0-or-later
"""Values of a raster between its pixels."""

from __future__ import annotations

import numpy as np

from ....core.arrays import Array


def sample_linear(field: Array, rows: Array, columns: Array) -> Array:
    """Return ``field`` at every pair of fractional rows and columns, bilinear; its edges extend outwards."""
    for axis, positions in enumerate((rows, columns)):
        last = field.shape[axis] - 1
        positions = np.clip(positions, 0, last)
        before = np.minimum(positions.astype(int), max(last - 1, 0))
        weight = np.expand_dims((positions - before).astype(field.dtype), 1 - axis)
        after = np.minimum(before + 1, last)
        field = field.take(before, axis) * (1 - weight) + field.take(after, axis) * weight
    return field
