# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of data sets as they are distributed, to the grey values and the size of a shard's."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import numpy as np

from ....core.arrays import Array
from ....core.errors import InputError
from ....core.geometry.working_grid import Axis, WorkingGrid, cell_means
from ....core.quantity import LARGEST, LARGEST_UINT8
from .rasters import read_raster

# The 99.9th percentile of most images, as a part of white, that fixed white is believed for.
_BELIEVABLE = (1 / 16, 1.25)
_SAMPLE = 32
# As quick-looks of Sentinel-1 are published.
QUICKLOOK = (1.0, 99.0)
# JPEG does not keep the three bands of a grey picture exactly alike.
_LARGEST_TINT = 16

# Percentiles of each image that become black and white; None: 0 and the white of its type of number.
Percentiles = Optional[tuple[float, float]]


def read_image(path: Path) -> Array:
    """Return the (H, W) values of a grey image, be it in one band or a picture's three."""
    raster = read_raster(path)
    bands = raster.coloured
    if len(bands) > 4 or (len(bands) > 2 and np.ptp(bands[:3], axis=0).max() > _LARGEST_TINT):
        raise InputError(f"{path} ({len(bands)} bands) is no grey image; a radar image of one is expected.")
    return _filled(path, bands[0], raster.nodata) if bands.dtype.kind == "f" else bands[0]


def _filled(path: Path, values: Array, nodata: Optional[float]) -> Array:
    """Give pixels without a value the median of the others."""
    known = np.isfinite(values) if nodata is None else np.isfinite(values) & (values != nodata)
    if not known.any():
        raise InputError(f"{path} holds no valid pixel; take it out of the data set.")
    return values if known.all() else np.where(known, values, np.median(values[known]))


def white_of(values: Array) -> float:
    """Return the value that is white: the largest of an integer type, 2 for floating-point roughness."""
    # Floating-point numbers are taken for sqrt roughness, as in shards.
    return LARGEST if values.dtype.kind == "f" else float(np.iinfo(values.dtype).max)


def find_percentiles(paths: list[Path]) -> Percentiles:
    """Return None where the images fill the range of their type, else `QUICKLOOK`.

    16-bit images of small numbers, floating-point images that are no sqrt roughness, decibels: all of them
    would be black or white otherwise. A sample decides for the whole set.
    """
    # Not the largest value: a single ship or a flaw of a sensor would decide.
    sample = [read_image(path) for path in paths[:: max(1, len(paths) // _SAMPLE)]]
    brightest = np.median([np.percentile(values, 99.9) / white_of(values) for values in sample])
    return None if _BELIEVABLE[0] <= brightest <= _BELIEVABLE[1] else QUICKLOOK


def grey(values: Array, percentiles: Percentiles) -> Array:
    """Scale an image to float32, 0 black to 1 white."""
    low, high = np.percentile(values, percentiles) if percentiles else (0.0, white_of(values))
    scaled = (values.astype(np.float32) - np.float32(low)) / np.float32(max(high - low, 1e-6))
    return scaled.clip(0, 1)


def resized(image: Array, side_px: int) -> Array:
    """Resize (H, W) amplitudes 0 to 1 to a square of uint8; power is averaged, or interpolated linearly."""
    # Amplitudes do not average: half a cell at 0 and half at 1 reflect half the power, not a quarter.
    power = np.square(image)
    if image.shape != (side_px, side_px):
        grid = WorkingGrid(*(Axis.from_cells(pixels, side_px) for pixels in image.shape))
        power = cell_means(lambda first, count: (power[first : first + count], None), grid, 0, side_px)
    resized_grey: Array = np.rint(LARGEST_UINT8 * np.sqrt(power)).astype(np.uint8)
    return resized_grey
