# SPDX-License-Identifier: GPL-2.0-or-later
"""Several methods on one scene, with methods whose answers are known."""

from __future__ import annotations

import csv
import os
from typing import ClassVar

import numpy as np
import pytest
from feedback import CancelAfter, Recorder
from metocean.core.errors import Cancelled, ModelError, OptionError, OutputError
from metocean.core.feedback import Once, Silent
from metocean.core.results.ice_limits import IceLimits
from metocean.core.runs import compare as module
from metocean.core.runs.compare import compare
from metocean.core.runs.comparison import ComparePaths
from metocean.core.runs.options import SegmentOptions
from osgeo import gdal


@pytest.fixture
def scene(roughness_file):
    values = np.full((40, 80), 0.05)  # AF
    values[:, 40:] = 1.3  # POW, the seventh
    values[:20, 40:] = -1
    return roughness_file(values)


@pytest.fixture
def methods(brightness_method):
    class Fine(brightness_method):
        resolution_m = 50.0
        output_stride = 8
        model_id = "fine-test"

    class Shifted(Fine):
        """Takes POW for RC, the eighth."""

        settings: ClassVar = {"method": "shifted"}

        def predict(self, image, feedback):
            probabilities = super().predict(image, feedback)
            probabilities[:, :, 10:] = np.roll(probabilities[:, :, 10:], 1, axis=0)
            return probabilities

    return {"coarse": brightness_method(), "fine": Fine(), "shifted": Shifted()}


@pytest.fixture
def outputs(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return ComparePaths(
        *(str(folder / name) for name in ("panel.png", "areas.csv", "agreement.csv")),
        classes={"shifted": str(folder / "shifted.tif")},
    )


def _draw(staged, _):
    with open(staged.panel, "w") as file:
        file.write("picture")


def _rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_tables_by_hand(scene, methods, outputs):
    result = compare(scene, methods, SegmentOptions(), outputs, Silent(), _draw)
    rows = _rows(outputs.areas)
    assert len(rows) == 3 * 11 and rows[0]["method"] == "coarse" and rows[-1]["code"] == "undecided"
    found = {(row["method"], row["code"]): float(row["km2"]) for row in rows if float(row["km2"])}
    # 40 x 40 and 20 x 40 pixels of 0.01 km², to the grid's own scale.
    expected = {(name, "AF"): 16.0 for name in methods}
    expected |= {("coarse", "POW"): 8.0, ("fine", "POW"): 8.0, ("shifted", "RC"): 8.0}
    assert found == pytest.approx(expected, rel=2e-3)
    same, *others = _rows(outputs.agreement)
    assert (same["first"], same["second"], same["cells"]) == ("coarse", "fine", "150")
    assert float(same["agree_percent"]) == float(same["mean_dice_percent"]) == 100
    for other in others:
        assert (other["second"], other["cells"]) == ("shifted", "150")
        assert float(other["agree_percent"]) == pytest.approx(200 / 3, abs=1e-3)
        dice = [other[f"dice_{code}_percent"] for code in ("AF", "BS", "POW", "RC")]
        assert dice == ["100.000", "", "0.000", "0.000"]
    assert result.areas["fine"]["POW"].percent == pytest.approx(100 / 3, rel=1e-4)


def test_what_is_asked_for_is_kept_and_nothing_else(scene, methods, outputs):
    shown = {}

    def draw(staged, result):
        shown.update({name: gdal.Open(path).ReadAsArray() for name, path in staged.classes.items()})
        shown["roughness"] = gdal.Open(staged.roughness).ReadAsArray()
        _draw(staged, result)

    compare(scene, methods, SegmentOptions(exclude=("WS",)), outputs, Silent(), draw)
    names = {name for name in os.listdir(os.path.dirname(outputs.panel)) if not name.endswith(".aux.xml")}
    assert names == {"panel.png", "areas.csv", "agreement.csv", "shifted.tif"}
    np.testing.assert_array_equal(shown["coarse"], shown["fine"])
    assert np.unique(shown["shifted"]).tolist() == [1, 8, 255]
    assert shown["roughness"].shape == (40, 80)
    metadata = gdal.Open(outputs.classes["shifted"]).GetMetadata()
    assert (metadata["METOCEAN_METHOD"], metadata["METOCEAN_MODEL"]) == ("shifted", "fine-test")
    assert metadata["METOCEAN_EXCLUDED"] == "WS"


def test_rasters_are_cloud_optimised_when_asked(scene, methods, outputs):
    compare(scene, methods, SegmentOptions(cog=True), outputs, Silent(), _draw)
    raster = gdal.Open(outputs.classes["shifted"])
    assert raster.GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE") == "COG"
    assert raster.GetMetadataItem("METOCEAN_METHOD") == "shifted"


def test_roughness_is_prepared_once_for_each_resolution(scene, methods, outputs, monkeypatch):
    resolutions_m = []

    def prepare(scene, path, options, feedback):
        resolutions_m.append(options.resolution_m)
        return original(scene, path, options, feedback)

    original = module.prepare
    monkeypatch.setattr(module, "prepare", prepare)
    compare(scene, methods, SegmentOptions(), outputs, Silent(), _draw)
    assert resolutions_m == [100.0, 50.0]


def _broken(staged, _):
    raise OutputError("disk full")


@pytest.mark.parametrize(
    ("feedback", "finish", "error"),
    [
        (CancelAfter(0.6), _draw, Cancelled),
        (Silent(), _broken, OutputError),
    ],
)
def test_all_or_nothing(scene, methods, outputs, feedback, finish, error):
    with pytest.raises(error):
        compare(scene, methods, SegmentOptions(), outputs, feedback, finish)
    assert os.listdir(os.path.dirname(outputs.panel)) == []


def test_a_method_that_fails_names_the_remedy(scene, methods, outputs, brightness_method):
    class Overflowing(brightness_method):
        def predict(self, image, feedback):
            return super().predict(image, feedback) * np.float32(np.nan)

    with pytest.raises(ModelError, match="compute in fp32"):
        compare(scene, {**methods, "bad": Overflowing()}, SegmentOptions(), outputs, Silent(), _draw)
    assert os.listdir(os.path.dirname(outputs.panel)) == []


def test_progress_only_grows(scene, methods, outputs):
    recorder = Recorder()
    compare(scene, methods, SegmentOptions(), outputs, recorder, _draw)
    fractions = recorder.fractions
    assert fractions == sorted(fractions) and 0.95 < fractions[-1] <= 1


def test_a_method_that_decides_nothing_is_named(scene, methods, outputs):
    recorder = Recorder()
    coarse = {"coarse": methods["coarse"]}
    compare(scene, coarse, SegmentOptions(threshold=0.73), outputs, recorder, _draw)
    assert recorder.warnings == []
    compare(scene, coarse, SegmentOptions(threshold=0.8), outputs, recorder, _draw)
    assert recorder.warnings == ["Method coarse decides nothing at a threshold of 0.8: lower it."]


def test_no_method_and_bad_options_are_refused(scene, methods, outputs):
    with pytest.raises(OptionError, match="choose one"):
        compare(scene, {}, SegmentOptions(), outputs, Silent(), _draw)
    with pytest.raises(OptionError, match="threshold"):
        compare(scene, methods, SegmentOptions(threshold=2), outputs, Silent(), _draw)


def test_nothing_is_said_twice():
    recorder = Recorder()
    once = Once(recorder)
    for _ in range(2):
        once.info("a")
        once.warn("b")
    assert recorder.messages == ["a", "b"]


def test_limits_of_ice_are_told_once(scene, methods, outputs):
    recorder = Recorder()
    compare(scene, methods, SegmentOptions(ice=IceLimits(north_deg=66.0)), outputs, recorder, _draw)
    (told,) = [message for message in recorder.messages if message.startswith("Limits: ")]
    assert "66" in told
