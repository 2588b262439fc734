# SPDX-License-Identifier: GPL-2.0-or-later
"""``metocean:comparemethods`` as QGIS runs it, with methods whose answers are known."""

from __future__ import annotations

import os

import pytest
from osgeo import gdal
from qgis import core

FILES = {"PANEL": "p.png", "AREAS": "a.csv", "AGREEMENT": "g.csv"}


@pytest.fixture
def run(run_algorithm, brightness_method, monkeypatch, tmp_path):
    """A function that compares two stand-ins; outputs go to ``tmp_path / out``."""
    from metocean.ui.algorithms import compare

    monkeypatch.setattr(compare, "load_method", lambda *_: brightness_method())
    folder = tmp_path / "out"
    folder.mkdir()

    def start(feedback=None, context=None, **parameters):
        outputs = {name: str(folder / file) for name, file in FILES.items()}
        given = {"METHODS": ["unet", "cam"], **outputs, **parameters}
        return run_algorithm("comparemethods", given, context, feedback)

    start.folder = folder
    return start


def test_picture_and_tables_appear(run, scene):
    results = run(INPUT=scene)
    assert sorted(os.listdir(run.folder)) == ["a.csv", "g.csv", "p.png"]
    assert set(results) == {*FILES, "SECONDS"}
    assert gdal.Open(results["PANEL"]).GetDriver().ShortName == "PNG"
    assert (run.folder / "g.csv").read_text().splitlines()[1].startswith("unet,cam,512,100.000,")


def test_class_maps_are_kept_and_loaded_in_one_group(run, scene, qgis_app):
    from processing.gui.Postprocessing import handleAlgorithmResults

    project, context, feedback = (
        core.QgsProject.instance(),
        core.QgsProcessingContext(),
        core.QgsProcessingFeedback(),
    )
    context.setProject(project)
    try:
        results = run(INPUT=scene, FOLDER=str(run.folder / "maps"), context=context)
        assert {name for name in os.listdir(results["FOLDER"]) if name.endswith((".tif", ".qml"))} == {
            f"scene_{name}{ending}" for name in ("unet", "cam", "roughness") for ending in (".tif", ".qml")
        }
        algorithm = core.QgsApplication.processingRegistry().algorithmById("metocean:comparemethods")
        assert handleAlgorithmResults(algorithm, context, feedback, False, {})
        again = core.QgsProcessingContext()
        run(INPUT=scene, FOLDER=str(run.folder / "more"), context=again, LOAD_LAYERS=False)
        assert not again.layersToLoadOnCompletion()
        (group,) = project.layerTreeRoot().children()
        assert group.name() == "scene – methods"
        names = [node.name() for node in group.children()]
        assert names == ["A, fully supervised U-Net", "D, class activation map", "Roughness"]
    finally:
        project.clear()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"METHODS": ["crystal_ball"]}, "METHODS .*crystal_ball.* choose from unet, mask_mean, "),
        ({"DEVICE": "1"}, "DEVICE cannot be 1; choose from auto, cpu, "),
        ({"METHODS": []}, "METHODS|No method"),
        ({"INPUT": "/no/such/scene.tif"}, "no file"),
        ({"PANEL": "p.jpg"}, "ends in .png"),
        ({"AREAS": "/no/such/folder/a.csv"}, "choose a folder"),
        ({"FOLDER": "/no/such/folder/maps"}, "choose another"),
        ({"THRESHOLD": 2}, "THRESHOLD"),
    ],
)
def test_wrong_parameters_get_one_sentence_and_leave_nothing(run, scene, parameters, words):
    with pytest.raises(core.QgsProcessingException, match=words) as raised:
        run(**{"INPUT": scene, "FOLDER": str(run.folder / "maps"), **parameters})
    assert "Traceback" not in str(raised.value) and len(str(raised.value)) < 250
    assert os.listdir(run.folder) == []


def test_weights_that_are_missing_are_said_before_anything_runs(run, scene, monkeypatch, tmp_path):
    from metocean.models import registry
    from metocean.ui.algorithms import compare

    monkeypatch.setattr(compare, "load_method", registry.load_method)
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path)
    with pytest.raises(core.QgsProcessingException, match="has no weights yet"):
        run(INPUT=scene)


def test_cancelling_leaves_nothing(run, scene):
    feedback = core.QgsProcessingFeedback()
    feedback.progressChanged.connect(lambda percent: percent > 50 and feedback.cancel())
    with pytest.raises(core.QgsProcessingException, match="Cancelled"):
        run(INPUT=scene, FOLDER=str(run.folder / "maps"), feedback=feedback)
    assert os.listdir(run.folder) == []
