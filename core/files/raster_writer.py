# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters written from top to bottom: whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from osgeo import gdal

from ..arrays import Array
from ..errors import OutputError
from .gdal_calls import attempt, fails

# Whole rows suit what is written and read from top to bottom. These files are not kept: compressing speckle
# takes long for little.
_STRIP_OPTIONS = ("BIGTIFF=IF_SAFER", "BLOCKYSIZE=16")


@dataclass(frozen=True)
class RasterLayout:
    """What a raster to be written looks like.

    Attributes
    ----------
    shape : (lines, samples)
    nodata : float
        The value where nothing is known.
    description : str
        Of its one band, as QGIS shows it.
    metadata : dict of str to str
        What is known beforehand; the rest follows by `RasterWriter.add_metadata`.
    """

    shape: tuple[int, int]
    nodata: float
    description: str
    metadata: dict[str, str]


class RasterWriter:
    """A Float32 GeoTIFF that is being filled from top to bottom; use `raster_writer`, which closes it.

    Attributes
    ----------
    path : str
        Where it will be in the end.
    dataset : gdal.Dataset
        Where it is now: ``path`` with ``.part`` behind it. For its georeference.
    """

    def __init__(self, path: str, layout: RasterLayout) -> None:
        self.path = path
        self.dataset = attempt(gdal.GetDriverByName("GTiff").Create, f"{path}.part", *_creation(layout))
        if self.dataset is None:
            raise OutputError(f"Cannot write {path}; check that the folder exists and is writable.")
        self.dataset.SetMetadata(layout.metadata)
        band = self.dataset.GetRasterBand(1)
        band.SetNoDataValue(layout.nodata)
        band.SetDescription(layout.description)

    def write(self, rows: Array, start: int) -> None:
        """Write whole rows (n, samples) float32 from row ``start`` on, or raise `OutputError`."""
        self._check(attempt(self.dataset.GetRasterBand(1).WriteArray, rows, 0, start))

    def add_metadata(self, items: dict[str, str]) -> None:
        """Store what is known only now that the rows are."""
        for key, value in items.items():
            self.dataset.SetMetadataItem(key, value)

    def close(self) -> None:
        """Flush; the data set has to be gone before its file can be renamed or removed everywhere."""
        # Rows wait in GDAL's cache: that the disk is full may turn out only here.
        failed = fails(self.dataset.FlushCache)
        self.dataset = None
        self._check(gdal.CE_Failure if failed else gdal.CE_None)

    def _check(self, code: int | None) -> None:
        if code != gdal.CE_None:
            reason = gdal.GetLastErrorMsg() or "is the disk full?"
            raise OutputError(f"Cannot write {self.path}: {reason}")


@contextmanager
def raster_writer(path: str, layout: RasterLayout) -> Iterator[RasterWriter]:
    """Give a raster to fill; it takes its name only when all went well, else nothing is left."""
    writer = RasterWriter(path, layout)
    try:
        yield writer
        writer.close()
        _rename(f"{path}.part", path)
    finally:
        # Windows removes no open file.
        writer.dataset = None
        _discard(f"{path}.part")


def _rename(partial: str, path: str) -> None:
    try:
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {error.strerror}.") from error
    # Statistics and overviews of a file that was there before would describe the wrong pixels.
    _discard(f"{path}.aux.xml")
    _discard(f"{path}.ovr")


def _discard(path: str) -> None:
    if os.path.exists(path):
        os.remove(path)


def _creation(layout: RasterLayout) -> tuple[int, int, int, int, list[str]]:
    lines, samples = layout.shape
    return samples, lines, 1, gdal.GDT_Float32, list(_STRIP_OPTIONS)
