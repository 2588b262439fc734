# SPDX-License-Identifier: GPL-2.0-or-later
"""Places of whole scenes, from product to map, against orbit and slant range: what SAR geometry stands on."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.feedback import Silent
from metocean.core.files.xml_file import load
from metocean.core.geometry.georeference import Georeference, GroundPoint
from metocean.core.geometry.projections import centre_of, spatial_reference, transform
from metocean.core.geometry.warp import MapRaster, OutputMap, put_on_map
from metocean.core.roughness.prepare import prepare
from metocean.core.roughness.roughness import RoughnessOptions
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.tables import read_grid
from metocean.training.simulator.product.imaging import Acquisition
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.safe import write_safe
from orbits import DEGREES, annotation_of, make_plain, move, on_the_sea, orbit_of, shape_of, turn
from osgeo import gdal
from rasters import write_geotiff
from scipy.ndimage import map_coordinates

PRODUCTS = ["S1A*20150222*", "S1A*20210119*", "S1B*20211223*"]
# Annotated pixels per pixel of a made-up image: 400 m, as maps of classes have.
COARSER = 40


@pytest.mark.parametrize("name", PRODUCTS)
def test_control_points_lie_where_orbit_and_range_put_the_sea(real_product, name):
    root = load(str(annotation_of(real_product(name))))
    georeference = read_grid(root).georeference()
    orbit, seconds = orbit_of(root)
    points = root.all("geolocationGrid/geolocationGridPointList/geolocationGridPoint")
    some = range(0, len(points), 11)
    degrees = np.array([on_the_sea(points[i], orbit, seconds) for i in some])
    x, y = transform(DEGREES, spatial_reference(georeference.wkt), degrees[:, 0], degrees[:, 1])
    ours = np.array([georeference.gcps[i][2:] for i in some])
    assert np.hypot(ours[:, 0] - x, ours[:, 1] - y).max() < 20


@pytest.mark.parametrize("name", PRODUCTS)
def test_positions_between_control_points_are_within_a_pixel(real_product, name):
    grid = read_grid(load(str(annotation_of(real_product(name)))))
    every = grid.georeference()
    points = np.array(every.gcps).reshape(grid.lines.size, grid.samples.size, 4)
    kept = np.zeros(points.shape[:2], bool)
    kept[[0, 2, 4, 6, 8, 9], ::2] = True
    half = Georeference(every.wkt, gcps=tuple(GroundPoint(*p) for p in points[kept].tolist()))
    out = points[~kept]
    x, y = half.locate(out[:, 0], out[:, 1])
    assert np.hypot(x - out[:, 2], y - out[:, 3]).max() < 100


def on_map(safe, numbers, folder):
    """Roughness of an image, as on the map, and the map's georeference."""
    write_geotiff(safe / "measurement" / f"{annotation_of(safe).stem}.tiff", numbers.astype(np.uint16))
    scene, spacing_m = open_scene(safe), COARSER * 10.0
    roughness = prepare(scene, str(folder / "r.tif"), RoughnessOptions(resolution_m=spacing_m), Silent())
    output_map = OutputMap.from_grid(roughness.georeference, roughness.shape, scene.shape, "")
    put_on_map(MapRaster(roughness.path, str(folder / "m.tif"), spacing_m, "bilinear"), output_map, Silent())
    placed = gdal.Open(str(folder / "m.tif"))
    values = placed.ReadAsArray().astype(float)
    return np.where(values == -1, np.nan, values), Georeference.from_dataset(placed)


def seen_at(safe, shape, degrees, folder):
    """Lines and samples (annotated) that the map of a product shows at some places."""
    ramps = np.indices([n // COARSER for n in shape])
    plain, *images = (on_map(safe, 5000 + 10 * ramp, folder) for ramp in (0 * ramps[0], *ramps))
    x, y = transform(DEGREES, spatial_reference(plain[1].wkt), *degrees)
    x0, dx, _, y0, _, dy = plain[1].affine
    position = (y - y0) / dy - 0.5, (x - x0) / dx - 0.5
    one, *two = (map_coordinates(values, position, order=1) for values, _ in (plain, *images))
    return [((v / one - 1) * 500 + 0.5) * n / (n // COARSER) - 0.5 for v, n in zip(two, shape)]


@pytest.mark.parametrize("goal", [None, (180.0, -17.0), (-179.9, 66.0), (30.0, 82.0)])
@pytest.mark.parametrize("name", PRODUCTS)
def test_the_map_shows_every_pixel_where_orbit_and_range_put_the_sea(real_product, tmp_path, name, goal):
    safe = real_product(name)
    root = load(str(annotation_of(safe)))
    shape, (orbit, seconds) = shape_of(root), orbit_of(root)
    points = root.all("geolocationGrid/geolocationGridPointList/geolocationGridPoint")
    lines, samples = np.array([(p.number("line"), p.number("pixel")) for p in points]).T
    # Half a cell within the edges there is nothing to interpolate between.
    inner = (np.abs(lines / shape[0] - 0.5) < 0.47) & (np.abs(samples / shape[1] - 0.5) < 0.47)
    some = np.flatnonzero(inner)[::7]
    degrees = np.array([on_the_sea(points[i], orbit, seconds) for i in some]).T
    if goal:
        start = centre_of(*degrees)
        move(safe, start, goal)
        degrees = turn(*degrees, start, goal)
    make_plain(safe)
    line, sample = seen_at(safe, shape, degrees, tmp_path)
    error_m = 10 * np.hypot(line - lines[some], sample - samples[some])
    assert some.size > 20 and error_m.max() < 50


def test_the_map_agrees_with_the_annotation_where_it_is_sea(real_product, tmp_path):
    safe = real_product(PRODUCTS[2])
    root = load(str(annotation_of(safe)))
    grid, shape = read_grid(root), shape_of(root)
    make_plain(safe)
    sea = np.abs(grid.heights_m) < 0.1
    sea[[0, -1]] = sea[:, [0, -1]] = False
    lines, samples = (v[sea] for v in np.meshgrid(grid.lines, grid.samples, indexing="ij"))
    line, sample = seen_at(safe, shape, (grid.longitudes[sea], grid.latitudes[sea]), tmp_path)
    assert sea.sum() > 20
    assert 10 * np.hypot(line - lines, sample - samples).max() < 20


@pytest.mark.parametrize(("ascending", "corner"), [(False, "north-east"), (True, "south-west")])
def test_near_range_of_the_first_line_lies_where_the_pass_begins(tmp_path, ascending, corner):
    """Descending, Sentinel-1 flies south and looks west; ascending, it flies north and looks east."""
    sigma0 = np.full((60, 80), 0.01)
    sigma0[:12, :12] = 0.1
    acquisition = Acquisition(ascending=ascending)
    safe = write_safe(tmp_path, SeaSigma0(sigma0, 400.0), acquisition)
    scene = open_scene(safe)
    roughness = prepare(scene, str(tmp_path / "r.tif"), RoughnessOptions(resolution_m=400.0), Silent())
    put_on_map(
        MapRaster(roughness.path, str(tmp_path / "m.tif"), 400.0, "near"),
        OutputMap.from_grid(roughness.georeference, roughness.shape, scene.shape, ""),
        Silent(),
    )
    values = gdal.Open(str(tmp_path / "m.tif")).ReadAsArray()
    rows, columns = np.nonzero(values > 1)
    north, east = rows.mean() < values.shape[0] / 2, columns.mean() > values.shape[1] / 2
    assert f"{'north' if north else 'south'}-{'east' if east else 'west'}" == corner
