# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of a run that must be refused, each with a word that the refusal has to say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import ogr
from rasters import utm, write_geotiff


def raster(
    path: Path, values: np.ndarray, *, bands: int = 1, known_place: bool = True, **settings: Any
) -> None:
    """Write a GeoTIFF in the open Atlantic, UTM 28N at 100 m, or without any place on earth."""
    stack = np.stack([np.roll(values, 7 * band, axis=1) for band in range(bands)])
    write_geotiff(path, stack, utm(28, 400_000.0, 5_100_000.0) if known_place else None, **settings)


def sigma0(shape: tuple[int, int] = (96, 96)) -> np.ndarray:
    return np.random.default_rng(3).gamma(50.0, 0.05 / 50, shape).astype(np.float32)


def safe(folder: Path, polarisation: str = "VV") -> Path:
    field = SeaSigma0(np.full((60, 60), 0.05, np.float32), 100.0)
    return write_safe(folder, field, product=Product(polarisations=(polarisation,)))


def missing_file(folder: Path) -> dict[str, Any]:
    return {"INPUT": folder / "nowhere.tif"}


def text_file(folder: Path) -> dict[str, Any]:
    (folder / "letter.tif").write_text("Dear sea, ...")
    return {"INPUT": folder / "letter.tif"}


def empty_file(folder: Path) -> dict[str, Any]:
    (folder / "empty.tif").touch()
    return {"INPUT": folder / "empty.tif"}


def vector_file(folder: Path) -> dict[str, Any]:
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(folder / "coast.gpkg"))
    layer = source.CreateLayer("coast", geom_type=ogr.wkbPoint)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT (1 2)"))
    layer.CreateFeature(feature)
    return {"INPUT": folder / "coast.gpkg"}


def cross_polarised_product(folder: Path) -> dict[str, Any]:
    return {"INPUT": safe(folder, "VH")}


def cross_polarised_raster(folder: Path) -> dict[str, Any]:
    raster(folder / "vh.tif", sigma0(), names=["Sigma0_VH"])
    return {"INPUT": folder / "vh.tif", "INCIDENCE": "38"}


def colour_photo(folder: Path) -> dict[str, Any]:
    raster(folder / "photo.tif", (sigma0((300, 300)) * 2000).astype(np.uint8), bands=3, known_place=False)
    return {"INPUT": folder / "photo.tif"}


def truncated_raster(folder: Path) -> dict[str, Any]:
    raster(folder / "cut.tif", sigma0((600, 600)))
    whole = (folder / "cut.tif").read_bytes()
    (folder / "cut.tif").write_bytes(whole[: len(whole) // 2])
    return {"INPUT": folder / "cut.tif", "UNITS": "linear", "INCIDENCE": "38"}


def truncated_measurement(folder: Path) -> dict[str, Any]:
    product = safe(folder)
    (measurement,) = product.glob("measurement/*.tiff")
    whole = measurement.read_bytes()
    measurement.write_bytes(whole[: len(whole) * 2 // 3])
    return {"INPUT": product}


def product_without_calibration(folder: Path) -> dict[str, Any]:
    product = safe(folder)
    next(product.glob("annotation/calibration/calibration-*.xml")).unlink()
    return {"INPUT": product}


def broken_xml(folder: Path) -> dict[str, Any]:
    product = safe(folder)
    (annotation,) = product.glob("annotation/*.xml")
    annotation.write_text(annotation.read_text()[:5000])
    return {"INPUT": product}


def xml_of_another_kind(folder: Path) -> dict[str, Any]:
    product = safe(folder)
    (annotation,) = product.glob("annotation/*.xml")
    annotation.write_text("<letter><to>sea</to></letter>")
    return {"INPUT": product}


def folder_without_product(folder: Path) -> dict[str, Any]:
    (folder / "S1A_IW.SAFE").mkdir()
    return {"INPUT": folder / "S1A_IW.SAFE"}


def map_of_an_imagette(folder: Path) -> dict[str, Any]:
    raster(folder / "imagette.tif", (sigma0((300, 300)) * 2000).astype(np.uint8), known_place=False)
    return {"INPUT": folder / "imagette.tif", "OUTPUT_CRS": "EPSG:32628"}


def nothing_but_nodata(folder: Path) -> dict[str, Any]:
    raster(folder / "void.tif", np.full((96, 96), -9999, np.float32), nodata=-9999)
    return {"INPUT": folder / "void.tif", "UNITS": "linear", "INCIDENCE": "38"}


def nothing_but_nan(folder: Path) -> dict[str, Any]:
    raster(folder / "nan.tif", np.full((96, 96), np.nan, np.float32))
    return {"INPUT": folder / "nan.tif", "UNITS": "linear", "INCIDENCE": "38"}


def nothing_but_nan_of_unknown_units(folder: Path) -> dict[str, Any]:
    return {"INPUT": nothing_but_nan(folder)["INPUT"]}


def ambiguous_units(folder: Path) -> dict[str, Any]:
    raster(folder / "unknown.tif", sigma0())
    return {"INPUT": folder / "unknown.tif"}


def decibels_that_are_none(folder: Path) -> dict[str, Any]:
    raster(folder / "dn.tif", sigma0() * 4000)
    return {"INPUT": folder / "dn.tif", "UNITS": "db", "INCIDENCE": "38"}


def good(folder: Path) -> dict[str, Any]:
    raster(folder / "good.tif", sigma0())
    return {"INPUT": folder / "good.tif", "UNITS": "linear", "INCIDENCE": "38"}


def unwritable_output(folder: Path) -> dict[str, Any]:
    (folder / "file").touch()
    return {**good(folder), "CLASSES": str(folder / "file" / "c.tif")}


def output_over_input(folder: Path) -> dict[str, Any]:
    return {**good(folder), "CLASSES": str(folder / "good.tif")}


# Added to those of `good`.
WRONG_PARAMETERS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"TRESHOLD": 0.4}, "did you mean THRESHOLD"),
    "incidence": ({"INCIDENCE": "steep"}, "steep"),
    "missing band": ({"BAND": 3}, "band 3"),
    "missing land": ({"LAND_MASK": "/no/such/land.gpkg"}, "no land file"),
    "absurd coast": ({"COAST_KM": 5000}, "coast buffer"),
    "setting of another method": ({"METHOD": "cam", "SIDE_PX": 33}, "has no setting side_px"),
    "everything excluded": ({"EXCLUDE": "AF,BS,IB,LWA,MCC,OF,POW,RC,SI,WS"}, "at least one"),
}

CASES: list[tuple[Callable[[Path], dict[str, Any]], str]] = [
    (missing_file, "no file"),
    (text_file, "not a raster"),
    (empty_file, "not a raster"),
    (vector_file, "vector"),
    (cross_polarised_product, "VH"),
    (cross_polarised_raster, "VH"),
    (colour_photo, "colour picture"),
    (truncated_raster, "damaged"),
    (truncated_measurement, "damaged"),
    (product_without_calibration, "calibration"),
    (broken_xml, "XML"),
    (xml_of_another_kind, "incomplete"),
    (folder_without_product, "manifest"),
    (map_of_an_imagette, "coordinate system"),
    (nothing_but_nodata, "nodata"),
    (nothing_but_nan, "nodata|valid"),
    (nothing_but_nan_of_unknown_units, "nodata|valid"),
    (ambiguous_units, "UNITS"),
    (decibels_that_are_none, "UNITS"),
    (unwritable_output, "file/c.tif|folder"),
    (output_over_input, "another file"),
]
