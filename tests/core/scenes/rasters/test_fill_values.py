# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixels that say nothing, in all the ways people leave them in rasters, and rasters that only look right."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.cmod5n import reference_sigma0
from metocean.core.errors import InputError, OptionError
from metocean.core.feedback import Silent
from metocean.core.runs.preprocess import PreprocessOptions, preprocess
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal, gdal_array
from rasters import MapGrid, write_geotiff
from sea import SHAPE, UTM, roughness_of

KNOWN = SceneOptions(incidence="38")
# Twice the reference sea: the roughness is sqrt(2).
SIGMA0 = np.full(SHAPE, 2 * reference_sigma0(38.0), np.float32)
DB = 10 * np.log10(SIGMA0)
# The upper third of each raster here is fill.
FILL, SEA = slice(0, 20), slice(20, None)
LOCAL = UTM._replace(crs='LOCAL_CS["Arbitrary",UNIT["metre",1]]')


def write(path, values, name="Sigma0_VV", grid=UTM):
    return write_geotiff(path, values, grid, names=[name])


def filled(values, fill):
    values = values.copy()
    values[FILL] = fill
    return values


def check_sea(path, folder):
    values = roughness_of(open_scene(path, KNOWN), folder)
    assert (values[FILL] == -1).all()
    np.testing.assert_allclose(values[SEA], np.sqrt(2), rtol=2e-2)


@pytest.mark.parametrize("fill", [-9999.0, -32768.0, 1e30, np.finfo(np.float32).max, -np.inf])
@pytest.mark.parametrize(("values", "name"), [(SIGMA0, "Sigma0_VV"), (DB, "Sigma0_VV_db")])
def test_fill_that_nobody_declared_is_unknown(tmp_path, values, name, fill):
    write(tmp_path / "a.tif", filled(values, fill), name)
    check_sea(tmp_path / "a.tif", tmp_path)


def test_a_stored_zero_is_fill_whatever_it_stands_for(tmp_path):
    """Decibels in sixteen bits, of which zero would be -60 dB."""
    path = write(tmp_path / "a.tif", filled(np.rint((DB + 60) * 100), 0).astype(np.uint16), "Sigma0_VV_db")
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetScale(0.01)
    dataset.GetRasterBand(1).SetOffset(-60)
    del dataset
    check_sea(tmp_path / "a.tif", tmp_path)


def test_what_is_masked_is_unknown(tmp_path):
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
    try:
        dataset = gdal.Open(write(tmp_path / "a.tif", filled(SIGMA0, 5.0)), gdal.GA_Update)
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        dataset.GetRasterBand(1).GetMaskBand().WriteArray(filled(np.full(SHAPE, 255, np.uint8), 0))
        del dataset
    finally:
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)
    check_sea(tmp_path / "a.tif", tmp_path)


def test_corners_that_are_transparent_are_no_calm_sea(tmp_path):
    grey = np.full((128, 128), 128, np.uint8)
    alpha = grey * 0 + 255
    grey[:40], alpha[:40] = 0, 0
    memory = gdal_array.OpenArray(np.stack([grey, alpha]))
    memory.GetRasterBand(2).SetColorInterpretation(gdal.GCI_AlphaBand)
    gdal.GetDriverByName("PNG").CreateCopy(str(tmp_path / "a.png"), memory)
    scene = open_scene(tmp_path / "a.png")
    values = roughness_of(scene, tmp_path)
    rows = len(values) * 40 // 128
    assert (values[: rows - 1] == -1).all() and (values[rows + 1 :] > 0.9).all()


@pytest.mark.parametrize("law", ["float", "integer"])
def test_parts_of_complex_pixels_are_no_decibels(tmp_path, rng, law):
    values = rng.normal(-0.001, 0.1, SHAPE) if law == "float" else rng.normal(-1, 200, SHAPE)
    values = values.astype(np.float32 if law == "float" else np.int16)
    write(tmp_path / "i.tif", values, "i_VV")
    with pytest.raises(InputError, match="part of complex pixels"):
        open_scene(tmp_path / "i.tif", KNOWN)
    write(tmp_path / "x.tif", values, "")
    with pytest.raises(InputError):
        open_scene(tmp_path / "x.tif", KNOWN)
    with pytest.raises(InputError, match="cannot be in db"):
        open_scene(tmp_path / "x.tif", SceneOptions(units="db", incidence="38"))


@pytest.mark.parametrize("odd", [1.75, 9999.0])
def test_one_odd_angle_does_not_decide_what_the_others_are_in(tmp_path, odd):
    """A slope that looks away from the radar, or fill: the angles are in radians all the same."""
    angles = np.full(SHAPE, np.deg2rad(38.0), np.float32)
    angles[30, 30] = odd
    write(tmp_path / "angles.tif", angles, "")
    write(tmp_path / "a.tif", SIGMA0)
    scene = open_scene(tmp_path / "a.tif", SceneOptions(incidence=str(tmp_path / "angles.tif")))
    values = roughness_of(scene, tmp_path)
    np.testing.assert_allclose(np.median(values), np.sqrt(2), rtol=1e-3)


def test_a_coordinate_system_of_no_place_on_earth_is_none(tmp_path):
    write(tmp_path / "a.tif", SIGMA0, grid=LOCAL)
    with pytest.raises(InputError, match="neither a CRS on earth"):
        open_scene(tmp_path / "a.tif", KNOWN)
    # The size of an imagette.
    write(tmp_path / "b.tif", np.full((256, 256), 0.8, np.float32), "", grid=LOCAL)
    assert not open_scene(tmp_path / "b.tif").georeference.known


def test_degrees_may_be_turned_by_a_right_angle(tmp_path):
    # Lines run along the meridians.
    write(tmp_path / "a.tif", SIGMA0, grid=MapGrid("EPSG:4326", (5.0, 0.0, 4e-4, 60.0, 4e-4, 0.0)))
    scene = open_scene(tmp_path / "a.tif", KNOWN)
    assert scene.spacing_m == pytest.approx((22.3, 22.3), rel=0.01)  # 0.0004° of longitude at 60° N
    assert "UTM zone 31N" in scene.georeference.wkt


@pytest.mark.parametrize("crs", ["EPSG:999999", "ESRI:104903", "+proj=gnom +lat_0=-45 +lon_0=-170"])
def test_a_map_that_cannot_be_is_refused_before_any_work(tmp_path, monkeypatch, crs):
    def never(*_):
        pytest.fail("the roughness was prepared")

    monkeypatch.setattr("metocean.core.runs.preprocess.prepare", never)
    write(tmp_path / "a.tif", SIGMA0)
    options = PreprocessOptions(scene=KNOWN, output_crs=crs)
    with pytest.raises(OptionError, match=r"no coordinate system|cannot show"):
        preprocess(str(tmp_path / "a.tif"), options, str(tmp_path / "out.tif"), Silent())
