# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of data sets as they are distributed: TIFF, PNG, JPEG or .npy to arrays, sizes checked first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import numpy as np
from osgeo import gdal

from ....core.arrays import Array
from ....core.classes import CLASSES
from ....core.errors import InputError
from ....core.files.raster import nodata_of, open_raster, read_lines

SUFFIXES = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".npy")
# A wave-mode imagette at 5 m has 4000 pixels a side. Files are not trusted to be smaller.
_LARGEST_SIDE_PX = 5000


@dataclass(frozen=True)
class Raster:
    """``values`` (bands, H, W); ``palette`` (256, 3) uint8 where the values are numbers of colours."""

    values: Array
    palette: Optional[Array] = None
    nodata: Optional[float] = None

    @property
    def coloured(self) -> Array:
        """The values, or the (3, H, W) colours they are numbers of."""
        return self.values if self.palette is None else np.moveaxis(self.palette[self.values[0]], 2, 0)


def read_raster(path: Path) -> Raster:
    """Read a raster that GDAL knows, or a .npy file with its bands first or last."""
    raster = _read_npy(path) if path.suffix.lower() == ".npy" else _read_file(path)
    if raster.values.dtype.kind not in "uif":
        raise InputError(f"{path} holds {raster.values.dtype}; plain numbers are expected.")
    return raster


def _read_file(path: Path) -> Raster:
    dataset = open_raster(str(path))
    _check_shape(path, (dataset.RasterCount, dataset.RasterYSize, dataset.RasterXSize))
    bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
    values = np.stack([read_lines(band, 0, band.YSize) for band in bands])
    return Raster(values, _palette(bands[0]), nodata_of(bands[0]))


def _palette(band: gdal.Band) -> Optional[Array]:
    table = band.GetColorTable()
    if table is None:
        return None
    colours = np.zeros((256, 3), np.uint8)
    for number in range(min(table.GetCount(), 256)):
        colours[number] = table.GetColorEntry(number)[:3]  # the fourth is opacity
    return colours


def _read_npy(path: Path) -> Raster:
    try:
        # Pickles run code when they are read, and these files come from anywhere.
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}); copy it again.") from error
    # There are fewer bands than lines or samples in any image.
    if values.ndim == 3 and values.shape[2] < values.shape[0]:
        values = np.moveaxis(values, 2, 0)
    values = values[None] if values.ndim == 2 else values
    _check_shape(path, values.shape)
    return Raster(values.astype(np.uint8) if values.dtype == bool else np.array(values))


def _check_shape(path: Path, shape: tuple[int, ...]) -> None:
    if len(shape) != 3 or not 0 < shape[0] <= len(CLASSES) or not 0 < max(shape[1:]) <= _LARGEST_SIDE_PX:
        raise InputError(
            f"{path} has the shape {shape}; up to {len(CLASSES)} bands of up to {_LARGEST_SIDE_PX} x "
            f"{_LARGEST_SIDE_PX} pixels are expected."
        )
