# SPDX-License-Identifier: GPL-2.0-or-later
"""Positions are compared with GDAL's own transformations of points whose place is known."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError, OptionError
from metocean.core.feedback import Silent
from metocean.core.geometry.georeference import Georeference, SurveyPoints, from_survey, ground_spacing
from metocean.core.geometry.map_grid import choose_crs, map_grid
from metocean.core.geometry.projections import laea, open_metric, spatial_reference, transform
from metocean.core.geometry.warp import MapRaster, warp
from osgeo import gdal
from rasters import write_geotiff

SHAPE = 120, 150
DEGREES = spatial_reference("EPSG:4326")


def swath(longitude, latitude, shape=SHAPE, spacing_m=1000.0, turn_deg=-12.0):
    """A scene whose every pixel position is known: a turned square grid around a place."""
    lines, samples = (v.ravel() for v in np.meshgrid(*(np.linspace(0, n, 6) for n in shape), indexing="ij"))
    lon, lat = place(longitude, latitude, samples, lines, shape, spacing_m, turn_deg)
    return from_survey(SurveyPoints(samples, lines, lon, lat, 0 * lon, 0 * lon + 35))


def place(longitude, latitude, samples, lines, shape=SHAPE, spacing_m=1000.0, turn_deg=-12.0):
    turn = np.deg2rad(turn_deg)
    u, v = (samples - shape[1] / 2) * spacing_m, (shape[0] / 2 - lines) * spacing_m
    x, y = u * np.cos(turn) - v * np.sin(turn), u * np.sin(turn) + v * np.cos(turn)
    return transform(laea(longitude, latitude), DEGREES, x, y)


def write(path, values, georeference):
    write_geotiff(path, values, nodata=-1)
    georeference.write_to(gdal.Open(str(path), gdal.GA_Update))


def _warp(folder, grid, resampling):
    warp(MapRaster(str(folder / "a.tif"), str(folder / "b.tif"), 1000, resampling), grid, Silent())


PLACES = [(12.3, 41.9), (179.9, -17.0), (-179.5, 66.0), (30.0, 86.0), (-60.0, -89.9), (0.0, 0.0)]


@pytest.mark.parametrize(("longitude", "latitude"), PLACES)
def test_spline_puts_pixels_where_they_are(longitude, latitude):
    georeference = swath(longitude, latitude)
    rng = np.random.default_rng(1)
    samples, lines = rng.uniform(0, SHAPE[1], 50), rng.uniform(0, SHAPE[0], 50)
    x, y = georeference.locate(samples, lines)
    own = spatial_reference(georeference.wkt)
    wanted = transform(DEGREES, own, *place(longitude, latitude, samples, lines))
    assert np.hypot(x - wanted[0], y - wanted[1]).max() < 5


@pytest.mark.parametrize(("longitude", "latitude"), PLACES)
def test_warp_puts_a_bright_pixel_on_its_place(tmp_path, longitude, latitude):
    georeference = swath(longitude, latitude)
    values = np.zeros(SHAPE, np.float32)
    values[33, 110] = 1
    write(tmp_path / "a.tif", values, georeference)
    grid = map_grid(georeference, SHAPE, choose_crs(georeference, SHAPE), 1000)
    assert max(grid.shape) < 300
    _warp(tmp_path, grid, "bilinear")
    moved = gdal.Open(str(tmp_path / "b.tif")).ReadAsArray()
    row, column = np.unravel_index(moved.argmax(), moved.shape)
    own = spatial_reference(grid.wkt)
    x, y = transform(DEGREES, own, *place(longitude, latitude, np.array([110.5]), np.array([33.5])))
    assert abs(grid.affine[0] + (column + 0.5) * 1000 - x[0]) < 1000
    assert abs(grid.affine[3] - (row + 0.5) * 1000 - y[0]) < 1000
    assert (moved == -1).any() and 0.75 < (moved >= 0).sum() / values.size < 1.25


def test_default_systems():
    codes = {
        (12.3, 41.9): "32633",
        (179.9, -17.0): "32760",
        (-179.5, 66.0): "32601",
        (30.0, 86.0): "5041",
        (-60.0, -89.9): "5042",
    }
    for (longitude, latitude), code in codes.items():
        wkt = choose_crs(swath(longitude, latitude), SHAPE)
        assert spatial_reference(wkt).GetAuthorityCode(None) == code


def test_degrees_across_the_antimeridian_have_no_hole(tmp_path):
    georeference = swath(179.9, -17.0)
    write(tmp_path / "a.tif", np.ones(SHAPE, np.float32), georeference)
    grid = map_grid(georeference, SHAPE, spatial_reference("EPSG:4326").ExportToWkt(), 1000)
    assert max(grid.shape) < 250 and grid.affine[0] < 180 < grid.affine[0] + grid.shape[1] * grid.affine[1]
    _warp(tmp_path, grid, "near")
    moved = gdal.Open(str(tmp_path / "b.tif")).ReadAsArray()
    assert (moved[moved.shape[0] // 2, 30:-30] == 1).all()
    with pytest.raises(OptionError, match="pole"):
        map_grid(swath(30.0, 89.9), SHAPE, spatial_reference("EPSG:4326").ExportToWkt(), 1000)


def test_heights_move_points_towards_the_radar():
    # Range grows to the east on the equator: a point 1000 m high at 45° belongs to sea 1000 m further west.
    lines, samples = (
        v.ravel().astype(float) for v in np.meshgrid([0, 10, 20], [0, 10, 20, 30], indexing="ij")
    )
    lon, lat = samples * 0.01, -lines * 0.01
    flat = from_survey(SurveyPoints(samples, lines, lon, lat, 0 * lon, 0 * lon + 45))
    high = from_survey(SurveyPoints(samples, lines, lon, lat, 0 * lon + 1000, 0 * lon + 45))
    for a, b in zip(flat.gcps, high.gcps):
        assert (b.x_m - a.x_m, b.y_m - a.y_m) == pytest.approx((-1000, 0), abs=1)


def test_georeference_survives_a_file_and_coarsening(tmp_path):
    georeference = swath(12.3, 41.9)
    write(tmp_path / "a.tif", np.zeros(SHAPE, np.float32), georeference)
    again = Georeference.from_dataset(gdal.Open(str(tmp_path / "a.tif")))
    np.testing.assert_allclose(np.array(again.gcps), np.array(georeference.gcps), atol=1e-6)
    coarse = georeference.coarsened(4, 2)
    np.testing.assert_allclose(coarse.locate(30, 20), georeference.locate(60, 80), atol=1e-3)
    affine = Georeference(spatial_reference("EPSG:32633").ExportToWkt(), (5e5, 100, 0, 5e6, 0, -100))
    np.testing.assert_allclose(affine.coarsened(4, 4).locate(3, 2), affine.locate(12, 8))
    assert affine.is_map and georeference.known and not georeference.is_map and not Georeference().known


def test_a_map_keeps_its_own_grid():
    affine = (5e5, 100.0, 0.0, 5e6, 0.0, -100.0)
    georeference = Georeference(spatial_reference("EPSG:32633").ExportToWkt(), affine)
    wkt = choose_crs(georeference, SHAPE)
    grid = map_grid(georeference, SHAPE, wkt, 400)
    assert grid.affine == affine and grid.shape == SHAPE
    other = map_grid(georeference, SHAPE, choose_crs(georeference, SHAPE, "EPSG:3035"), 400)
    assert other.affine[1] == 400 and 25 < other.shape[0] < 60


def test_spacing_is_that_on_the_ground():
    assert ground_spacing(swath(12.3, 41.9), SHAPE) == pytest.approx((1000, 1000), rel=1e-3)
    # Web Mercator stretches by 1 / cos(latitude), feet are feet.
    mercator = Georeference(spatial_reference("EPSG:3857").ExportToWkt(), (0, 100, 0, 8.4e6, 0, -100))
    assert ground_spacing(mercator, (10, 10)) == pytest.approx((50, 50), rel=0.01)


def test_what_makes_no_sense_says_so():
    with pytest.raises(InputError, match="neither CRS nor control points"):
        choose_crs(Georeference(), SHAPE)
    with pytest.raises(OptionError, match="no coordinate system"):
        choose_crs(swath(12.3, 41.9), SHAPE, "EPSG:999999")
    with pytest.raises(OptionError, match="cannot show this scene"):
        map_grid(swath(12.3, 41.9), SHAPE, laea(-167.7, -41.9).ExportToWkt(), 1e-3)


@pytest.mark.parametrize(
    ("west", "north", "code"), [(179.0, -16.0, "32701"), (-181.0, 66.0, "32601"), (10.0, 86.0, "5041")]
)
def test_degrees_come_to_metres_beyond_the_antimeridian_and_near_the_pole(tmp_path, west, north, code):
    numbers = np.arange(40_000, dtype=np.float32).reshape(200, 200)
    degrees = Georeference(DEGREES.ExportToWkt(), (west, 0.01, 0.0, north, 0.0, -0.01))
    write(tmp_path / "a.tif", numbers, degrees)
    metric = open_metric(str(tmp_path / "a.tif"))
    georeference = Georeference.from_dataset(metric)
    assert spatial_reference(georeference.wkt).GetAuthorityCode(None) == code
    values = metric.ReadAsArray()
    for line, sample in ((20, 30), (180, 170)):
        row, column = (v.mean() + 0.5 for v in np.nonzero(values == numbers[line, sample]))
        place_of = transform(spatial_reference(georeference.wkt), DEGREES, *georeference.locate(column, row))
        shift = np.array(place_of) - [west + (sample + 0.5) * 0.01, north - (line + 0.5) * 0.01]
        assert abs((shift[0] + 180) % 360 - 180) < 0.008 and abs(shift[1]) < 0.008
