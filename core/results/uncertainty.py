# SPDX-License-Identifier: GPL-2.0-or-later
"""How sure a method is of the classes of a cell."""

from __future__ import annotations

import numpy as np
from scipy.special import entr

from ..arrays import Array
from ..classes import NODATA

# Bands of the raster, in order.
UNCERTAINTY = ("entropy", "margin")


def uncertainty(probabilities: Array) -> Array:
    """Return how undecided the probabilities of each cell are.

    Parameters
    ----------
    probabilities : (10, H, W)
        Negative where nothing is known. They need not sum to one.

    Returns
    -------
    (2, H, W) float32
        In the order of `UNCERTAINTY`, `NODATA` where nothing is known. Entropy, of the classes' shares of
        their sum: 0 where one class has all, 1 where all have the same or none has anything. Margin: the
        largest probability less the second.

    Examples
    --------
    >>> certain, torn = np.eye(10)[0], np.repeat([0.5, 0.0], [2, 8])
    >>> uncertainty(np.stack([certain, torn], axis=1)[..., None])[..., 0].astype(float).round(3).tolist()
    [[0.0, 0.301], [1.0, 0.0]]
    """
    count = len(probabilities)
    total = probabilities.sum(axis=0)
    # Where no class has anything, all are alike.
    alike = np.full(probabilities.shape, 1 / count)
    shares = np.divide(probabilities, total, out=alike, where=total > 0)
    # The two largest, without sorting the others.
    second, first = np.partition(probabilities, -2, axis=0)[-2:]
    bands = np.stack([entr(shares).sum(axis=0) / np.log(count), first - second])
    return np.where(probabilities[0] < 0, NODATA, bands).astype(np.float32)
