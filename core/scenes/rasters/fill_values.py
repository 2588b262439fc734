# SPDX-License-Identifier: GPL-2.0-or-later
"""Which pixels of a plain raster say something, and which are fill: declared, masked, or by value."""

from __future__ import annotations

from osgeo import gdal

from ...arrays import Array
from ...files.raster import nodata_of, read_lines, sample, unscaled

# What lies beyond is no backscatter in any unit but fill that nobody declared, such as -9999, -32768,
# 1e30, the largest float and minus infinity.
_LEAST, _LARGEST = -999.0, 1e20
# Masks that say something of their own. GDAL also makes masks of declared nodata, which `_known` compares
# itself.
_MASKED = gdal.GMF_PER_DATASET | gdal.GMF_ALPHA


class KnownPixels:
    """The pixels of a band, and where they say something; zeros do.

    What there is to know of the band is asked for once: threads share its data set, and GDAL's data sets
    are for one thread at a time.

    Attributes
    ----------
    zero : float
        What a stored zero is read as: what processors, clipping and warping leave outside a swath.
    """

    def __init__(self, band: gdal.Band) -> None:
        self._band = band
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
        if mask is not None:
            known &= mask > 0
        return known
