"""Whatever is wrong, a user gets one clear sentence, and nothing is left behind."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from metocean.models import registry
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import gdal, ogr, osr
from qgis import core

LONGEST_MESSAGE = 300
OUTPUTS = {"PROBABILITIES": "p.tif", "CLASSES": "c.tif", "AREAS": "a.csv", "ROUGHNESS": "r.tif"}


def raster(path: Path, values: np.ndarray, bands: int = 1, placed: bool = True) -> gdal.Dataset:
    """Write a GeoTIFF in the open Atlantic, UTM 28N at 100 m, or without any place; returns it open."""
    kind = gdal.GDT_Byte if values.dtype == np.uint8 else gdal.GDT_Float32
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), *values.shape[::-1], bands, kind)
    if placed:
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(32628)
        dataset.SetProjection(reference.ExportToWkt())
        dataset.SetGeoTransform((400_000.0, 100.0, 0.0, 5_100_000.0, 0.0, -100.0))
    for band in range(bands):
        dataset.GetRasterBand(band + 1).WriteArray(np.roll(values, 7 * band, axis=1))
    return dataset


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
    dataset = raster(folder / "vh.tif", sigma0())
    dataset.GetRasterBand(1).SetDescription("Sigma0_VH")
    return {"INPUT": folder / "vh.tif", "INCIDENCE": "38"}


def colour_photo(folder: Path) -> dict[str, Any]:
    raster(folder / "photo.tif", (sigma0((300, 300)) * 2000).astype(np.uint8), bands=3, placed=False)
    return {"INPUT": folder / "photo.tif"}


def truncated_raster(folder: Path) -> dict[str, Any]:
    raster(folder / "cut.tif", sigma0((600, 600))).FlushCache()
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
    raster(folder / "imagette.tif", (sigma0((300, 300)) * 2000).astype(np.uint8), placed=False)
    return {"INPUT": folder / "imagette.tif", "OUTPUT_CRS": "EPSG:32628"}


def nothing_but_nodata(folder: Path) -> dict[str, Any]:
    dataset = raster(folder / "void.tif", np.full((96, 96), -9999, np.float32))
    dataset.GetRasterBand(1).SetNoDataValue(-9999)
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


def unknown_parameter(folder: Path) -> dict[str, Any]:
    return {**good(folder), "TRESHOLD": 0.4}


def unwritable_output(folder: Path) -> dict[str, Any]:
    (folder / "file").touch()
    return {**good(folder), "CLASSES": str(folder / "file" / "c.tif")}


def output_over_input(folder: Path) -> dict[str, Any]:
    return {**good(folder), "CLASSES": str(folder / "good.tif")}


def unknown_incidence(folder: Path) -> dict[str, Any]:
    return {**good(folder), "INCIDENCE": "steep"}


def missing_band(folder: Path) -> dict[str, Any]:
    return {**good(folder), "BAND": 3}


def missing_land(folder: Path) -> dict[str, Any]:
    return {**good(folder), "LAND_MASK": "/no/such/land.gpkg"}


def absurd_coast(folder: Path) -> dict[str, Any]:
    return {**good(folder), "COAST_KM": 5000}


def setting_of_another_method(folder: Path) -> dict[str, Any]:
    return {**good(folder), "METHOD": "cam", "SIDE_PX": 33}


def everything_excluded(folder: Path) -> dict[str, Any]:
    return {**good(folder), "EXCLUDE": "AF,BS,IB,LWA,MCC,OF,POW,RC,SI,WS"}


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
    (unknown_parameter, "did you mean THRESHOLD"),
    (unwritable_output, "file/c.tif|folder"),
    (output_over_input, "another file"),
    (unknown_incidence, "steep"),
    (missing_band, "band 3"),
    (missing_land, "no land file"),
    (absurd_coast, "coast buffer"),
    (setting_of_another_method, "has no setting side_px"),
    (everything_excluded, "at least one"),
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder for what goes in."""
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def run(run_algorithm: Any, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run ``metocean:segment`` as qgis_process does: check, then run; outputs go to ``tmp_path / out``."""
    target = tmp_path / "out"
    target.mkdir()

    def start(**parameters: Any) -> dict[str, Any]:
        given = {**{name: str(target / file) for name, file in OUTPUTS.items()}, **parameters}
        given["INPUT"] = str(given["INPUT"])
        return run_algorithm("segment", given)

    return start


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, brightness_method: Any) -> None:
    """No network is needed to refuse a scene."""
    from metocean.ui.algorithms import method

    monkeypatch.setattr(method, "_method", lambda *_: brightness_method())


def contents(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def refusal(run: Callable[..., Any], source: Path, parameters: dict[str, Any]) -> str:
    """Return the message of a run that must fail and leave both folders as they were."""
    before = contents(source)
    with pytest.raises(core.QgsProcessingException) as raised:
        run(**parameters)
    assert contents(source) == before
    assert contents(source.parent / "out") == []
    return str(raised.value)


@pytest.mark.parametrize(("make", "words"), CASES, ids=[case[0].__name__ for case in CASES])
def test_one_sentence_and_nothing_left(run, source, stand_in, make, words) -> None:
    parameters = make(source)
    message = refusal(run, source, parameters)
    _is_clear(message)
    assert re.search(words, message), message


def _is_clear(message: str) -> None:
    assert 10 < len(message) < LONGEST_MESSAGE, message
    assert "Traceback" not in message and "\n" not in message.strip()
    assert message.strip()[-1] in ".?", message


def test_real_ocean_product_is_refused(run, source, stand_in, shared_data) -> None:
    (path,) = shared_data.glob("s1_metadata/*.nc")
    message = refusal(run, source, {"INPUT": path})
    _is_clear(message)
    assert "OCN" in message


@pytest.mark.parametrize("side", [1, 3, 17, 70])
def test_a_scene_smaller_than_a_block_is_segmented(run, source, stand_in, side) -> None:
    raster(source / "small.tif", sigma0((side, side)))
    results = run(INPUT=source / "small.tif", UNITS="linear", INCIDENCE="38")
    classes = gdal.Open(results["CLASSES"]).ReadAsArray()
    assert (classes != 255).any() and classes.shape == (-(-side // 4),) * 2


def test_partly_nan_is_nodata_in_the_result(run, source, stand_in) -> None:
    values = sigma0()
    values[:, :48] = np.nan
    raster(source / "half.tif", values)
    results = run(INPUT=source / "half.tif", UNITS="linear", INCIDENCE="38")
    classes = gdal.Open(results["CLASSES"]).ReadAsArray()
    assert (classes[:, :11] == 255).all() and (classes[:, 13:] != 255).all()


def test_a_failed_run_keeps_an_earlier_result(run, source, stand_in) -> None:
    run(**good(source))
    out = source.parent / "out"
    before = {name: (out / name).read_bytes() for name in contents(out)}
    with pytest.raises(core.QgsProcessingException):
        run(**truncated_measurement(source))
    assert {name: (out / name).read_bytes() for name in contents(out)} == before


def test_missing_torch_names_the_remedy(run, source, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    message = refusal(run, source, good(source))
    assert "PyTorch is missing" in message and "pip install" in message and "metocean-packages" in message


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network of random weights in the place of the bundled one."""
    from metocean.core.classes import CODES
    from metocean.models.checkpoint import Card, save_weights
    from metocean.models.networks.unet import UNet, UNetConfig

    path = tmp_path / "weights" / registry.METHODS["unet"].weights
    card = Card(tuple(CODES), 100.0, 1.0, "random", {}, {})
    save_weights(path, UNet(UNetConfig(width=4, norm=True)), card)
    monkeypatch.setattr(registry, "WEIGHTS", path.parent)
    return path


def cut_weights(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def other_weights(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(5000))


def no_weights(path: Path) -> None:
    path.unlink()


def no_card(path: Path) -> None:
    path.with_suffix(".json").unlink()


def broken_card(path: Path) -> None:
    path.with_suffix(".json").write_text("{")


def foreign_classes(path: Path) -> None:
    change_card(path, classes=["cat", "dog"])


def another_width(path: Path) -> None:
    change_card(path, architecture={"name": "unet", "width": 8, "norm": True, "classes": 10})


def no_training(path: Path) -> None:
    change_card(path, training=None)


def another_network(path: Path) -> None:
    change_card(path, architecture={"name": "transformer"})


def change_card(path: Path, **fields: Any) -> None:
    card = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**card, **fields}))


DAMAGES = (
    cut_weights,
    other_weights,
    no_weights,
    no_card,
    broken_card,
    foreign_classes,
    another_width,
    no_training,
    another_network,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.__name__ for damage in DAMAGES])
def test_damaged_or_foreign_weights(run, source, weights, damage) -> None:
    damage(weights)
    message = refusal(run, source, good(source))
    _is_clear(message)
    assert "install" in message or "weights" in message, message


def test_replaced_weights_are_loaded(run, source, weights) -> None:
    """One network is kept from run to run, but not when another lies in its place."""
    assert [run(**good(source))["MODEL"] for _ in range(2)] == ["random", "random"]
    change_card(weights, model_id="another")
    assert run(**good(source))["MODEL"] == "another"


def test_undamaged_weights_work(run, source, weights) -> None:
    """The counterpart of the damages above: they fail for their damage and for nothing else."""
    assert run(**good(source))["MODEL"] == "random"
