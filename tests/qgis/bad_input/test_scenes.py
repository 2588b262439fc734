# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever is wrong with a scene, a user gets one clear sentence, and nothing is left behind."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest
from bad_inputs import CASES, WRONG_PARAMETERS, good, raster, sigma0, truncated_measurement
from osgeo import gdal
from qgis import core
from refusals import check_clear, contents, refusal


@pytest.mark.parametrize(("make", "words"), CASES, ids=[case[0].__name__ for case in CASES])
def test_one_sentence_and_nothing_left(run, source, stand_in, make, words) -> None:
    parameters = make(source)
    message = refusal(run, source, parameters)
    check_clear(message)
    assert re.search(words, message), message


@pytest.mark.parametrize(("wrong", "words"), WRONG_PARAMETERS.values(), ids=WRONG_PARAMETERS)
def test_one_sentence_for_a_wrong_parameter(run, source, stand_in, wrong, words) -> None:
    message = refusal(run, source, {**good(source), **wrong})
    check_clear(message)
    assert re.search(words, message), message


def test_real_ocean_product_is_refused(run, source, stand_in, shared_data) -> None:
    (path,) = shared_data.glob("s1_metadata/*.nc")
    message = refusal(run, source, {"INPUT": path})
    check_clear(message)
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
