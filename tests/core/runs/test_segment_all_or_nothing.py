# SPDX-License-Identifier: GPL-2.0-or-later
"""A run that is refused, cancelled or fails leaves nothing but what was there before."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
from feedback import CancelAfter, Recorder
from metocean.core.classes import CODES
from metocean.core.errors import Cancelled, InputError, ModelError, OptionError, OutputError
from metocean.core.feedback import Silent
from metocean.core.results.rasters import OutputPaths
from metocean.core.runs.options import SegmentOptions
from metocean.core.runs.segment import segment
from rasters import read_raster


def test_an_overflow_names_the_remedy(roughness_file, brightness_method, outputs):
    class Overflowing(brightness_method):
        def predict(self, image, feedback):
            return super().predict(image, feedback) * np.float32(np.nan)

    with pytest.raises(ModelError, match="compute in fp32"):
        segment(roughness_file(np.ones((64, 64))), Overflowing(), SegmentOptions(), outputs, Silent())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (SegmentOptions(exclude=("XX",)), "choose from AF"),
        (SegmentOptions(exclude=CODES), "at least one"),
        (SegmentOptions(threshold=1.5), "0 to 1"),
        (SegmentOptions(threshold=float("nan")), "0 to 1"),
    ],
)
def test_options_that_make_no_sense(roughness_file, brightness_method, outputs, options, words):
    with pytest.raises(OptionError, match=words):
        segment(roughness_file(np.ones((16, 16))), brightness_method(), options, outputs, Silent())


def test_progress_only_grows_and_ends_at_one(roughness_file, brightness_method, outputs):
    recorder = Recorder()
    segment(roughness_file(np.ones((64, 64))), brightness_method(), SegmentOptions(), outputs, recorder)
    assert recorder.fractions == sorted(recorder.fractions) and recorder.fractions[-1] == 1.0
    assert len(recorder.fractions) >= 16


@pytest.mark.parametrize("stop", [0.0, 0.5, 0.91, 0.95, 0.98])
def test_cancelling_leaves_nothing_but_the_earlier_result(roughness_file, brightness_method, outputs, stop):
    path = roughness_file(np.ones((64, 64)))
    with open(outputs.classes, "w") as earlier:
        earlier.write("earlier")
    with pytest.raises(Cancelled):
        segment(path, brightness_method(), SegmentOptions(), outputs, CancelAfter(stop))
    assert os.listdir(os.path.dirname(outputs.classes)) == ["c.tif"]
    with open(outputs.classes) as earlier:
        assert earlier.read() == "earlier"


@pytest.mark.parametrize("stop", [0.0, 0.2, 0.5, 0.95])
def test_no_file_is_open_when_the_hidden_folder_goes(
    roughness_file, brightness_method, outputs, stop, monkeypatch
):
    """Windows removes no open file."""
    path = roughness_file(np.ones((64, 64)))
    remove, still_open, folder = shutil.rmtree, [], os.path.dirname(outputs.classes)

    def spy(hidden, **options):
        links = (os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd"))
        still_open.extend(
            os.readlink(link)
            for link in links
            if os.path.exists(link) and os.readlink(link).startswith(folder)
        )
        remove(hidden, **options)

    monkeypatch.setattr(shutil, "rmtree", spy)
    with pytest.raises(Cancelled):
        options = SegmentOptions(output_crs="EPSG:3035")
        segment(path, brightness_method(), options, outputs, CancelAfter(stop))
    assert still_open == []


def test_what_finishes_the_results_fails_with_them(roughness_file, brightness_method, outputs):
    path = roughness_file(np.ones((64, 64)))

    def finish(staged, result):
        assert set(result.areas) == set(CODES) and read_raster(staged.classes).shape == (16, 16)
        with open(f"{staged.classes}.style", "w") as file:
            file.write("style")
        if stop:
            raise OutputError("no style")

    for stop in (True, False):
        if stop:
            with pytest.raises(OutputError, match="no style"):
                segment(path, brightness_method(), SegmentOptions(), outputs, Silent(), finish)
            assert os.listdir(os.path.dirname(outputs.classes)) == []
        else:
            segment(path, brightness_method(), SegmentOptions(), outputs, Silent(), finish)
            assert os.path.exists(f"{outputs.classes}.style")


def test_an_error_of_the_method_leaves_nothing(roughness_file, brightness_method, outputs):
    class Broken(brightness_method):
        def predict(self, image, feedback):
            raise MemoryError

    with pytest.raises(MemoryError):
        segment(roughness_file(np.ones((64, 64))), Broken(), SegmentOptions(), outputs, Silent())
    assert os.listdir(os.path.dirname(outputs.classes)) == []


def test_an_output_folder_that_is_missing_is_said_before_work(roughness_file, brightness_method, tmp_path):
    method = brightness_method()
    outputs = OutputPaths(str(tmp_path / "no" / "p.tif"), str(tmp_path / "c.tif"))
    with pytest.raises(OutputError, match="choose a folder"):
        segment(roughness_file(np.ones((16, 16))), method, SegmentOptions(), outputs, Silent())
    assert method.calls == 0


@pytest.mark.parametrize("index", [0, 1, 3, 4])
def test_a_raster_of_another_format_is_refused(roughness_file, brightness_method, tmp_path, index):
    names = ["p.tif", "c.tif", "a.csv", "r.tif", "u.tif"]
    names[index] = "map.png"
    outputs = OutputPaths(*(str(tmp_path / name) for name in names))
    with pytest.raises(OutputError, match=r"ends in \.tif"):
        segment(roughness_file(np.ones((16, 16))), brightness_method(), SegmentOptions(), outputs, Silent())


def test_all_nodata_is_said(roughness_file, brightness_method, outputs):
    with pytest.raises(InputError):
        segment(
            roughness_file(np.full((64, 64), -1.0)), brightness_method(), SegmentOptions(), outputs, Silent()
        )
    assert os.listdir(os.path.dirname(outputs.classes)) == []
