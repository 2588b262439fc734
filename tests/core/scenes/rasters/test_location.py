# SPDX-License-Identifier: GPL-2.0-or-later
"""Places that files tell in a way of their own: control points without a system, arrays of coordinates."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.geometry.projections import laea, spatial_reference, transform
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from rasters import wkt_of, write_geotiff
from scipy.io import netcdf_file

# 600 x 500 pixels of 40 m, the north of the raster 12 degrees off: 24 km x 20 km around 8 W, 46 N.
LINES, SAMPLES, PIXEL_M = 500, 600, 40.0
KNOWN = SceneOptions(incidence="31:36")
DEGREES = spatial_reference("EPSG:4326")


def degrees_of(samples, lines):
    turn = np.deg2rad(-12)
    east, north = (samples - SAMPLES / 2) * PIXEL_M, (LINES / 2 - lines) * PIXEL_M
    x, y = east * np.cos(turn) - north * np.sin(turn), east * np.sin(turn) + north * np.cos(turn)
    return transform(laea(-8, 46), DEGREES, x, y)


def control_points(count=5):
    samples, lines = (
        v.ravel() for v in np.meshgrid(np.linspace(0, SAMPLES, count), np.linspace(0, LINES, count))
    )
    x, y = degrees_of(samples, lines)
    return [gdal.GCP(*map(float, (a, b, 0, s, t))) for a, b, s, t in zip(x, y, samples, lines)]


def swath(path, points=(), wkt="", values=None):
    if values is None:
        values = np.random.default_rng(1).normal(-12, 1, (LINES, SAMPLES)).astype(np.float32)
    write_geotiff(path, values)
    if points:
        dataset = gdal.Open(str(path), gdal.GA_Update)
        dataset.SetGCPs(points, wkt)
        dataset.FlushCache()
    return str(path)


def check_place(scene, flipped=False):
    """The scene lies where `degrees_of` says, and has its spacing, hence its area."""
    assert scene.spacing_m == pytest.approx((PIXEL_M, PIXEL_M), rel=2e-3)
    samples, lines = np.array([10.0, 300.0, 590.0]), np.array([480.0, 250.0, 20.0])
    found = transform(
        spatial_reference(scene.georeference.wkt), laea(-8, 46), *scene.georeference.locate(samples, lines)
    )
    lines = LINES - lines if flipped else lines
    wanted = transform(DEGREES, laea(-8, 46), *degrees_of(samples, lines))
    assert np.hypot(*np.subtract(found, wanted)).max() < 20


def test_control_points_without_a_system_that_all_fit_degrees(tmp_path):
    scene = open_scene(swath(tmp_path / "a.tif", control_points()), KNOWN)
    check_place(scene)
    assert "all fit degrees, taken for EPSG:4326" in scene.notes[-1]
    wanted = open_scene(swath(tmp_path / "b.tif", control_points(), wkt_of("EPSG:4326")), KNOWN)
    check_place(wanted)
    assert len(wanted.notes) == 1


def test_three_control_points_make_a_plane(tmp_path):
    points = control_points()
    for wkt in ("", wkt_of("EPSG:4326")):
        scene = open_scene(swath(tmp_path / "a.tif", [points[i] for i in (0, 4, 20)], wkt), KNOWN)
        check_place(scene)
        assert "by three control points" in scene.notes[-1]


def moved(points, x, y, scale=1.0):
    return [gdal.GCP(p.GCPX * scale + x, p.GCPY * scale + y, 0, p.GCPPixel, p.GCPLine) for p in points]


@pytest.mark.parametrize(
    ("points", "wkt", "message"),
    [
        (moved(control_points(), 5e5, 5e6), "", "not in which coordinate system"),
        (control_points(), 'LOCAL_CS["radar",UNIT["m",1]]', "no place on earth"),
        (control_points()[:2], "", "too few control points"),
        (control_points()[:3], "", "all in one line"),
        (moved(control_points(), 0, 0, 1e-6), "", "no place of a radar image"),
    ],
)
def test_control_points_that_do_not_suffice(tmp_path, points, wkt, message):
    with pytest.raises(InputError, match=message):
        open_scene(swath(tmp_path / "a.tif", points, wkt), KNOWN)


def coordinates(step=1):
    samples, lines = np.meshgrid(np.arange(0, SAMPLES, step) + 0.5, np.arange(0, LINES, step) + 0.5)
    return degrees_of(samples, lines)


def with_arrays(folder, names=("lon.tif", "lat.tif"), **items):
    """Write a virtual raster with coordinates in other files."""
    view = gdal.GetDriverByName("VRT").CreateCopy(
        str(folder / "swath.vrt"), gdal.Open(swath(folder / "swath.tif"))
    )
    entries = {"X_DATASET": names[0], "X_BAND": "1", "Y_DATASET": names[1], "Y_BAND": "1"}
    zeros = dict.fromkeys(("PIXEL_OFFSET", "LINE_OFFSET"), "0")
    ones = dict.fromkeys(("PIXEL_STEP", "LINE_STEP"), "1")
    view.SetMetadata({**entries, **zeros, **ones, "SRS": wkt_of("EPSG:4326"), **items}, "GEOLOCATION")
    view.FlushCache()
    return folder / "swath.vrt"


@pytest.mark.parametrize("step", [1, 10])
@pytest.mark.parametrize("whole_paths", [False, True])
def test_arrays_of_coordinates_beside_the_raster(tmp_path, step, whole_paths):
    names = [str(tmp_path / n) if whole_paths else n for n in ("lon.tif", "lat.tif")]
    for name, values in zip(("lon.tif", "lat.tif"), coordinates(step)):
        values[:3] = np.nan
        write_geotiff(tmp_path / name, values)
    # The first of every ten pixels has the coordinates of its own centre.
    offset = str(0.5 - step / 2)
    steps = {"PIXEL_STEP": str(step), "LINE_STEP": str(step), "PIXEL_OFFSET": offset, "LINE_OFFSET": offset}
    scene = open_scene(with_arrays(tmp_path, names, **steps), KNOWN)
    check_place(scene)
    assert scene.notes[-1] == "Place: by the file's arrays of coordinates."


@pytest.mark.parametrize(
    "name", ["../lon.tif", "/vsicurl/http://127.0.0.1:9/lon.tif", "none.tif", "sub/lon.tif"]
)
def test_arrays_elsewhere_are_not_read(tmp_path, name):
    folder = tmp_path / "scene"
    for path in (tmp_path / "lon.tif", folder / "lat.tif", folder / "sub" / "lon.tif"):
        write_geotiff(path, coordinates()[0])
    with pytest.raises(InputError, match=r"lie outside its folder|no file of this machine"):
        open_scene(with_arrays(folder, (name, "lat.tif")), KNOWN)


@pytest.mark.parametrize(
    ("change", "arrays"),
    [
        ({"X_BAND": "7"}, coordinates()),
        ({"X_BAND": "one"}, coordinates()),
        ({"PIXEL_STEP": "0"}, coordinates()),
        ({"SRS": 'LOCAL_CS["radar",UNIT["m",1]]'}, coordinates()),
        ({}, [v * np.nan for v in coordinates()]),
        ({}, [v + 500 for v in coordinates()]),
        ({}, [coordinates()[0], coordinates(2)[1]]),
    ],
)
def test_arrays_that_say_nothing(tmp_path, change, arrays):
    for name, values in zip(("lon.tif", "lat.tif"), arrays):
        write_geotiff(tmp_path / name, values)
    with pytest.raises(InputError, match="do not say where it lies"):
        open_scene(with_arrays(tmp_path, **change), KNOWN)


def test_netcdf_by_the_cf_conventions(tmp_path):
    path = str(tmp_path / "swath.nc")
    file = netcdf_file(path, "w")
    file.Conventions = "CF-1.6"
    file.createDimension("line", LINES)
    file.createDimension("sample", SAMPLES)
    arrays = dict(zip(("lon", "lat"), coordinates()))
    for name, unit, standard in (("lon", "degrees_east", "longitude"), ("lat", "degrees_north", "latitude")):
        variable = file.createVariable(name, "d", ("line", "sample"))
        variable[:], variable.units, variable.standard_name = arrays[name], unit, standard
    image = file.createVariable("sigma0_vv", "f", ("line", "sample"))
    image[:], image.coordinates = np.random.default_rng(1).normal(-12, 1, (LINES, SAMPLES)), "lon lat"
    image[:20] = -20
    file.close()
    scene = open_scene(f'NETCDF:"{path}":sigma0_vv', KNOWN)
    # GDAL reads the last line of netCDF first, of the image as of its coordinates.
    assert gdal.Open(scene.path).ReadAsArray()[-20:].max() == -20
    check_place(scene, flipped=True)
    assert scene.units == "db (sigma0 by its name)" and scene.name == "swath"


def test_a_system_that_only_the_project_knows(tmp_path):
    path = swath(tmp_path / "a.tif")
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.SetGeoTransform((4e5, 40, 0, 5.1e6, 0, -40))
    dataset = None
    with pytest.raises(InputError, match="not in which system"):
        open_scene(path, KNOWN)
    scene = open_scene(path, SceneOptions(incidence="31:36", crs="EPSG:32630"))
    assert scene.georeference.is_map and scene.spacing_m == pytest.approx((40, 40), rel=1e-3)
    assert "as set in the project" in scene.notes[-1]
