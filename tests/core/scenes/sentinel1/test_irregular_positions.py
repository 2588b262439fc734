# SPDX-License-Identifier: GPL-2.0-or-later
"""Places of irregular products of the project, from annotation to map, against the orbit they were made with.

What tests with real annotations (outside the repository) promise is promised here, too: the simulator knows
the truth at every pixel, and shares no code with what reads the product.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from metocean.core.feedback import Silent
from metocean.core.geometry import warp
from metocean.core.geometry.georeference import Georeference
from metocean.core.geometry.land import LandOptions, land_mask
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity
from metocean.training.simulator.product.imaging import Acquisition
from osgeo import gdal
from scipy.ndimage import map_coordinates

SHAPE, PIXEL_M = (420, 630), 400.0
# A tenth of a pixel of maps of classes.
MAP_LIMIT_M = 40.0
PLACES = [
    Acquisition(),
    Acquisition(ascending=True),
    Acquisition(-17.0, 180.0),
    Acquisition(66.0, -179.9, ascending=True),
    Acquisition(79.0, 30.0),
]


@pytest.mark.parametrize("acquisition", PLACES)
def test_control_points_lie_where_orbit_and_range_put_the_sea(written, tmp_path, acquisition):
    made = written(acquisition)
    grid = made.grid()
    georeference = grid.georeference()
    x, y = made.sea_at(georeference, grid.lines, grid.samples)
    ours = np.array(georeference.gcps)[:, 2:].reshape(*x.shape, 2)
    error_m = np.hypot(ours[..., 0] - x, ours[..., 1] - y)
    # What is left at 1,500 m is the curvature of the Earth, which the shift along range knows nothing of.
    assert error_m.max() < 10 and error_m[grid.heights_m == 0].max() < 0.05


@pytest.mark.parametrize("acquisition", PLACES)
def test_positions_between_control_points_are_within_metres(written, tmp_path, acquisition):
    made = written(acquisition)
    georeference = made.grid().georeference()
    lines, samples = np.arange(5, SHAPE[0], 17), np.arange(5, SHAPE[1], 17)
    x, y = made.sea_at(georeference, lines, samples)
    ours = georeference.locate(*np.meshgrid(samples + 0.5, lines + 0.5))
    error_m = np.hypot(ours[0] - x, ours[1] - y)
    assert error_m.max() < 10 and np.median(error_m) < 0.5


def error_on_map(made, folder):
    """How far from their place the map shows pixels, in metres: their lines and samples are put on it."""
    georeference = made.grid().georeference()
    path = folder / "ramps.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), *SHAPE[::-1], 2, gdal.GDT_Float32)
    for band, ramp in enumerate(np.indices(SHAPE), 1):
        dataset.GetRasterBand(band).WriteArray(ramp)
        dataset.GetRasterBand(band).SetNoDataValue(-1)
    georeference.write_to(dataset)
    del dataset
    output_map = warp.OutputMap.from_grid(georeference, SHAPE, SHAPE, "")
    raster = warp.MapRaster(str(path), str(folder / "map.tif"), PIXEL_M, "bilinear")
    warp.put_on_map(raster, output_map, Silent())
    on_map = gdal.Open(raster.target)
    lines, samples = np.arange(3, SHAPE[0] - 3, 11), np.arange(3, SHAPE[1] - 3, 11)
    x, y = made.sea_at(Georeference.from_dataset(on_map), lines, samples)
    x0, dx, _, y0, _, dy = Georeference.from_dataset(on_map).affine
    at = (y - y0) / dy - 0.5, (x - x0) / dx - 0.5
    line, sample = (map_coordinates(values, at, order=1) for values in on_map.ReadAsArray().astype(float))
    return PIXEL_M * np.hypot(line - lines[:, None], sample - samples[None, :])


@pytest.mark.parametrize("acquisition", PLACES)
def test_the_map_shows_every_pixel_where_orbit_and_range_put_the_sea(written, tmp_path, acquisition):
    error_m = error_on_map(written(acquisition), tmp_path)
    assert error_m.max() < MAP_LIMIT_M


def test_a_warp_a_hundred_times_as_tolerant_would_be_seen(written, tmp_path, monkeypatch):
    monkeypatch.setattr(warp, "_WARP_TOLERANCE_M", 100 * warp._WARP_TOLERANCE_M)
    error_m = error_on_map(written(), tmp_path)
    assert error_m.max() > 2 * MAP_LIMIT_M


def test_an_image_outside_its_product_is_brought_down_to_the_sea(written, tmp_path):
    """Its control points have heights and no angles: the shift is that of an angle in the middle of IW."""
    made = written()
    (image,) = (made.safe / "measurement").iterdir()
    grid = made.grid()
    scene = open_scene(shutil.copy(image, tmp_path / "iw-vv.tiff"))
    assert scene.quantity is Quantity.RELATIVE and scene.warnings
    x, y = made.sea_at(scene.georeference, grid.lines, grid.samples)
    ours = np.array(scene.georeference.gcps)[:, 2:].reshape(*x.shape, 2)
    error_m = np.hypot(ours[..., 0] - x, ours[..., 1] - y)
    high = grid.heights_m > 0
    assert error_m[~high].max() < 0.05
    cotangents = 1 / np.tan(np.deg2rad(grid.incidences_deg[high])), 1 / np.tan(np.deg2rad(38.5))
    doubt_m = grid.heights_m[high] * np.abs(cotangents[0] - cotangents[1])
    assert (error_m[high] < doubt_m + 20).all()


@pytest.mark.parametrize(("place", "land"), [((46.0, -14.0), False), ((47.0, 68.0), True)])
def test_the_world_map_of_qgis_knows_which_scenes_are_land(written, qgis_app, tmp_path, place, land):
    """In the Atlantic nothing is land, in the middle of Asia everything."""
    from qgis.core import QgsApplication

    made = written(Acquisition(*place))
    world = str(Path(QgsApplication.pkgDataPath(), "resources", "data", "world_map.gpkg"))
    mask = land_mask(made.grid().georeference(), SHAPE, LandOptions(world, 1.0))
    assert mask.mean() > 0.9 if land else not mask.any()
