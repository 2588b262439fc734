# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of backscatter, in whatever bands, units and projection, give the roughness of their sea."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.cmod5n import reference_sigma0
from metocean.core.feedback import Silent
from metocean.core.geometry.projections import spatial_reference, transform
from metocean.core.roughness.prepare import prepare
from metocean.core.roughness.roughness import RoughnessOptions
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity, SceneOptions
from osgeo import gdal
from sea import ANGLES, DB, DEGREES, SHAPE, SIGMA0, UTM, raster, roughness_of


@pytest.mark.parametrize(
    ("bands", "names", "options"),
    [
        ((SIGMA0, ANGLES), ("Sigma0_VV", "incidenceAngleFromEllipsoid"), SceneOptions()),
        ((DB, DB - 6, ANGLES), ("VV", "VH", "angle"), SceneOptions()),
        ((DB - 6, DB, ANGLES), ("VH", "VV", "angle"), SceneOptions()),
        ((DB, np.deg2rad(ANGLES)), ("Sigma0_VV_db", ""), SceneOptions(incidence="band:2")),
        ((SIGMA0, ANGLES), (), SceneOptions(band=1, units="linear", incidence="band:2")),
        ((ANGLES, SIGMA0), (), SceneOptions(band=2, units="linear", incidence="band:1")),
    ],
)
def test_sigma0_of_whatever_processor_gives_the_same_roughness(tmp_path, bands, names, options):
    scene = open_scene(raster(tmp_path / "a.tif", *bands, names=names), options)
    assert scene.quantity is Quantity.SIGMA0 and scene.spacing_m == pytest.approx((100, 100), rel=1e-3)
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


def test_uncalibrated_numbers_are_relative_to_the_median(tmp_path):
    # DN² of detected products go with sigma0 / sin(incidence).
    dn = np.sqrt(SIGMA0 / np.sin(np.deg2rad(ANGLES)) * 4e7).astype(np.uint16)
    scene = open_scene(raster(tmp_path / "a.tif", dn, ANGLES.astype(np.uint16), names=["VV", "angle"]))
    assert scene.quantity is Quantity.RELATIVE and "not calibrated" in scene.warnings[0]
    scene = open_scene(
        raster(tmp_path / "b.tif", dn), SceneOptions(incidence=raster(tmp_path / "i.tif", ANGLES))
    )
    np.testing.assert_allclose(roughness_of(scene, tmp_path), 1, rtol=2e-3)


def test_degrees_become_metres(tmp_path):
    path = raster(tmp_path / "a.tif", DB, ANGLES, names=["VV", "angle"], grid=DEGREES)
    scene = open_scene(path)
    # 0.001° of longitude at 44° N are 80 m, and the finer side decides.
    assert scene.spacing_m == pytest.approx((80, 80), rel=0.01)
    values = roughness_of(scene, tmp_path)
    np.testing.assert_allclose(values[values >= 0], np.sqrt(2), rtol=2e-2)
    assert 0.9 < (values >= 0).mean() < 1


def test_nan_nodata_and_zero_are_unknown(tmp_path):
    values = SIGMA0.copy()
    values[0], values[1], values[2] = np.nan, 0, -9
    result = roughness_of(
        open_scene(raster(tmp_path / "a.tif", values, ANGLES, names=["Sigma0_VV", "angle"], nodata=-9)),
        tmp_path,
    )
    assert (result[:3] == -1).all()
    np.testing.assert_allclose(result[3:], np.sqrt(2), rtol=1e-4)


def test_decibels_scaled_to_integers_are_read_with_their_scale(tmp_path):
    stored = np.rint((DB + 3) * 100).astype(np.int16)
    stored[0] = -32768
    for grid in (UTM, DEGREES):
        path = raster(tmp_path / "stored.tif", stored, nodata=-32768, grid=grid)
        dataset = gdal.Open(path, gdal.GA_Update)
        dataset.GetRasterBand(1).SetScale(0.01)
        dataset.GetRasterBand(1).SetOffset(-3)
        del dataset
        scene = open_scene(path, SceneOptions(incidence="30:46"))
        assert scene.units.startswith("db")
        values = roughness_of(scene, tmp_path)
        assert abs(values[values >= 0] - np.sqrt(2)).max() < 0.1
        assert (values[0] == -1).all() and (values[5:-5, 20:-20] > 0).all()


def test_zero_is_fill_in_decibels_too(tmp_path):
    values = DB.copy()
    # Most of it: the median of all would be 0.
    values[:, :50] = 0
    scene = open_scene(raster(tmp_path / "a.tif", values, ANGLES, names=["VV", "angle"]))
    result = roughness_of(scene, tmp_path)
    assert (result[:, :50] == -1).all()
    np.testing.assert_allclose(result[:, 50:], np.sqrt(2), rtol=1e-4)


def test_prepared_roughness_in_degrees_is_read_from_the_grid_it_is_described_on(tmp_path):
    values = np.tile(np.linspace(0.2, 1.8, SHAPE[1], dtype=np.float32), (SHAPE[0], 1))
    path = raster(tmp_path / "a.tif", values, grid=DEGREES, nodata=-1)
    gdal.Open(path, gdal.GA_Update).SetMetadata({"METOCEAN_QUANTITY": "sqrt_roughness", "POLARISATION": "VV"})
    scene = open_scene(path)
    view = gdal.Warp("", path, format="MEM", dstSRS="EPSG:32632", xRes=80, yRes=80)
    assert scene.shape == pytest.approx((view.RasterYSize, view.RasterXSize), abs=1)
    assert scene.polarisation == "VV" and scene.georeference.is_map
    result = prepare(scene, str(tmp_path / "out.tif"), RoughnessOptions(), Silent())
    dataset = gdal.Open(result.path)
    x0, step, _, y0, _, _ = dataset.GetGeoTransform()
    for column in (10, 30, 50):
        x, y = transform(
            spatial_reference("EPSG:4326"),
            spatial_reference("EPSG:32632"),
            np.array([8 + 1e-3 * (column + 0.5)]),
            np.array([43.97]),
        )
        found = dataset.ReadAsArray()[int((y0 - y[0]) / step), int((x[0] - x0) / step)]
        assert found == pytest.approx(values[0, column], abs=0.03)


def test_negative_sigma0_counts_in_means_before_it_is_clipped(tmp_path):
    values = np.full(SHAPE, 0.03, np.float32)
    values[:, ::2] = -0.01
    path = raster(tmp_path / "a.tif", values)
    scene = open_scene(path, SceneOptions(units="linear", incidence="38"))
    out = prepare(scene, str(tmp_path / "o.tif"), RoughnessOptions(resolution_m=200), Silent())
    wanted = np.sqrt(0.01 / reference_sigma0(38.0))
    np.testing.assert_allclose(gdal.Open(out.path).ReadAsArray(), wanted, rtol=1e-4)


@pytest.mark.parametrize("fill", [np.nan, 0.0])
def test_sea_that_a_thinned_view_misses_is_found(tmp_path, fill):
    values = np.full((2001, 2003), fill, np.float32)
    seen = {int((i + 0.5) * 2001 / 512) for i in range(512)}
    row = next(row for row in range(1500, 1600) if row not in seen)
    values[row, 3::8] = -12.5
    path = raster(tmp_path / "sparse.tif", values, names=("Sigma0_VV_db",))
    view = np.nan_to_num(gdal.Open(path).ReadAsArray(buf_xsize=512, buf_ysize=512))
    assert not view.any(), "the sample sees it: the test tests nothing"
    assert open_scene(path, SceneOptions(incidence="38")).units.startswith("db")
