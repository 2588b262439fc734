# SPDX-License-Identifier: GPL-2.0-or-later
"""Quantiles of more values than fit in memory."""

from __future__ import annotations

import numpy as np

from ..arrays import Array

# Bins of 5e-4 for roughness from 0 to 2: finer than an 8-bit picture shows, and 32 KB for any scene.
_BINS = 4096


class Histogram:
    """Counts of values from 0 to ``largest``, gathered piece by piece.

    A median of a whole scene would need it sorted in memory; one of a thinned scene would miss a sea that is
    only a few pixels.
    """

    def __init__(self, largest: float) -> None:
        self._width = largest / _BINS
        self._counts = np.zeros(_BINS, np.int64)

    @property
    def empty(self) -> bool:
        """True while nothing was added."""
        return not self._counts.any()

    def add(self, values: Array) -> None:
        """Count values; those beyond the ends count as the ends."""
        bins = np.clip(values / self._width, 0, _BINS - 1).astype(np.int64)
        self._counts += np.bincount(bins, minlength=_BINS)

    def quantile(self, share: float) -> float:
        """Return the value that this share of all, 0 to 1, lies below; to within half a bin.

        Examples
        --------
        >>> histogram = Histogram(2.0)
        >>> histogram.add(np.array([0.5, 0.7, 1.9]))
        >>> round(histogram.quantile(0.5), 3)
        0.7
        """
        below = np.cumsum(self._counts)
        # The last value at most, although the share may be exactly one.
        return (float(np.searchsorted(below, share * below[-1])) + 0.5) * self._width
