"""The files a segmentation leaves: probability raster, class raster, areas per class.

Whatever must be true wherever a file is opened is inside the file: band names, colours, category names, the
attribute table and where it came from.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from osgeo import gdal

from .classes import CLASS_NODATA, CLASSES, NODATA, UNDECIDED
from .errors import OutputError
from .geolocation import Georeference

UNDECIDED_NAME = "undecided"
_COMMON = ["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"]
# Band by band: a layer shows one class at a time. Predictor 3 is the floating-point one.
FLOAT_OPTIONS = [*_COMMON, "PREDICTOR=3", "INTERLEAVE=BAND"]
_STRIP_LINES = 256


@dataclass(frozen=True)
class OutputPaths:
    """Where the results go; those that are None are not written."""

    probabilities: str
    classes: str
    areas: str | None = None
    roughness: str | None = None


def require_geotiff(*paths: str | None) -> None:
    """Raise `OutputError` for a raster path that names another format; None is no output."""
    for path in paths:
        if path and not path.lower().endswith((".tif", ".tiff")):
            raise OutputError(f"{path} would be a GeoTIFF: give it a name that ends in .tif.")


@dataclass(frozen=True)
class Area:
    """Extent of one class: square kilometres, and percent of everything that is not nodata."""

    km2: float
    percent: float


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Turn whatever GDAL has to say about writing ``path`` into an `OutputError`."""
    gdal.ErrorReset()
    try:
        yield
    except (RuntimeError, OSError) as error:
        raise OutputError(f"Cannot write {path} ({error}): is the disk full?") from error
    if gdal.GetLastErrorType() >= gdal.CE_Failure:
        raise OutputError(f"Cannot write {path} ({gdal.GetLastErrorMsg()}): is the disk full?")


def create_probabilities(path: str, shape: tuple[int, int], georeference: Georeference) -> gdal.Dataset:
    """Create an empty ten-band probability raster of ``shape`` (lines, samples)."""
    dataset = gdal.GetDriverByName("GTiff").Create(
        path, shape[1], shape[0], len(CLASSES), gdal.GDT_Float32, options=FLOAT_OPTIONS
    )
    if dataset is None:
        raise OutputError(f"Cannot create {path} ({gdal.GetLastErrorMsg()}).")
    georeference.write_to(dataset)
    for index in range(len(CLASSES)):
        dataset.GetRasterBand(index + 1).SetNoDataValue(NODATA)
    return dataset


def describe_probabilities(path: str, metadata: Mapping[str, str]) -> None:
    """Name the bands of a probability raster and say where it came from."""
    with writing(path):
        dataset = gdal.Open(path, gdal.GA_Update)
        for index, cls in enumerate(CLASSES):
            dataset.GetRasterBand(index + 1).SetDescription(cls.label)
        dataset.SetMetadata({**dataset.GetMetadata(), **metadata, "METOCEAN_QUANTITY": "class_probability"})
        dataset.FlushCache()


def classify(probabilities: np.ndarray, threshold: float) -> np.ndarray:
    """Return the class raster's values for class probabilities.

    Parameters
    ----------
    probabilities : (10, H, W)
        Negative where nothing is known.
    threshold : float
        The most probable class wins where its probability reaches this, 0 to 1.

    Returns
    -------
    (H, W) uint8
        `UNDECIDED`, 1 to 10, or `CLASS_NODATA`.
    """
    best = probabilities.max(axis=0)
    classes = np.where(best >= threshold, probabilities.argmax(axis=0) + 1, UNDECIDED).astype(np.uint8)
    classes[~(best >= 0)] = CLASS_NODATA
    return classes


def write_classes(probabilities: str, target: str, threshold: float, areas: Mapping[str, Area]) -> None:
    """Write the class raster of a described probability raster, on its grid and with its metadata."""
    with writing(target):
        source = gdal.Open(probabilities)
        lines, samples = source.RasterYSize, source.RasterXSize
        dataset = gdal.GetDriverByName("GTiff").Create(
            target, samples, lines, 1, gdal.GDT_Byte, options=_COMMON
        )
        dataset.SetProjection(source.GetProjection())
        dataset.SetGeoTransform(source.GetGeoTransform())
        dataset.SetMetadata({**source.GetMetadata(), "METOCEAN_QUANTITY": "class"})
        band = dataset.GetRasterBand(1)
        band.SetNoDataValue(CLASS_NODATA)
        counts = np.zeros(CLASS_NODATA + 1, dtype=np.int64)
        for line in range(0, lines, _STRIP_LINES):
            count = min(_STRIP_LINES, lines - line)
            classes = classify(source.ReadAsArray(0, line, samples, count), threshold)
            counts += np.bincount(classes.ravel(), minlength=counts.size)
            band.WriteArray(classes, 0, line)
        _colour(band)
        band.SetDefaultRAT(_attribute_table(counts, areas))
        dataset.FlushCache()


def write_areas(path: str, areas: Mapping[str, Area]) -> None:
    """Write the areas as CSV: code, name, km2, percent; one row a class and one for what stayed undecided."""
    try:
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["code", "name", "km2", "percent"])
            for code, name in [*((c.code, c.name) for c in CLASSES), (UNDECIDED_NAME, "Undecided")]:
                writer.writerow([code, name, f"{areas[code].km2:.3f}", f"{areas[code].percent:.3f}"])
    except OSError as error:
        raise OutputError(f"Cannot write {path} ({error.strerror}).") from error


def areas_from(km2: Iterable[float]) -> dict[str, Area]:
    """Return areas by code, ``undecided`` included, of square kilometres by value of the class raster."""
    km2 = list(km2)
    total = max(sum(km2), np.finfo(float).tiny)
    names = [UNDECIDED_NAME, *(c.code for c in CLASSES)]
    return {name: Area(float(k), float(100 * k / total)) for name, k in zip(names, km2)}


def _colour(band: gdal.Band) -> None:
    table = gdal.ColorTable()
    table.SetColorEntry(UNDECIDED, (0, 0, 0, 0))
    for index, cls in enumerate(CLASSES):
        table.SetColorEntry(index + 1, (*cls.rgb, 255))
    band.SetColorTable(table)
    band.SetCategoryNames([UNDECIDED_NAME, *(c.label for c in CLASSES)])


def _attribute_table(counts: np.ndarray, areas: Mapping[str, Area]) -> gdal.RasterAttributeTable:
    table = gdal.RasterAttributeTable()
    for name, kind, usage in (
        ("value", gdal.GFT_Integer, gdal.GFU_MinMax),
        ("name", gdal.GFT_String, gdal.GFU_Name),
        ("red", gdal.GFT_Integer, gdal.GFU_Red),
        ("green", gdal.GFT_Integer, gdal.GFU_Green),
        ("blue", gdal.GFT_Integer, gdal.GFU_Blue),
        ("count", gdal.GFT_Integer, gdal.GFU_PixelCount),
        ("area_km2", gdal.GFT_Real, gdal.GFU_Generic),
    ):
        table.CreateColumn(name, kind, usage)
    rows = [(UNDECIDED_NAME, (0, 0, 0), areas[UNDECIDED_NAME])]
    rows += [(c.label, c.rgb, areas[c.code]) for c in CLASSES]
    table.SetRowCount(len(rows))
    for value, (name, rgb, area) in enumerate(rows):
        table.SetValueAsInt(value, 0, value)
        table.SetValueAsString(value, 1, name)
        for column, level in enumerate(rgb, start=2):
            table.SetValueAsInt(value, column, level)
        table.SetValueAsInt(value, 5, int(counts[value]))
        table.SetValueAsDouble(value, 6, area.km2)
    return table
