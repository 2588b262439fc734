"""Which pixels of a plain raster say something, and which are fill: declared, masked, or by value."""

from __future__ import annotations

import numpy as np
from osgeo import gdal

from ...files.raster import nodata_of, read_lines, sample, unscaled

# What lies beyond is no backscatter in any unit but fill that nobody declared: -9999, the largest float.
_LEAST, _LARGEST = -999.0, 1e20
_MASKED = gdal.GMF_PER_DATASET | gdal.GMF_ALPHA


class KnownPixels:
    """The pixels of a band, and where they say something; zeros do.

    What there is to know of the band is asked for once: threads share its data set.

    Attributes
    ----------
    zero : float
        What a stored zero is read as: what processors, clipping and warping leave outside a swath.
    """

    def __init__(self, band: gdal.Band) -> None:
        self._band = band
        self._mask = band.GetMaskBand() if band.GetMaskFlags() & _MASKED else None
        self._nodata = nodata_of(band)
        self.zero = float(unscaled(band, 0))

    def lines(self, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return whole lines (count, samples), and where they are valid."""
        values = read_lines(self._band, first, count)
        return values, self._known(values, read_lines(self._mask, first, count) if self._mask else None)

    def sample(self) -> tuple[np.ndarray, np.ndarray]:
        """Return a decimated view, and where it is valid."""
        values = sample(self._band)
        return values, self._known(values, sample(self._mask) if self._mask else None)

    def _known(self, values: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
        known = (values > _LEAST) & (values < _LARGEST)  # NaN is neither
        if self._nodata is not None:
            known &= values != self._nodata
        if mask is not None:
            known &= mask > 0
        return known
