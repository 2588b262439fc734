# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters as tests need them, written with GDAL alone: nothing here is what it helps to test."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Optional, Union

import numpy as np
from osgeo import gdal, gdal_array, osr


class MapGrid(NamedTuple):
    """Where a raster lies: a coordinate system as GDAL reads it from users, and GDAL's six numbers."""

    crs: str
    affine: tuple[float, ...]


def utm(zone: int, west_m: float, north_m: float, spacing_m: float = 100.0) -> MapGrid:
    """Return a grid of square pixels in a northern zone of UTM."""
    return MapGrid(f"EPSG:{32600 + zone}", (west_m, spacing_m, 0.0, north_m, 0.0, -spacing_m))


@contextmanager
def gdal_exceptions(wanted: bool) -> Iterator[None]:
    """Let GDAL raise exceptions or not: other plugins of QGIS may have switched them either way."""
    before = gdal.GetUseExceptions()
    (gdal.UseExceptions if wanted else gdal.DontUseExceptions)()
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        yield
    finally:
        gdal.PopErrorHandler()
        (gdal.UseExceptions if before else gdal.DontUseExceptions)()


def wkt_of(crs: str) -> str:
    reference = osr.SpatialReference()
    reference.SetFromUserInput(crs)
    return reference.ExportToWkt()


def write_geotiff(
    path: Union[str, Path],
    values: np.ndarray,
    grid: Optional[MapGrid] = None,
    *,
    names: Sequence[str] = (),
    nodata: Optional[float] = None,
    metadata: Optional[Mapping[str, str]] = None,
    options: Sequence[str] = (),
) -> str:
    """Write a GeoTIFF of the values' own type and return its path.

    Parameters
    ----------
    path
        Folders that are missing are made.
    values
        (lines, samples) or (bands, lines, samples).
    grid
        None for an image that lies nowhere on earth.
    names
        Descriptions of the bands, in their order; an empty one is not stored.
    nodata
        Of all bands.
    metadata
        Items of the whole file.
    options
        The driver's, such as ``ENDIANNESS=BIG``.
    """
    bands = values[None] if values.ndim == 2 else values
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    code = gdal_array.NumericTypeCodeToGDALTypeCode(values.dtype)
    driver = gdal.GetDriverByName("GTiff")
    dataset = driver.Create(str(path), *bands.shape[:0:-1], len(bands), code, list(options))
    if grid:
        dataset.SetProjection(wkt_of(grid.crs))
        dataset.SetGeoTransform(grid.affine)
    if metadata:
        dataset.SetMetadata(dict(metadata))
    for number, band in enumerate(bands, 1):
        dataset.GetRasterBand(number).WriteArray(band)
        if nodata is not None:
            dataset.GetRasterBand(number).SetNoDataValue(nodata)
    for number, name in enumerate(names, 1):
        if name:
            dataset.GetRasterBand(number).SetDescription(name)
    return str(path)


def write_constant(path: Union[str, Path], shape: tuple[int, int], value: int) -> None:
    """Write a small TIFF of a large image of 16 bits: all of its lines are one and the same in the file."""
    lines, samples = shape
    offsets, counts = 8, 8 + 4 * lines
    line = counts + 4 * lines
    directory = line + 2 * samples
    # Width, length, bits, compression, photometric, where the strips are, lines in each, and their bytes.
    entries = [(256, 4, 1, samples), (257, 4, 1, lines), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1)]
    entries += [(273, 4, lines, offsets), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, lines, counts)]
    with open(path, "wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, directory))
        np.full(lines, line, "<u4").tofile(file)
        np.full(lines, 2 * samples, "<u4").tofile(file)
        np.full(samples, value, "<u2").tofile(file)
        file.write(struct.pack("<H", len(entries)))
        for entry in entries:
            file.write(struct.pack("<HHII", *entry))
        file.write(bytes(4))


def read_raster(path: Union[str, Path]) -> np.ndarray:
    return gdal.Open(str(path)).ReadAsArray()


def write_complex_geotiff(path: Union[str, Path], values: np.ndarray) -> None:
    """Write (lines, samples, 2) int16 as complex integers, a type that numpy lacks."""
    lines, samples, _ = values.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), samples, lines, 1, gdal.GDT_CInt16)
    dataset.GetRasterBand(1).WriteRaster(0, 0, samples, lines, np.ascontiguousarray(values).tobytes())


def write_picture(
    path: Path, values: np.ndarray, palette: Any = None, nodata: Optional[float] = None
) -> Path:
    """Write (lines, samples) or (bands, lines, samples) as PNG, JPEG or TIFF, as the suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    memory = gdal_array.OpenArray(np.ascontiguousarray(values))
    if palette is not None:
        table = gdal.ColorTable()
        for number, colour in enumerate(palette):
            table.SetColorEntry(number, tuple(colour))
        memory.GetRasterBand(1).SetColorTable(table)
    if nodata is not None:
        memory.GetRasterBand(1).SetNoDataValue(nodata)
    # PNG and JPEG cannot be written piece by piece: GDAL copies them from a whole image.
    driver = {".png": "PNG", ".jpg": "JPEG"}.get(path.suffix.lower(), "GTiff")
    gdal.GetDriverByName(driver).CreateCopy(str(path), memory)
    return path
