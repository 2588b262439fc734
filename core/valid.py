"""Which pixels of a plain raster say something, and which are fill: declared, masked, or by value."""

from __future__ import annotations

from typing import Optional

import numpy as np
from osgeo import gdal

from .raster import nodata_of, read_lines, sample, unscaled

# What lies beyond is no backscatter in any unit but fill that nobody declared: -9999, the largest float.
_LEAST, _LARGEST = -999.0, 1e20
_MASKED = gdal.GMF_PER_DATASET | gdal.GMF_ALPHA


def zero_of(band: gdal.Band) -> float:
    """Return what a stored zero is read as: what processors, clipping and warping leave outside a swath."""
    return float(unscaled(band, 0))


def read_valid(band: gdal.Band, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whole lines (count, samples) of a band, and where they say something; zeros do."""
    mask = read_lines(band.GetMaskBand(), first, count) if _is_masked(band) else None
    return _with_valid(band, read_lines(band, first, count), mask)


def sample_valid(band: gdal.Band) -> tuple[np.ndarray, np.ndarray]:
    """Return a decimated view of a band, and where it says something; zeros do."""
    return _with_valid(band, sample(band), sample(band.GetMaskBand()) if _is_masked(band) else None)


def _is_masked(band: gdal.Band) -> bool:
    return bool(band.GetMaskFlags() & _MASKED)


def _with_valid(
    band: gdal.Band, values: np.ndarray, mask: Optional[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    valid = np.isfinite(values) & (values > _LEAST) & (values < _LARGEST)
    if nodata_of(band) is not None:
        valid &= values != nodata_of(band)
    if mask is not None:
        valid &= mask > 0
    return values, valid
