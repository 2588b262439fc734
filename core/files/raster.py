# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL at arm's length: open and read, with errors a user understands.

QGIS's own process has GDAL's exceptions off, scripts often have them on; everything here works in both.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

import numpy as np
from osgeo import gdal

from ..arrays import Array
from ..errors import InputError, OutputError

# GDAL keeps every block it has read. A scene read once from top to bottom gains nothing by a cache larger
# than a row of its tiles; with less, each tile is decoded several times. 25,000 px of 512 px tiles of Float32
# fit twice.
_CACHE_BYTES = 128 * 2**20
# A data set is for one thread at a time, and `metocean.core.files.prefetch` reads in two.
_READING = threading.Lock()
_INTEGERS = ("Byte", "Int8", "UInt16", "Int16", "UInt32", "Int32", "UInt64", "Int64")
# How our GeoTIFFs are made. Band by band: a layer shows one class at a time. Predictor 3 is the
# floating-point one. Beyond 4 GB a plain TIFF ends in an error; whether a compressed one comes that far is
# not known before, so that GDAL takes BigTIFF where it might.
TILED_OPTIONS = ("TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER")
FLOAT_OPTIONS = (*TILED_OPTIONS, "PREDICTOR=3", "INTERLEAVE=BAND")


def attempt(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a GDAL function returns, or None where it fails, without output on the console."""
    # The caller says what went wrong in a sentence of its own; `gdal.GetLastErrorMsg` still has GDAL's.
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return function(*args, **kwargs)
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()


def fails(function: Callable[..., Any], *args: Any) -> bool:
    """Tell whether a GDAL function reports a failure, which some do by nothing else."""
    # All that is reported is listened to: GDAL's last error may be a warning that came after the failure.
    failures = []

    def listen(kind: int, _: int, message: str) -> None:
        if kind >= gdal.CE_Failure:
            failures.append(message)

    gdal.PushErrorHandler(listen)
    try:
        function(*args)
    except RuntimeError:
        return True
    finally:
        gdal.PopErrorHandler()
    return bool(failures)


def short(path: str) -> str:
    """Return the last part of a path, for messages."""
    return os.path.basename(path.rstrip("/\\")) or path


def exists(path: str) -> bool:
    """Tell whether a file or folder is there, inside archives (``/vsizip/…``) too."""
    return attempt(gdal.VSIStatL, path) is not None


def is_folder(path: str) -> bool:
    """Tell whether a path is that of a folder, inside archives too."""
    status = attempt(gdal.VSIStatL, path)
    return status is not None and bool(status.IsDirectory())


def open_raster(path: str) -> gdal.Dataset:
    """Open a raster, or raise `InputError` with the reason it is none."""
    dataset = attempt(gdal.OpenEx, path, gdal.OF_RASTER)
    if dataset is not None and dataset.RasterCount > 0:
        return dataset
    # From here on only the reason is looked for: people choose a vector file, the folder above the image, or
    # a file whose images GDAL has as subdatasets.
    if attempt(gdal.OpenEx, path, gdal.OF_VECTOR) is not None and dataset is None:
        raise InputError(f"{short(path)} is a vector file; choose a radar image.")
    if is_folder(path):
        raise InputError(
            f"{short(path)} is a folder without manifest.safe; choose a SAFE folder or an image file."
        )
    if dataset is not None:
        raise InputError(f"{short(path)} holds no image at its top level; choose the image file itself.")
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
