# SPDX-License-Identifier: GPL-2.0-or-later
"""Results are loaded as a group of layers, by Processing's own handler."""

from __future__ import annotations

import os

import numpy as np
import pytest
from metocean.core.classes import CLASSES
from osgeo import gdal
from qgis import core
from rasters import write_geotiff

CLASS_COUNT = 10


def test_a_background_task_loads_a_group(run, provider, scene, project, qgis_app):
    """As the dialog does it: QgsProcessingAlgRunnerTask, then Processing's own result handler."""
    from processing.gui.Postprocessing import handleAlgorithmResults
    from qgis.PyQt.QtCore import QEventLoop

    project.setCrs(core.QgsCoordinateReferenceSystem("EPSG:32630"))
    context = core.QgsProcessingContext()
    context.setProject(project)
    feedback = core.QgsProcessingFeedback()
    parameters = {"INPUT": scene, "AREAS": str(run.folder / "a.csv")}
    for name in ("PROBABILITIES", "CLASSES", "ROUGHNESS"):
        target = core.QgsProcessingOutputLayerDefinition(str(run.folder / f"{name}.tif"), project)
        parameters[name] = target
    task = core.QgsProcessingAlgRunnerTask(provider.algorithm("segment"), parameters, context, feedback)
    loop, done = QEventLoop(), []
    task.executed.connect(lambda ok, results: (done.append(ok), loop.quit()))
    core.QgsApplication.taskManager().addTask(task)
    loop.exec()
    assert done == [True], feedback.textLog()
    assert handleAlgorithmResults(provider.algorithm("segment"), context, feedback, True, parameters)
    (group,) = project.layerTreeRoot().children()
    assert group.name().startswith("scene – ")
    names = [node.name() for node in group.children()]
    assert (names[0], names[1], names[-1]) == ("Classes", "AF – Atmospheric Front", "Roughness")
    assert len(names) == 2 + CLASS_COUNT


def test_two_rows_of_a_batch_make_two_groups(run, roughness_file, provider, project):
    from processing.gui.Postprocessing import handleAlgorithmResults

    for row in range(2):
        context = core.QgsProcessingContext()
        context.setProject(project)
        scene = roughness_file(np.full((32, 32), 0.3), name=f"scene{row}.tif")
        parameters = {
            "INPUT": scene,
            "PROBABILITIES": core.QgsProcessingOutputLayerDefinition(
                str(run.folder / f"p{row}.tif"), project
            ),
            "CLASSES": core.QgsProcessingOutputLayerDefinition(str(run.folder / f"c{row}.tif"), project),
        }
        feedback = core.QgsProcessingFeedback()
        _, ok = provider.algorithm("segment").run(parameters, context, feedback)
        assert ok, feedback.textLog()
        assert handleAlgorithmResults(provider.algorithm("segment"), context, feedback, False, parameters)
    groups = project.layerTreeRoot().children()
    assert [group.name().split(" ")[0] for group in groups] == ["scene1", "scene0"]
    assert [len(group.children()) for group in groups] == [11, 11]


def test_a_second_run_onto_the_same_files_replaces_the_first(run, provider, project, roughness_file):
    from processing.gui.Postprocessing import handleAlgorithmResults

    for row, side in enumerate((32, 48)):
        context = core.QgsProcessingContext()
        context.setProject(project)
        parameters = {"INPUT": roughness_file(np.full((side, side), 0.3), name=f"scene{row}.tif")}
        for name in ("PROBABILITIES", "CLASSES", "ROUGHNESS"):
            target = str(run.folder / f"{name}.tif")
            parameters[name] = core.QgsProcessingOutputLayerDefinition(target, project)
        feedback = core.QgsProcessingFeedback()
        _, ok = provider.algorithm("segment").run(parameters, context, feedback)
        assert ok, feedback.textLog()
        assert handleAlgorithmResults(provider.algorithm("segment"), context, feedback, False, parameters)
    (group,) = project.layerTreeRoot().children()
    assert group.name().startswith("scene1 – ") and len(group.children()) == 2 + CLASS_COUNT
    assert len(project.mapLayers()) == 2 + CLASS_COUNT
    layers = [node.layer() for node in group.children()]
    assert layers[0].name() == "Classes" and layers[-1].name() == "Roughness"
    assert [layer.name() for layer in layers[1:-1]] == [cls.label for cls in CLASSES]
    sides = [gdal.Open(layer.source()).RasterXSize for layer in layers]
    assert [layer.width() for layer in layers] == sides and sides[-1] == 48


@pytest.mark.parametrize("name", ["PROBABILITIES", "CLASSES", "ROUGHNESS", "UNCERTAINTY"])
def test_an_output_that_is_empty_in_a_batch_is_a_temporary_file_or_none(
    run, provider, project, roughness_file, name
):
    from processing.gui.Postprocessing import handleAlgorithmResults

    def target(text):
        return core.QgsProcessingOutputLayerDefinition(text, project)

    parameters = {
        "INPUT": roughness_file(np.full((32, 32), 0.3)),
        "PROBABILITIES": target(str(run.folder / "p.tif")),
        "CLASSES": target(str(run.folder / "c.tif")),
        name: target(""),
    }
    algorithm = provider.algorithm("segment").create()
    context, feedback = core.QgsProcessingContext(), core.QgsProcessingFeedback()
    context.setProject(project)
    assert algorithm.checkParameterValues(parameters, context) == (True, "")
    results, ok = algorithm.run(parameters, context, feedback)
    assert ok, feedback.textLog()
    optional = name in ("ROUGHNESS", "UNCERTAINTY")
    assert (name in results) != optional and (optional or os.path.exists(results[name]))
    assert handleAlgorithmResults(algorithm, context, feedback, False, parameters)
    assert "not correctly generated" not in feedback.textLog()
    assert len(project.mapLayers()) == 1 + CLASS_COUNT


def test_a_loaded_roughness_is_styled_and_knows_its_time(run, provider, project, roughness_file):
    from processing.gui.Postprocessing import handleAlgorithmResults

    scene = roughness_file(np.full((32, 32), 0.3), name="s1a-20190716T004042.tif")
    target = core.QgsProcessingOutputLayerDefinition(str(run.folder / "r.tif"), project)
    parameters, feedback = {"INPUT": scene, "OUTPUT": target}, core.QgsProcessingFeedback()
    context = core.QgsProcessingContext()
    context.setProject(project)
    _, ok = provider.algorithm("preprocess").run(parameters, context, feedback)
    assert ok and handleAlgorithmResults(
        provider.algorithm("preprocess"), context, feedback, False, parameters
    )
    (layer,) = project.mapLayers().values()
    assert isinstance(layer.renderer(), core.QgsSingleBandGrayRenderer)
    assert not os.path.exists(f"{layer.source()}.aux.xml"), "QGIS took statistics"


def test_layers_without_coordinates_ask_nobody_for_them(project, tmp_path, monkeypatch):
    from metocean.ui.maps.style import raster_layer

    core.QgsSettings().setValue("/app/projections/unknownCrsBehavior", "UseProjectCrs")
    project.setCrs(core.QgsCoordinateReferenceSystem("EPSG:32630"))
    try:
        path = write_geotiff(tmp_path / "a.tif", np.zeros((4, 4), np.uint8))
        assert not raster_layer(path).crs().isValid()
    finally:
        core.QgsSettings().remove("/app/projections/unknownCrsBehavior")
