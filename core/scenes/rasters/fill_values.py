# SPDX-License-Identifier: GPL-2.0-or-later
"""Which pixels of a plain raster say something, and which are fill: declared, masked, or by value."""

from __future__ import annotations

import numpy as np
from osgeo import gdal

from ...arrays import Array
from ...files.raster import nodata_of, read_lines, sample, unscaled

# Least and largest of the values that say nothing; most are one value.
Range = tuple[float, float]

# What lies beyond is no backscatter in any unit but fill that nobody declared, such as -9999, -32768,
# 1e30, the largest float and minus infinity.
_LEAST, _LARGEST = -999.0, 1e20
# The calmest sea that Sentinel-1 sees is about as bright as its noise, -22 to -35 dB; single pixels of it are
# darker. What is repeated exactly below these was put there: -40, -99 or -300 in decibels, 1e-5 or 1e-10 in
# the place of zero, of which no logarithm can be taken.
_BELOW_SEA_DB, _BELOW_SEA_POWER = -39.5, 1.1e-4
# Share of a view that one such value has to have. In decibels stored in steps of a hundredth the most common
# value of a dark sea has less.
_MANY = 0.002
_MOST_FILLS = 3
# Masks that say something of their own. GDAL also makes masks of declared nodata, which `_known` compares
# itself.
_MASKED = gdal.GMF_PER_DATASET | gdal.GMF_ALPHA


def repeated_fill(values: Array) -> tuple[Range, ...]:
    """Return the values below any sea that many of (n,) known values share, each as a range of itself."""
    low = values[(values <= _BELOW_SEA_DB) | ((values > 0) & (values <= _BELOW_SEA_POWER))]
    found, counts = np.unique(low, return_counts=True)
    # The most common of them: borders and masks may have one each.
    common = [i for i in np.argsort(-counts)[:_MOST_FILLS] if counts[i] >= max(2, _MANY * values.size)]
    return tuple((float(found[i]), float(found[i])) for i in common)


def outside(values: Array, ranges: tuple[Range, ...]) -> Array:
    """Tell of values which lie in none of the ranges; the result has their shape."""
    free = np.ones(values.shape, bool)
    for least, largest in ranges:
        free &= (values < least) | (values > largest)
    return free


class KnownPixels:
    """The pixels of a band, and where they say something; zeros do.

    What there is to know of the band is asked for once: threads share its data set, and GDAL's data sets
    are for one thread at a time.

    Parameters
    ----------
    band : gdal.Band
    fill : tuple of Range
        Values that say nothing, though the file does not declare them: see `repeated_fill`; and those that
        a user declares.

    Attributes
    ----------
    zero : float
        What a stored zero is read as: what processors, clipping and warping leave outside a swath.
    """

    def __init__(self, band: gdal.Band, fill: tuple[Range, ...] = ()) -> None:
        self._band, self._fill = band, fill
        self._mask = band.GetMaskBand() if band.GetMaskFlags() & _MASKED else None
        self._nodata = nodata_of(band)
        # In scaled integers a stored zero reads as something else: as -60 dB, for instance.
        self.zero = float(unscaled(band, 0))

    def lines(self, first: int, count: int) -> tuple[Array, Array]:
        """Return ``count`` whole lines from ``first`` on, (count, samples), and where they say something."""
        values = read_lines(self._band, first, count)
        return values, self._known(values, read_lines(self._mask, first, count) if self._mask else None)

    def sample(self) -> tuple[Array, Array]:
        """Return a thinned view of the band, at most 512 x 512, and where it says something."""
        values = sample(self._band)
        return values, self._known(values, sample(self._mask) if self._mask else None)

    def _known(self, values: Array, mask: Array | None) -> Array:
        known = (values > _LEAST) & (values < _LARGEST)  # NaN is neither
        if self._nodata is not None:
            known &= values != self._nodata
        known &= outside(values, self._fill)
        if mask is not None:
            known &= mask > 0
        return known
