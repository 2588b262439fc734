# SPDX-License-Identifier: GPL-2.0-or-later
"""What opens, by which name, and what is refused in a sentence that says why."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from metocean.core.errors import InputError, OptionError
from metocean.core.geometry.projections import laea, spatial_reference, transform
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.rasters.scene import acquisition_time
from metocean.core.scenes.types.scene import Quantity, SceneOptions
from osgeo import gdal
from rasters import gdal_exceptions
from sea import DB, SIGMA0, raster, roughness_of


def test_coordinates_of_no_system_are_no_imagette(tmp_path):
    path = raster(tmp_path / "a.tif", np.full((256, 256), 90, np.uint8), grid=None)
    dataset = gdal.Open(path, gdal.GA_Update)
    for affine, refused in (((5e5, 40, 0, 5e6, 0, -40), True), ((0, 1, 0, 0, 0, -1), False)):
        dataset.SetGeoTransform(affine)
        dataset.FlushCache()
        if refused:
            with pytest.raises(InputError, match="not in which system: assign a projection"):
                open_scene(path)
        else:
            assert open_scene(path).spacing_m is None


def test_quick_look_of_a_product_is_no_imagette(tmp_path):
    folder = tmp_path / "S1A_IW_GRDH.SAFE" / "preview"
    folder.mkdir(parents=True)
    with pytest.raises(InputError, match="quick-look: choose the product's folder"):
        open_scene(raster(folder / "quick-look.tif", np.full((256, 256), 90, np.uint8), grid=None))


@pytest.mark.parametrize(
    ("bands", "arguments", "options", "message"),
    [
        ((SIGMA0,), {}, SceneOptions(), "cannot be told"),
        ((SIGMA0,), {}, SceneOptions(units="db"), "cannot be in db"),
        ((DB,), {}, SceneOptions(units="linear"), "cannot be in linear"),
        ((DB,), {}, SceneOptions(units="dn"), "cannot be in dn"),
        ((DB,), {}, SceneOptions(units="roughness"), "cannot be in roughness"),
        ((DB,), {"names": ["VH"]}, SceneOptions(), "VH does not show"),
        ((DB, DB), {"names": ["VV", "VH"]}, SceneOptions(band=2), "VH does not show"),
        ((DB,), {"names": ["Beta0_VV_db"]}, SceneOptions(), "beta0"),
        (((DB * 100).astype(np.int16),), {}, SceneOptions(), "store the scale"),
        (((DB * 100).astype(np.int16),), {}, SceneOptions(units="db"), "store the scale"),
        ((DB + 25,), {}, SceneOptions(units="db"), "cannot be in db"),
        ((SIGMA0 * np.nan,), {}, SceneOptions(), "no valid pixel"),
        ((SIGMA0.astype(np.complex64),), {}, SceneOptions(), "complex"),
        ((np.full((100, 150), 90, np.uint16),), {"grid": None}, SceneOptions(), "without coordinates"),
        (
            (np.full((60, 80), 90, np.uint8),),
            {"grid": None},
            SceneOptions(),
            "80 x 60 pixels are no imagette",
        ),
        ((np.full((60, 80), 90, np.uint8),), {}, SceneOptions(), "say that it is one of"),
    ],
)
def test_what_cannot_be_used_says_why(tmp_path, bands, arguments, options, message):
    path = raster(tmp_path / "a.tif", *bands, **arguments)
    with pytest.raises(InputError, match=message):
        open_scene(path, options)


def test_names_and_nodata_that_say_nothing_do_no_harm_to_what_was_chosen(tmp_path):
    path = raster(tmp_path / "a.tif", SIGMA0, nodata=1e9, names=["x"])
    scene = open_scene(path, SceneOptions(units="linear", incidence="band:1"))
    assert scene.quantity is Quantity.SIGMA0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"band": 4}, "no band 4"),
        ({"item": 2}, "no item 2"),
        ({"units": "volt"}, "no unit 'volt'"),
        ({"incidence": "steep"}, "neither a file nor"),
        ({"incidence": "5"}, "between 10 and 70"),
        ({"incidence": "band:7"}, "has 1 band"),
    ],
)
def test_senseless_options_say_why_and_which(tmp_path, options, message):
    with pytest.raises(OptionError, match=message) as caught:
        open_scene(raster(tmp_path / "a.tif", DB), SceneOptions(**options))
    assert caught.value.option in options


def test_a_raster_inside_a_file_opens_by_the_name_gdal_gives_it(tmp_path):
    path = raster(tmp_path / "a.tif", DB, names=["VV"])
    inside, whole = (open_scene(p, SceneOptions(incidence="38")) for p in (f"GTIFF_DIR:1:{path}", path))
    np.testing.assert_array_equal(roughness_of(inside, tmp_path), roughness_of(whole, tmp_path))
    with pytest.raises(InputError, match="There is no file"):
        open_scene(f"GTIFF_DIR:7:{path}")


def test_files_that_are_no_rasters(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        open_scene(tmp_path / "nothing.tif")
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(InputError, match="not a raster"):
        open_scene(tmp_path / "a.txt")
    (tmp_path / "a.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    with pytest.raises(InputError, match="vector"):
        open_scene(tmp_path / "a.geojson")
    with pytest.raises(InputError, match=r"without manifest\.safe"):
        open_scene(tmp_path)
    whole = Path(raster(tmp_path / "w.tif", np.tile(DB, (9, 9)))).read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged or incomplete"):
        open_scene(tmp_path / "cut.tif")


def test_exceptions_of_gdal_make_no_difference(tmp_path):
    path = raster(tmp_path / "a.tif", DB)
    for wanted in (True, False):
        with gdal_exceptions(wanted):
            with pytest.raises(InputError, match="There is no file"):
                open_scene(tmp_path / "nothing.tif")
            with pytest.raises(OptionError, match="neither a file nor"):
                open_scene(path, SceneOptions(incidence="steep"))


def test_acquisition_time_is_in_the_name_or_a_folder():
    wanted = datetime(2018, 7, 16, 0, 40, 42, tzinfo=timezone.utc)
    assert (
        acquisition_time("/x/S1A_IW_GRDH_1SDV_20180716T004042_20180716T004107_022812/measurement/iw-vv.tiff")
        == wanted
    )
    assert acquisition_time("/x/s1a-20180716t004042-b.png") == wanted
    assert acquisition_time("/x/20189999T004042.tif") is None


def test_real_uncalibrated_swath(shared_data):
    folder = next((shared_data / "iw_grd_dn").iterdir()) / "measurement"
    scene = open_scene(folder / "iw-vv.tiff")
    assert scene.quantity is Quantity.RELATIVE and len(scene.warnings) == 2
    assert scene.spacing_m == pytest.approx((203.6, 200.1), abs=1)
    # By its footprint in productInfo.json the first pixel is at 78.2039 E, 10.7375 N, for a height of
    # 255 m; the sea at the same range is 255 / tan(38.5°) = 321 m nearer to the radar.
    corner = scene.georeference.gcps[0]
    degrees = transform(
        spatial_reference(scene.georeference.wkt),
        spatial_reference("EPSG:4326"),
        np.array([corner.x_m]),
        np.array([corner.y_m]),
    )
    x, y = transform(spatial_reference("EPSG:4326"), laea(78.2039, 10.7375), *degrees)
    assert np.hypot(x[0], y[0]) == pytest.approx(321, abs=10) and x[0] > 300
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(folder / "iw-vh.tiff")
