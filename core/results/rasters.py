# SPDX-License-Identifier: GPL-2.0-or-later
"""The files a segmentation leaves: rasters of probabilities, classes and uncertainty, areas per class.

Whatever must be true wherever a file is opened is inside the file: band names, colours, category names, the
attribute table and where it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Callable, Optional

from osgeo import gdal

from .. import metadata
from ..arrays import Array
from ..classes import CLASS_NODATA, CLASS_VALUES, CLASSES, NODATA, UNDECIDED
from ..errors import OutputError
from ..files.gdal_calls import attempt
from ..files.pam import pam_enabled
from ..files.raster import FLOAT_OPTIONS, TILED_OPTIONS, output_errors
from ..geometry.georeference import Georeference
from .areas import UNDECIDED_NAME, Area
from .inference import Prediction
from .uncertainty import UNCERTAINTY, uncertainty

# Of the attribute table. By these usages QGIS and others recognise values, names and colours.
_TABLE_COLUMNS = (
    ("value", gdal.GFT_Integer, gdal.GFU_MinMax),
    ("name", gdal.GFT_String, gdal.GFU_Name),
    ("red", gdal.GFT_Integer, gdal.GFU_Red),
    ("green", gdal.GFT_Integer, gdal.GFU_Green),
    ("blue", gdal.GFT_Integer, gdal.GFU_Blue),
    ("count", gdal.GFT_Integer, gdal.GFU_PixelCount),
    ("area_km2", gdal.GFT_Real, gdal.GFU_Generic),
)

Create = Callable[[str, tuple[int, int], Georeference], gdal.Dataset]


@dataclass(frozen=True)
class OutputPaths:
    """Where the results go; those that are None are not written.

    Attributes
    ----------
    probabilities, classes, roughness, uncertainty : str or None
        Of GeoTIFFs.
    areas : str or None
        Of a CSV.
    """

    probabilities: str
    classes: str
    areas: Optional[str] = None
    roughness: Optional[str] = None
    uncertainty: Optional[str] = None

    @property
    def wanted(self) -> dict[str, str]:
        """Return what is written, by field."""
        return {name: path for name, path in vars(self).items() if path}

    @property
    def rasters(self) -> list[str]:
        """Return those that are rasters."""
        return [path for name, path in self.wanted.items() if name != "areas"]


def require_geotiff(*paths: str) -> None:
    """Raise `OutputError` for a raster path that names another format; an empty one is no output."""
    # The driver is always GeoTIFF's: under another name programs would look for another format in the file.
    for path in paths:
        if path and not path.lower().endswith((".tif", ".tiff")):
            raise OutputError(f"{path} would be a GeoTIFF: give it a name that ends in .tif.")


def create_probabilities(path: str, shape: tuple[int, int], georeference: Georeference) -> gdal.Dataset:
    """Create an empty ten-band probability raster of ``shape`` (lines, samples)."""
    return _create_bands(path, shape, georeference, [cls.label for cls in CLASSES])


def create_uncertainty(path: str, shape: tuple[int, int], georeference: Georeference) -> gdal.Dataset:
    """Create an empty raster for what `metocean.core.results.uncertainty.uncertainty` returns."""
    return _create_bands(path, shape, georeference, UNCERTAINTY)


def create_classes(path: str, shape: tuple[int, int], georeference: Georeference) -> gdal.Dataset:
    """Create an empty class raster of ``shape`` (lines, samples) in the classes' colours."""
    dataset = _create(path, georeference, shape[1], shape[0], 1, gdal.GDT_Byte, options=TILED_OPTIONS)
    band = dataset.GetRasterBand(1)
    band.SetNoDataValue(CLASS_NODATA)
    # The colours go into the file: any program shows the same map, without our style beside it. Undecided is
    # transparent, so that what lies below shows through.
    table = gdal.ColorTable()
    table.SetColorEntry(UNDECIDED, (0, 0, 0, 0))
    for value, cls in zip(CLASS_VALUES, CLASSES):
        table.SetColorEntry(value, (*cls.rgb, 255))
    band.SetColorTable(table)
    return dataset


def _create_bands(
    path: str, shape: tuple[int, int], georeference: Georeference, names: Sequence[str]
) -> gdal.Dataset:
    layout = shape[1], shape[0], len(names), gdal.GDT_Float32
    dataset = _create(path, georeference, *layout, options=FLOAT_OPTIONS)
    for number, name in enumerate(names, start=1):
        band = dataset.GetRasterBand(number)
        band.SetNoDataValue(NODATA)
        band.SetDescription(name)
    return dataset


def _create(path: str, georeference: Georeference, *layout: int, options: Sequence[str]) -> gdal.Dataset:
    dataset = attempt(gdal.GetDriverByName("GTiff").Create, path, *layout, options=options)
    if dataset is None:
        raise OutputError(f"Cannot create {path} ({gdal.GetLastErrorMsg()}).")
    georeference.write_to(dataset)
    return dataset


def describe_bands(path: str, quantity: str, items: Mapping[str, str]) -> None:
    """Say what a raster of probabilities or uncertainty holds, and where it came from.

    ``quantity`` is `CLASS_PROBABILITY` or `UNCERTAINTY` of `metocean.core.metadata`, ``items`` is what else
    the metadata hold.
    """
    with _updating(path) as dataset:
        dataset.SetMetadata({**items, metadata.QUANTITY_KEY: quantity})


def write_cells(paths: OutputPaths, prediction: Prediction, classes: Array) -> None:
    """Write rasters of the working grid's cells: probabilities, classes and, where wanted, uncertainty.

    ``classes`` (lines, samples) uint8 are values of the class raster.
    """
    georeference = prediction.georeference
    _write(create_probabilities, paths.probabilities, georeference, prediction.probabilities)
    _write(create_classes, paths.classes, georeference, classes)
    if paths.uncertainty:
        _write(create_uncertainty, paths.uncertainty, georeference, uncertainty(prediction.probabilities))


def _write(create: Create, path: str, georeference: Georeference, values: Array) -> None:
    with output_errors(path):
        lines, samples = values.shape[-2:]
        raster = create(path, (lines, samples), georeference)
        raster.WriteArray(values)
        raster.FlushCache()


def describe_classes(path: str, items: Mapping[str, str], areas: Mapping[str, Area]) -> None:
    """Say where a class raster came from, and name its values.

    ``items`` are metadata, ``areas`` of each class by its code, for the attribute table.
    """
    with _updating(path) as dataset:
        dataset.SetMetadata({**items, metadata.QUANTITY_KEY: metadata.CLASS})
        band = dataset.GetRasterBand(1)
        band.SetCategoryNames([UNDECIDED_NAME, *(c.label for c in CLASSES)])
        # A bin for each value, undecided among them, each half a unit to either side.
        values = len(CLASSES) + 1
        counts = band.GetHistogram(-0.5, values - 0.5, values, approx_ok=False)
        band.SetDefaultRAT(_attribute_table(counts, areas))


@contextmanager
def _updating(path: str) -> Iterator[gdal.Dataset]:
    with output_errors(path), pam_enabled():
        dataset = gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_UPDATE)
        if dataset is None:
            raise OSError(gdal.GetLastErrorMsg())
        yield dataset
        # GDAL writes when it closes a file, where errors get lost: here they are still ours.
        dataset.FlushCache()


def _attribute_table(counts: Sequence[int], areas: Mapping[str, Area]) -> gdal.RasterAttributeTable:
    table = gdal.RasterAttributeTable()
    for name, kind, usage in _TABLE_COLUMNS:
        table.CreateColumn(name, kind, usage)
    rows = [(UNDECIDED_NAME, (0, 0, 0), areas[UNDECIDED_NAME])]
    rows += [(c.label, c.rgb, areas[c.code]) for c in CLASSES]
    table.SetRowCount(len(rows))
    for value, (name, rgb, area) in enumerate(rows):
        table.SetValueAsInt(value, 0, value)
        table.SetValueAsString(value, 1, name)
        for column, level in enumerate(rgb, start=2):
            table.SetValueAsInt(value, column, level)
        table.SetValueAsInt(value, 5, counts[value])
        # To a square metre: GDAL's spline has other last digits on another number of processors.
        table.SetValueAsDouble(value, 6, round(area.km2, 6))
    return table
