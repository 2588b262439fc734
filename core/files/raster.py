# SPDX-License-Identifier: GPL-2.0-or-later
"""Open and read rasters that nobody vouches for, with errors a user understands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from osgeo import gdal

from ..arrays import Array
from ..errors import InputError, OutputError
from .archive import refuse_unreadable
from .formats import check_named, check_opened, check_source, formats_of
from .gdal_calls import attempt, exists, fails, is_folder, short

__all__ = ["attempt", "exists", "fails", "is_folder", "short"]  # used with what is here, everywhere

# GDAL keeps every block it has read. A scene read once from top to bottom gains nothing by a cache larger
# than a row of its tiles; with less, each tile is decoded several times. 25,000 px of 512 px tiles of Float32
# fit twice.
_CACHE_BYTES = 128 * 2**20
# A data set is for one thread at a time, and `metocean.core.files.prefetch` reads in two.
_READING = threading.Lock()
# Asked only to say that somebody chose a vector file.
_VECTORS = ("ESRI Shapefile", "GPKG", "GeoJSON", "KML", "SQLite", "FlatGeobuf", "CSV", "DXF")
_INTEGERS = ("Byte", "Int8", "UInt16", "Int16", "UInt32", "Int32", "UInt64", "Int64")
# How our GeoTIFFs are made. Band by band: a layer shows one class at a time. Predictor 3 is the
# floating-point one. Beyond 4 GB a plain TIFF ends in an error; whether a compressed one comes that far is
# not known before, so that GDAL takes BigTIFF where it might.
TILED_OPTIONS = ("TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER")
FLOAT_OPTIONS = (*TILED_OPTIONS, "PREDICTOR=3", "INTERLEAVE=BAND")


def open_raster(path: str) -> gdal.Dataset:
    """Open a raster that the user named, or raise `InputError` with the reason it is none.

    Only formats of files are opened, and nothing that reads from the network: see
    `metocean.core.files.formats`. Addresses that the user typed are an exception.
    """
    check_named(path)
    dataset = attempt(gdal.OpenEx, path, gdal.OF_RASTER, formats_of(path))
    if dataset is not None and dataset.RasterCount > 0:
        check_opened(dataset, path)
        return dataset
    refuse_unreadable(path)
    # From here on only the reason is looked for: people choose a vector file, the folder above the image, or
    # a file whose images GDAL has as subdatasets.
    if dataset is None and attempt(gdal.OpenEx, path, gdal.OF_VECTOR, list(_VECTORS)) is not None:
        raise InputError(f"{short(path)} is a vector file; choose a radar image.")
    if is_folder(path):
        raise InputError(
            f"{short(path)} is a folder without manifest.safe; choose a SAFE folder or an image file."
        )
    if dataset is not None:
        raise InputError(f"{short(path)} holds no image at its top level; choose the image file itself.")
    check_source(path)
    raise InputError(f"{short(path)} is not a raster that GDAL can read; it may be damaged or incomplete.")


def is_integer(band: gdal.Band) -> bool:
    """Tell whether a band stores whole numbers; what they stand for may be fractions, see `is_scaled`."""
    return gdal.GetDataTypeName(band.DataType) in _INTEGERS


def is_scaled(band: gdal.Band) -> bool:
    """Tell whether a band stores values by a scale and an offset, as archives of 16-bit decibels do."""
    return band.GetScale() not in (None, 1.0) or band.GetOffset() not in (None, 0.0)


def nodata_of(band: gdal.Band) -> float | None:
    """Return what `read_lines` and `sample` give where a band has no data; None where it declares nothing."""
    stored = band.GetNoDataValue()
    return None if stored is None else unscaled(band, stored)


def unscaled(band: gdal.Band, stored: Any) -> Any:
    """Return what stored numbers, one or an array, stand for by the band's scale and offset, as float64."""
    if not is_scaled(band):
        return stored
    scale, offset = band.GetScale(), band.GetOffset()
    return np.float64(stored) * (1.0 if scale is None else scale) + (offset or 0.0)


def read_lines(band: gdal.Band, first: int, count: int) -> Array:
    """Return whole lines (count, samples) of a band; `InputError` where the file does not hold them.

    They come in the band's own type, or as float64 where it has a scale or an offset.
    """
    with _READING:
        values = attempt(band.ReadAsArray, 0, first, band.XSize, count)
    if values is None:
        dataset = band.GetDataset()  # masks have none
        name = (short(dataset.GetDescription()) if dataset else "") or "the raster"
        raise InputError(
            f"Cannot read lines {first} to {first + count} of {name}: the file is damaged or incomplete; "
            "download or copy it again."
        )
    lines: Array = unscaled(band, values)
    return lines


def sample(band: gdal.Band, side: int = 512) -> Array:
    """Return a decimated view of at most ``side`` x ``side`` pixels, to judge what a band holds.

    Of nearest pixels, or from overviews where the file has them: levels and units show, sums do not.
    """
    width, height = min(band.XSize, side), min(band.YSize, side)
    values = attempt(band.ReadAsArray, buf_xsize=width, buf_ysize=height)
    if values is None:
        # What cannot be decimated cannot be read either, and that error names file and lines.
        read_lines(band, 0, band.YSize)
        raise InputError("The raster cannot be read; download or copy it again.")
    view: Array = unscaled(band, values)
    return view


class _SmallCache:
    """GDAL's block cache, which the whole process shares, kept small while anyone wants it so."""

    def __init__(self) -> None:
        # Users are counted, as runs overlap in QGIS's background threads: else the first to end would enlarge
        # the cache under the second, which in turn would leave the small one behind, as it had found it so.
        self._lock = threading.Lock()
        self._users = 0
        self._before = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if self._users == 0:
                self._before = gdal.GetCacheMax()
                gdal.SetCacheMax(_CACHE_BYTES)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    gdal.SetCacheMax(self._before)


# Used as ``with small_cache():`` while a large raster streams through.
small_cache = _SmallCache()


@contextmanager
def output_errors(path: str) -> Iterator[None]:
    """Turn whatever GDAL has to say about writing ``path`` into an `OutputError`."""
    # GDAL's last error stays until the next one: an old one is none of this file's.
    gdal.ErrorReset()
    try:
        yield
    except (RuntimeError, OSError) as error:
        raise OutputError(f"Cannot write {path} ({error}): is the disk full?") from error
    # With GDAL's exceptions off, a full disk shows nowhere else: blocks are written when the cache lets go.
    if gdal.GetLastErrorType() >= gdal.CE_Failure:
        raise OutputError(f"Cannot write {path} ({gdal.GetLastErrorMsg()}): is the disk full?")
