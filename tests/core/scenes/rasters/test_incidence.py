# SPDX-License-Identifier: GPL-2.0-or-later
"""Where incidence angles come from: bands, other rasters, edges of the swath; and what is done without."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.cmod5n import reference_sigma0, vv_over_hh
from metocean.core.errors import InputError
from metocean.core.geometry.projections import spatial_reference
from metocean.core.geometry.working_grid import Axis, WorkingGrid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.rasters.incidence import EdgeIncidence
from metocean.core.scenes.types.scene import Quantity, SceneOptions
from osgeo import gdal
from sea import ANGLES, DB, SHAPE, SIGMA0, raster, roughness_of


def test_incidence_from_another_raster_a_constant_and_edges(tmp_path):
    path = raster(tmp_path / "a.tif", SIGMA0, names=["Sigma0_VV"])
    angles = raster(tmp_path / "inc_map.tif", np.deg2rad(ANGLES))
    values = roughness_of(open_scene(path, SceneOptions(incidence=angles)), tmp_path)
    np.testing.assert_allclose(values, np.sqrt(2), rtol=1e-4)
    values = roughness_of(open_scene(path, SceneOptions(incidence="38")), tmp_path)
    np.testing.assert_allclose(values, np.minimum(np.sqrt(SIGMA0 / reference_sigma0(38.0)), 2), rtol=1e-5)
    values = roughness_of(open_scene(path, SceneOptions(incidence="30:46")), tmp_path)
    assert abs(values - np.sqrt(2)).max() < 0.1


def test_edges_follow_the_curve_of_a_real_swath():
    # Row 0 of the geolocation grid of S1A 2021-01-19, at samples 0, 12,970 (the middle) and 25,930.
    grid = WorkingGrid(Axis(10, 10, 1), Axis(25931, 25931, 1))
    row = EdgeIncidence(30.305, 45.847).rows(grid, 0, 1)[0]
    np.testing.assert_allclose(row[[0, -1]], [30.305, 45.847], atol=0.01)
    assert abs(row[12970] - 38.76) < 0.1


def test_unknown_incidence_is_replaced_by_a_trend_with_a_warning(tmp_path, rng):
    speckled = SIGMA0 * rng.gamma(100, 0.01, SHAPE).astype(np.float32)
    speckled[20:30, 20:40] *= 0.1
    scene = open_scene(raster(tmp_path / "a.tif", speckled, names=["Sigma0_VV"]))
    assert scene.quantity is Quantity.RELATIVE and "incidence angle is unknown" in scene.warnings[0]
    values = roughness_of(scene, tmp_path)
    assert abs(np.median(values) - 1) < 0.005
    # The trend (a factor of five) is gone, the dark patch is not.
    assert abs(np.median(values[:, :10]) - np.median(values[:, -10:])) < 0.05
    assert np.median(values[20:30, 20:40]) == pytest.approx(np.sqrt(0.1), rel=0.1)


@pytest.mark.parametrize("power", [SIGMA0, DB])
def test_hh_is_brought_to_vv_where_incidence_is_known_with_a_warning(tmp_path, power):
    ratio = vv_over_hh(ANGLES)
    hh = power / ratio if power is SIGMA0 else power - 10 * np.log10(ratio)
    path = raster(tmp_path / "a.tif", hh.astype(np.float32), ANGLES, names=["Sigma0_HH", "angle"])
    scene = open_scene(path)
    assert scene.polarisation == "HH" and "experimental" in scene.warnings[0]
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)
    unknown = open_scene(path, SceneOptions(incidence="none"))
    assert "HH cannot be brought to VV without the incidence angle" in unknown.warnings[-1]


@pytest.mark.parametrize("edges", ["30:46", "46:30"])
def test_edges_of_what_is_no_map_are_near_and_far_range(tmp_path, edges):
    """The second is how QGIS shows a descending pass."""
    path = raster(tmp_path / "a.tif", SIGMA0, names=["Sigma0_VV"], grid=None)
    corners = [(0, 0, 12.1, 44.0), (80, 0, 12.0, 44.0), (0, 60, 12.1, 43.9), (80, 60, 12.0, 43.9)]
    dataset = gdal.Open(path, gdal.GA_Update)
    gcps = [gdal.GCP(x, y, 0, sample, line) for sample, line, x, y in corners]
    dataset.SetGCPs(gcps, spatial_reference("EPSG:4326").ExportToWkt())
    dataset = None
    values = roughness_of(open_scene(path, SceneOptions(incidence=edges)), tmp_path)
    assert abs(values - np.sqrt(2)).max() < 0.1


def test_incidence_raster_of_another_place_is_refused(tmp_path):
    path, other = raster(tmp_path / "a.tif", DB), raster(tmp_path / "b.tif", ANGLES[:30])
    with pytest.raises(InputError, match="does not cover the same area"):
        open_scene(path, SceneOptions(incidence=other))
