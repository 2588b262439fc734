# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings of methods: which reach the network, and when it is loaded again."""

from __future__ import annotations

import pytest
from metocean.ui.algorithms import method as method_module
from osgeo import gdal
from qgis import core

choose_method = method_module._method


def test_classes_side_by_side_are_for_methods_that_learnt_it(run, scene, monkeypatch):
    asked = []
    ready = method_module._method("unet", "cpu", "auto", {})
    monkeypatch.setattr(method_module, "_method", lambda *of: asked.append(of[-1]) or ready)
    run("segment", INPUT=scene)
    run("segment", INPUT=scene, METHOD="im2px", EXCLUSIVE=False)
    assert asked == [{"mosaic": False}, {"mosaic": False, "exclusive": False}]
    with pytest.raises(core.QgsProcessingException, match="unet has no setting exclusive"):
        run("segment", INPUT=scene, EXCLUSIVE=False)


@pytest.fixture
def loaded(brightness_method, monkeypatch):
    """What methods were loaded with; each is the stand-in."""
    calls = []

    def load(*of, **settings):
        calls.append((*of, settings))
        method = brightness_method()
        method.settings = {"method": of[0], **settings}
        return method

    monkeypatch.setattr(method_module, "load_method", load)
    monkeypatch.setattr(method_module, "_method", choose_method)
    method_module._cached.cache_clear()
    yield calls
    method_module._cached.cache_clear()


def test_settings_reach_the_method_and_the_rasters(run, scene, loaded):
    results = run("segment", INPUT=scene, METHOD="mask_mean", SIDE_PX="33", FILL="zero", DEVICE="cpu")
    settings = {"fill": "zero", "side_px": 33, "stride_px": 32, "mosaic": False}
    assert loaded == [("mask_mean", "cpu", "auto", settings)]
    for raster in ("CLASSES", "PROBABILITIES"):
        metadata = gdal.Open(results[raster]).GetMetadata()
        named = {name: metadata[f"METOCEAN_{name.upper()}"] for name in settings}
        assert named == {"fill": "zero", "side_px": "33", "stride_px": "32", "mosaic": "False"}
    run("segment", INPUT=scene, MOSAIC=True)
    assert loaded[1] == ("unet", "auto", "auto", {"mosaic": True})


def test_a_method_is_loaded_again_for_other_settings_only(run, scene, loaded):
    for given in ({}, {"STRIDE_PX": None, "FILL": None}, {"STRIDE_PX": 25}, {"STRIDE_PX": 30}):
        run("segment", INPUT=scene, METHOD="part_75", **given)
    assert [settings["stride_px"] for *_, settings in loaded] == [25, 30]
