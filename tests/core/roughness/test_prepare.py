# SPDX-License-Identifier: GPL-2.0-or-later
"""From a scene to a raster of roughness: power, land, progress, and what is written with it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from feedback import CancelAfter, Recorder
from metocean.core.cmod5n import reference_sigma0
from metocean.core.errors import Cancelled, InputError, OptionError, OutputError
from metocean.core.feedback import Silent
from metocean.core.geometry.land import LandOptions
from metocean.core.roughness.prepare import prepare, working_grid
from metocean.core.roughness.roughness import RoughnessOptions
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity, SceneOptions
from osgeo import gdal
from rasters import utm, write_geotiff


def raster(path, values, spacing_m=100.0):
    return write_geotiff(path, values, utm(31, 5e5, 4e6, spacing_m) if spacing_m else None)


LINEAR = SceneOptions(units="linear", incidence="38")


def test_power_is_averaged_not_decibels(tmp_path):
    values = np.full((40, 40), -10.0, np.float32)
    values[:, ::2] = -20.0
    scene = open_scene(raster(tmp_path / "a.tif", values, 50.0), SceneOptions(incidence="38"))
    result = prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(), Silent())
    assert result.shape == (20, 20) and result.spacing_m == pytest.approx((100, 100), rel=1e-3)
    wanted = np.minimum(np.sqrt((0.1 + 0.01) / 2 / reference_sigma0(38.0)), 2)
    np.testing.assert_allclose(gdal.Open(result.path).ReadAsArray(), wanted, rtol=1e-4)


def test_result_is_recognised_and_passes_unchanged(tmp_path, rng):
    values = (0.03 * rng.gamma(20, 0.05, (70, 90))).astype(np.float32)
    values[3, 4] = np.nan
    first = prepare(
        open_scene(raster(tmp_path / "a.tif", values), LINEAR),
        str(tmp_path / "b.tif"),
        RoughnessOptions(),
        Silent(),
    )
    scene = open_scene(first.path)
    assert scene.quantity is Quantity.ROUGHNESS and "already prepared" in scene.units
    again = prepare(scene, str(tmp_path / "c.tif"), RoughnessOptions(), Silent())
    one, two = (gdal.Open(r.path) for r in (first, again))
    np.testing.assert_array_equal(one.ReadAsArray(), two.ReadAsArray())
    assert one.ReadAsArray()[3, 4] == -1 and one.GetRasterBand(1).GetNoDataValue() == -1
    assert one.GetGeoTransform() == two.GetGeoTransform()
    items = one.GetMetadata()
    assert items["METOCEAN_QUANTITY"] == "sqrt_roughness" and items["RESOLUTION_M"] == "100"
    assert items["SOURCE"] == "a" and "as chosen" in items["UNITS"] and "38" in items["INCIDENCE"]


def test_imagette_keeps_its_customary_size_when_prepared_twice(tmp_path, rng):
    path = raster(tmp_path / "a.tif", rng.integers(1, 255, (491, 565)).astype(np.uint8), 0)
    fine = prepare(open_scene(path), str(tmp_path / "f.tif"), RoughnessOptions(resolution_m=50), Silent())
    assert fine.shape == (512, 512) and fine.spacing_m is None
    coarse = prepare(open_scene(fine.path), str(tmp_path / "c.tif"), RoughnessOptions(), Silent())
    assert coarse.shape == (256, 256) and coarse.spacing_m is None


def test_land_is_left_out_of_result_and_statistics(tmp_path, rng):
    dn = (100 * rng.gamma(50, 0.02, (80, 80))).astype(np.uint16)
    dn[:, 30:] *= 5
    path = raster(tmp_path / "a.tif", dn)
    # The raster's western edge is 3° E; 30 pixels of 100 m further east are 3.0334° at 36.1° N.
    ring = [[3.0334, 30], [9, 30], [9, 40], [3.0334, 40], [3.0334, 30]]
    land = tmp_path / "land.geojson"
    land.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    options = RoughnessOptions(land=LandOptions(str(land), 0.0))
    result = prepare(open_scene(path), str(tmp_path / "o.tif"), options, Silent())
    values = gdal.Open(result.path).ReadAsArray()
    assert (values[:, 32:] == -1).all() and (values[:, :29] > 0).all()
    assert np.median(values[:, :29]) == pytest.approx(1, abs=0.02)
    ring = [[0, 30], [9, 30], [9, 40], [0, 40], [0, 30]]
    land.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    with pytest.raises(InputError, match="nothing but land and coast; choose a scene of the sea"):
        prepare(open_scene(path), str(tmp_path / "p.tif"), options, Silent())
    assert not list(tmp_path.glob("p.tif*"))


def test_chunks_leave_no_seam_and_cancelling_nothing_on_disk(tmp_path, rng, monkeypatch):
    values = (0.03 * rng.gamma(20, 0.05, (203, 91))).astype(np.float32)
    scene = open_scene(raster(tmp_path / "a.tif", values, 40.0), LINEAR)
    whole = prepare(scene, str(tmp_path / "whole.tif"), RoughnessOptions(), Recorder())
    monkeypatch.setattr("metocean.core.geometry.working_grid._CHUNK_PIXELS", 1500)
    watch = Recorder()
    parts = prepare(scene, str(tmp_path / "parts.tif"), RoughnessOptions(), watch)
    assert (
        len(watch.fractions) > 10
        and watch.fractions[-1] == 1.0
        and watch.fractions == sorted(watch.fractions)
    )
    one, two = (gdal.Open(r.path).ReadAsArray() for r in (whole, parts))
    np.testing.assert_allclose(one, two, rtol=1e-6)
    with pytest.raises(Cancelled):
        prepare(scene, str(tmp_path / "stopped.tif"), RoughnessOptions(), CancelAfter(looks=3))
    assert not list(tmp_path.glob("stopped*"))


def test_statistics_are_those_of_all_valid_pixels_however_few(tmp_path, rng):
    values = np.full((700, 900), np.nan, np.float32)
    values[333, 222:262] = 0.03 * rng.gamma(20, 0.05, 40)
    values[0, 0] = 0.03
    scene = open_scene(raster(tmp_path / "a.tif", values), LINEAR)
    result = prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(), Silent())
    dataset = gdal.Open(result.path)
    known = dataset.ReadAsArray()[dataset.ReadAsArray() >= 0]
    assert known.size == 41 and result.median == pytest.approx(np.median(known), abs=3e-4)
    stored = [float(dataset.GetMetadataItem(f"ROUGHNESS_P{p}")) for p in ("02", "98")]
    assert stored == pytest.approx([known.min(), known.max()], abs=3e-4)


def test_finding_the_trend_reports_progress_and_can_be_cancelled(tmp_path, rng, monkeypatch):
    monkeypatch.setattr("metocean.core.geometry.working_grid._CHUNK_PIXELS", 1500)
    values = (0.03 * rng.gamma(20, 0.05, (203, 91))).astype(np.float32)
    scene = open_scene(raster(tmp_path / "a.tif", values), SceneOptions(units="linear"))
    watch = Recorder()
    prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(), watch)
    assert watch.fractions == sorted(watch.fractions) and watch.fractions[-1] == 1.0
    assert sum(f < 0.2 for f in watch.fractions) > 5
    with pytest.raises(Cancelled):
        prepare(scene, str(tmp_path / "stopped.tif"), RoughnessOptions(), CancelAfter(looks=2))
    assert not list(tmp_path.glob("stopped*"))


def test_a_grid_too_large_for_memory_is_refused(tmp_path):
    scene = open_scene(raster(tmp_path / "a.tif", np.full((30, 30), 0.03, np.float32)), LINEAR)
    with pytest.raises(InputError, match="cut out the part you need"):
        working_grid(replace(scene, shape=(9000, 9000), spacing_m=(20.0, 20.0)), 20.0)


def test_coarse_input_warns(tmp_path):
    watch = Recorder()
    path = raster(tmp_path / "a.tif", np.full((30, 30), 0.03, np.float32), 210.0)
    result = prepare(open_scene(path, LINEAR), str(tmp_path / "o.tif"), RoughnessOptions(), watch)
    assert result.shape == (63, 63) and "coarser than 100 m" in watch.warnings[0]
    assert result.warnings == tuple(watch.warnings)


def test_senseless_resolution_and_unwritable_path(tmp_path):
    scene = open_scene(raster(tmp_path / "a.tif", np.full((30, 30), 0.03, np.float32)), LINEAR)
    with pytest.raises(OptionError, match="resolution"):
        prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(resolution_m=1), Silent())
    with pytest.raises(OutputError, match="Cannot write"):
        prepare(scene, str(tmp_path / "no" / "o.tif"), RoughnessOptions(), Silent())


def test_ships_and_wind_farms_stay_in_the_image(tmp_path):
    values = np.full((60, 60), 0.03, np.float32)
    values[10:12, 10:14] = 30.0
    values[30:50:4, 20:40:4] = 3.0
    ring = [[3.05, 30], [9, 30], [9, 40], [3.05, 40], [3.05, 30]]
    (tmp_path / "land.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    options = RoughnessOptions(land=LandOptions(str(tmp_path / "land.geojson"), 0.0))
    result = prepare(
        open_scene(raster(tmp_path / "a.tif", values), LINEAR), str(tmp_path / "o.tif"), options, Silent()
    )
    shown = gdal.Open(result.path).ReadAsArray()
    assert (shown[values > 1] == 2).all()
    assert (shown[:, :40] > 0).all() and (shown[:, 50:] == -1).all()


def test_nodata_alone_says_there_is_no_sea(tmp_path):
    values = np.full((60, 60), np.nan, np.float32)
    values[5, 5] = 0.03
    ring = [[2.9, 30], [3.02, 30], [3.02, 40], [2.9, 40], [2.9, 30]]
    (tmp_path / "land.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    options = RoughnessOptions(land=LandOptions(str(tmp_path / "land.geojson"), 0.0))
    with pytest.raises(InputError, match="no valid sea, only nodata or land"):
        prepare(
            open_scene(raster(tmp_path / "a.tif", values), LINEAR), str(tmp_path / "o.tif"), options, Silent()
        )
