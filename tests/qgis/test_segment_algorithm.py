# SPDX-License-Identifier: GPL-2.0-or-later
"""``metocean:segment`` as QGIS runs it, with a method whose answers are known in the network's place."""

from __future__ import annotations

import os

import numpy as np
import pytest
from metocean.models import registry
from metocean.ui.algorithms import method as method_module
from metocean.ui.algorithms import segment as segment_algorithm
from osgeo import gdal, ogr
from qgis import core

# Pixels of a map are not all of one area.
HALF = pytest.approx(50, abs=0.01)


def test_results_carry_areas_and_files(run, scene, capfd):
    results = run("segment", INPUT=scene)
    assert (results["SHARE_AF"], results["SHARE_POW"]) == (HALF, HALF)
    assert results["AREA_AF_KM2"] == pytest.approx(40.96, rel=2e-3)
    assert (results["AREA_WS_KM2"], results["SHARE_UNDECIDED"]) == (0, 0)
    assert (results["MODEL"], results["ACQUIRED"]) == ("brightness-test", "2021-03-04T05:06:07+00:00")
    assert sorted(os.listdir(run.folder)) == ["a.csv", "c.qml", "c.tif", "c.tif.aux.xml", "p.qml", "p.tif"]
    assert "ERROR" not in capfd.readouterr().err
    probabilities = core.QgsRasterLayer(results["PROBABILITIES"], "p")
    assert probabilities.renderer().band() in (1, 7)
    metadata = gdal.Open(results["CLASSES"]).GetMetadata()
    assert metadata["METOCEAN_METHOD"] == "unet" and "simulated" in metadata["METOCEAN_TRAINING"]


def test_the_uncertainty_is_written_when_it_is_wanted(run, scene):
    results = run("segment", INPUT=scene, UNCERTAINTY=str(run.folder / "u.tif"))
    assert gdal.Open(results["UNCERTAINTY"]).RasterCount == 2
    assert core.QgsRasterLayer(results["UNCERTAINTY"], "u").renderer().band() == 1
    assert "UNCERTAINTY" not in run("segment", INPUT=scene)


@pytest.mark.parametrize(
    ("limits", "percent"),
    [({}, None), ({"ICE_NORTH": 40}, 0), ({"ICE_NORTH": "60"}, HALF), ({"ICE_BY_SEASON": True}, 0)],
)
def test_ice_by_latitude(run, roughness_file, limits, percent):
    values = np.full((64, 128), 0.5)  # IB, at 46° N in March
    values[:, 64:] = 1.3
    results = run("segment", INPUT=roughness_file(values), **limits)
    assert results.get("SHARE_BRIGHT") == percent
    assert results["SHARE_IB"] == (0 if percent is HALF else HALF)


def test_what_is_unlike_training_images_is_told(run, scene, monkeypatch, tmp_path):
    class Log(core.QgsProcessingFeedback):
        warnings = ()

        def pushWarning(self, warning):
            self.warnings += (warning,)

    log = Log()
    # No sea is as smooth as this one.
    assert run("segment", feedback=log, INPUT=scene)["SHARE_UNLIKE"] == 100
    assert sum("100 % of the scene's 2 blocks" in warning for warning in log.warnings) == 1
    monkeypatch.setattr(registry, "STATISTICS_FILE", tmp_path / "none.json")
    assert "SHARE_UNLIKE" not in run("segment", INPUT=scene)


def test_the_mean_of_eight_orientations(run, scene):
    results = run("segment", INPUT=scene, ORIENTATIONS=True)
    assert results["MODEL"] == "brightness-test, mean of 8 orientations"
    # The stand-in does not mind how an image is turned.
    assert (results["SHARE_AF"], results["SHARE_POW"]) == (HALF, HALF)


def test_land_is_masked_unless_told_otherwise(run, scene):
    dataset = gdal.Open(scene, gdal.GA_Update)
    dataset.SetGeoTransform((400_000.0, 100.0, 0.0, 5_325_000.0, 0.0, -100.0))  # the middle of Brittany
    del dataset
    with pytest.raises(core.QgsProcessingException, match="land"):
        run("segment", INPUT=scene)
    assert run("segment", INPUT=scene, LAND_MASK="none")["SHARE_AF"] == HALF


def test_the_strip_of_coast_is_as_wide_as_wanted(run, scene, tmp_path):
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(tmp_path / "land.gpkg"))
    reference = gdal.Open(scene).GetSpatialRef()
    layer = source.CreateLayer("land", reference, ogr.wkbPolygon)
    feature = ogr.Feature(layer.GetLayerDefn())
    west, east, south, north = 390_000, 401_000, 5_080_000, 5_110_000
    ring = ", ".join(f"{x} {y}" for x, y in ((west, south), (east, south), (east, north), (west, north)))
    feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON (({ring}, {west} {south}))"))
    layer.CreateFeature(feature)
    del layer, source
    land = str(tmp_path / "land.gpkg")
    sea = {km: run("segment", INPUT=scene, LAND_MASK=land, COAST_KM=km)["AREA_AF_KM2"] for km in (0, 2)}
    assert sea[0] - sea[2] == pytest.approx(6.4 * 2, abs=0.7)


def test_command_line_strings_are_understood(run, scene):
    results = run(
        "segment",
        INPUT=scene,
        EXCLUDE="AF,SI",
        THRESHOLD="0.8",
        BAND="1",
        OUTPUT_CRS="EPSG:3035",
        DEVICE="cpu",
    )
    assert results["SHARE_UNDECIDED"] == 100
    assert "3035" in gdal.Open(results["CLASSES"]).GetProjection()
    assert gdal.Open(results["CLASSES"]).GetMetadataItem("METOCEAN_EXCLUDED") == "AF,SI"


@pytest.mark.parametrize("text", ["0,8", "0.8", " 0.8"])
def test_a_decimal_comma_is_a_point(run, scene, text):
    assert run("segment", INPUT=scene, THRESHOLD=text)["SHARE_UNDECIDED"] == 100
    assert run("segment", INPUT=scene, THRESHOLD="0,1")["SHARE_UNDECIDED"] == 0


@pytest.mark.parametrize("fails", [False, True])
def test_a_run_on_a_gpu_gives_its_memory_back(run, scene, brightness_method, monkeypatch, fails):
    from metocean.models import device

    method, released = brightness_method(), []
    method.device = "cuda"
    monkeypatch.setattr(method_module, "_method", lambda *_: method)
    monkeypatch.setattr(device, "release", lambda: released.append(True))
    if fails:
        monkeypatch.setattr(segment_algorithm, "save_styles", lambda *_: 1 / 0)
        with pytest.raises(core.QgsProcessingException, match="ZeroDivisionError"):
            run("segment", INPUT=scene)
    else:
        run("segment", INPUT=scene)
    assert released == [True]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"TRESHOLD": 0.4}, "did you mean THRESHOLD"),
        ({"METHOD": "unett"}, "METHOD"),
        ({"EXCLUDE": "XX"}, "EXCLUDE"),
        ({"THRESHOLD": 2}, "THRESHOLD"),
        ({"THRESHOLD": "90%"}, "THRESHOLD cannot be 90%: give a number such as 0.5"),
        ({"UNITS": "decibel"}, "UNITS"),
        ({"METHOD": "cam", "STRIDE_PX": 8}, "cam has no setting stride_px; these have it: mask_mean"),
        ({"METHOD": "part_75", "FILL": "mean"}, "part_75 has no setting fill"),
        ({"METHOD": "part_75", "SIDE_PX": 0}, "SIDE_PX"),
        ({"METHOD": "mask_mean", "FILL": "noise"}, "FILL"),
        ({"INPUT": ""}, "INPUT"),
        ({"INPUT": "/no/such/scene.tif"}, "no file"),
        ({"LAND_MASK": "/no/such/land.gpkg"}, "no land file"),
        ({"PROBABILITIES": "/no/such/folder/p.tif"}, "choose a folder"),
    ],
)
def test_wrong_parameters_get_one_sentence_and_leave_nothing(run, scene, parameters, words):
    with pytest.raises(core.QgsProcessingException, match=words) as raised:
        run("segment", **{"INPUT": scene, **parameters})
    message = str(raised.value)
    assert "Traceback" not in message and len(message) < 250
    assert os.listdir(run.folder) == []


def test_cancelling_raises_and_leaves_nothing(run, scene):
    feedback = core.QgsProcessingFeedback()
    feedback.progressChanged.connect(lambda percent: percent > 30 and feedback.cancel())
    with pytest.raises(core.QgsProcessingException, match="Cancelled"):
        run("segment", INPUT=scene, feedback=feedback)
    assert os.listdir(run.folder) == []


@pytest.mark.parametrize("wanted", ["EPSG:3263000", "nonsense", "ProjectCrs"])
def test_an_output_crs_that_is_none_is_refused(run, scene, wanted):
    with pytest.raises(core.QgsProcessingException, match="no coordinate system"):
        run("segment", INPUT=scene, OUTPUT_CRS=wanted)
