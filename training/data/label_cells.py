# SPDX-License-Identifier: GPL-2.0-or-later
"""From labels by pixel to the networks' label cells of 400 m.

The paper's annotators drew masks at 400 m because boundaries are fuzzy (Section 2); the networks' maps have
the same cells.
"""

from __future__ import annotations

import numpy as np

from ...core.arrays import Array
from ...core.classes import CLASS_VALUES, UNDECIDED, pixel_value, position_of, value_of


def network_labels(labels: Array, step: int) -> Array:
    """Return labels on the network's output grid, cells of ``step`` x ``step`` pixels.

    A cell is an iceberg's if any pixel of it is, an oceanic front's from a fifth of its area on, otherwise of
    the class that has at least half of it; else 0 (unlabelled).

    Parameters
    ----------
    labels : (H, W) integer
        0 unlabelled, 1..10 the class. Lines and samples that fill no whole cell are left out.
    step : int
        Pixels of a cell along a side.

    Returns
    -------
    (H // step, W // step) uint8
    """
    rows, columns = labels.shape[0] // step, labels.shape[1] // step
    blocks = labels[: rows * step, : columns * step].reshape(rows, step, columns, step)
    share = np.stack([(blocks == value).mean((1, 3)) for value in CLASS_VALUES])
    result = np.where(share.max(0) >= 0.5, pixel_value(share.argmax(0)), UNDECIDED)
    # Fronts are thinner, and icebergs far smaller, than a cell: by the majority there would be none of
    # either.
    front, berg = value_of("OF"), value_of("IB")
    result = np.where(share[position_of(front)] >= 0.2, front, result)
    return np.where(share[position_of(berg)] > 0, berg, result).astype(np.uint8)
