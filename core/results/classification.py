# SPDX-License-Identifier: GPL-2.0-or-later
"""From class probabilities to classes, and what happens to a probability that a class must not have."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..classes import CLASS_NODATA, UNDECIDED, pixel_value


def classify(probabilities: Array, threshold: float) -> Array:
    """Return the class raster's values for class probabilities.

    Parameters
    ----------
    probabilities : (10, H, W)
        Negative where nothing is known.
    threshold : float
        The most probable class wins where its probability reaches this, 0 to 1.

    Returns
    -------
    (H, W) uint8
        `UNDECIDED`, 1 to 10, or `CLASS_NODATA`.
    """
    # Where two classes are equally probable the first in the order of `CLASSES` wins, so that runs agree.
    best = probabilities.max(axis=0)
    winners = pixel_value(probabilities.argmax(axis=0))
    classes = np.where(best >= threshold, winners, UNDECIDED).astype(np.uint8)
    # Written so that NaN is nodata, too.
    classes[~(best >= 0)] = CLASS_NODATA
    return classes


def without(probabilities: Array, dropped: Array, exclusive: bool) -> Array:
    """Return probabilities without some classes.

    Parameters
    ----------
    probabilities : (10, …)
    dropped : bool that broadcasts to (10, …)
        True for what there cannot be.
    exclusive : bool
        The classes share one probability, so that the others get what the dropped ones had.
    """
    # Independent classes, of networks trained by sigmoids, inherit nothing: that there is no ice here does
    # not make rain likelier.
    return renormalise(probabilities, dropped) if exclusive else np.where(dropped, 0, probabilities)


def renormalise(probabilities: Array, dropped: Array) -> Array:
    """Drop classes of (10, …) probabilities where ``dropped`` is True; the others share what they had.

    Examples
    --------
    >>> probabilities = np.array([[0.5, 0.5], [0.3, 0.3], [0.2, 0.2]])
    >>> renormalise(probabilities, np.array([[True, False], [False, False], [False, True]])).round(3).tolist()
    [[0.0, 0.625], [0.6, 0.375], [0.4, 0.0]]
    """
    kept = np.where(dropped, 0, probabilities)
    total, remaining = probabilities.sum(axis=0), kept.sum(axis=0)
    # Where nothing but excluded classes was seen all become zero, which reads as undecided.
    shares: Array = kept * np.divide(total, remaining, out=np.zeros_like(total), where=remaining > 0)
    return shares
