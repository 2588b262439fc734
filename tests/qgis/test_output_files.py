# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that the algorithms write: prepared, cloud-optimised, unnamed, temporary, all or none."""

from __future__ import annotations

import os

import pytest
from metocean.ui.algorithms import method as method_module
from osgeo import gdal
from qgis import core

CLASS_COUNT = 10
# Pixels of a map are not all of one area.
HALF = pytest.approx(50, abs=0.01)


def test_headless_results_that_nobody_named_survive_the_process(
    provider, brightness_method, scene, monkeypatch, tmp_path
):
    monkeypatch.setattr(method_module, "_method", lambda *_: brightness_method())
    monkeypatch.setattr("qgis.utils.iface", None)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    algorithm, context = provider.algorithm("segment").create(), core.QgsProcessingContext()
    assert algorithm.checkParameterValues({"INPUT": scene}, context) == (True, "")
    results, ok = algorithm.run(
        {"INPUT": scene}, context, core.QgsProcessingFeedback(), catchExceptions=False
    )
    assert ok and results["AREAS"] == str(tmp_path / "here" / "scene_areas.csv")
    rasters = {name for name in os.listdir() if name.endswith(".tif")}
    assert rasters == {"scene_probabilities.tif", "scene_classes.tif"}


def test_in_the_desktop_results_that_nobody_named_are_temporary(
    provider, brightness_method, scene, monkeypatch, tmp_path
):
    monkeypatch.setattr(method_module, "_method", lambda *_: brightness_method())
    monkeypatch.setattr("qgis.utils.iface", object())
    monkeypatch.chdir(tmp_path)
    before = os.listdir()
    algorithm, context = provider.algorithm("segment").create(), core.QgsProcessingContext()
    results, ok = algorithm.run(
        {"INPUT": scene}, context, core.QgsProcessingFeedback(), catchExceptions=False
    )
    assert ok and os.listdir() == before
    assert results["CLASSES"].startswith(core.QgsProcessingUtils.tempFolder())


def test_a_style_that_cannot_be_written_leaves_nothing(run, scene, monkeypatch):
    monkeypatch.setattr(core.QgsRasterLayer, "saveNamedStyle", lambda *_: ("disk full", False))
    for name in ("segment", "preprocess"):
        with pytest.raises(core.QgsProcessingException, match="disk full"):
            run(name, INPUT=scene)
        assert os.listdir(run.folder) == []


def test_preprocessing_makes_what_segmentation_recognises(run, scene):
    prepared = run("preprocess", INPUT=scene, RESOLUTION="100")["OUTPUT"]
    assert gdal.Open(prepared).GetMetadataItem("METOCEAN_QUANTITY") == "sqrt_roughness"
    assert core.QgsRasterLayer(prepared, "r").renderer().type() == "singlebandgray"
    assert run("segment", INPUT=prepared)["SHARE_AF"] == HALF


def test_prepared_roughness_lies_on_the_wanted_map(run, scene):
    prepared = gdal.Open(run("preprocess", INPUT=scene, OUTPUT_CRS="EPSG:3035")["OUTPUT"])
    assert "3035" in prepared.GetProjection()


@pytest.mark.parametrize("cog", [False, True])
def test_rasters_are_cloud_optimised_when_asked(run, scene, cog):
    wanted = {"ROUGHNESS": str(run.folder / "s.tif"), "UNCERTAINTY": str(run.folder / "u.tif"), "COG": cog}
    segmented, prepared = run("segment", INPUT=scene, **wanted), run("preprocess", INPUT=scene, COG=cog)
    rasters = "PROBABILITIES", "CLASSES", "ROUGHNESS", "UNCERTAINTY"
    for path in (*(segmented[name] for name in rasters), prepared["OUTPUT"]):
        layout = gdal.Open(path).GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE")
        assert layout == ("COG" if cog else None)
        assert core.QgsRasterLayer(path, "layer").isValid()
    classes = gdal.Open(segmented["CLASSES"])
    assert classes.GetRasterBand(1).GetDefaultRAT().GetRowCount() == 1 + CLASS_COUNT
    names = ["c.tif", "c.tif.aux.xml", "p.tif", "r.tif", "s.tif", "u.tif"]
    styles = [name.replace(".tif", ".qml") for name in names if name.endswith(".tif")]
    assert sorted(os.listdir(run.folder)) == sorted(["a.csv", *names, *styles])


@pytest.mark.parametrize("name", ["segment", "preprocess"])
@pytest.mark.parametrize("even", [False, True])
def test_seams_are_evened_out_when_asked(run, scene, monkeypatch, name, even):
    from metocean.core.runs import preprocess, segment

    wanted, prepare = [], segment.prepare

    def spy(opened, path, options, feedback):
        wanted.append(options.even_seams)
        return prepare(opened, path, options, feedback)

    for module in (segment, preprocess):
        monkeypatch.setattr(module, "prepare", spy)
    run(name, INPUT=scene, **({"EVEN_SEAMS": True} if even else {}))
    assert wanted == [even]
