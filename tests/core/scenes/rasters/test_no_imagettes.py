# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters without coordinates that are no imagettes: something speaks against it, and they are refused."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.geometry.georeference import NOMINAL_SIDE_M
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity
from osgeo import gdal
from rasters import wkt_of, write_geotiff, write_picture
from sea import roughness_of
from snap_products import document, tagged

PRODUCT = "S1A_IW_GRDH_1SDV_20210119T031653_20210119T031718_036201_043ED0_8255"
IMAGETTE = "s1a-wv1-QL-vv-20190220t082228-20190220t082231-026010-02e61f-011"
RPC = {
    **{
        f"{name}_{what}": "1"
        for name in ("LINE", "SAMP", "LAT", "LONG", "HEIGHT")
        for what in ("OFF", "SCALE")
    },
    **{f"{name}_{what}_COEFF": " ".join(["1"] * 20) for name in ("LINE", "SAMP") for what in ("NUM", "DEN")},
}


def grey(lines=400, samples=440):
    return np.full((lines, samples), 120, np.uint8)


def decibels(lines=500, samples=500):
    return np.random.default_rng(1).normal(-14, 1, (lines, samples)).astype(np.float32)


@pytest.mark.parametrize(
    "name",
    [
        f"{PRODUCT}.jpg",
        f"{PRODUCT}-quicklook.png",
        "S1B_EW_GRDM_1SDH_20210119T031653_20210119T031718_036201_043ED0_8255.png",
        "S1A_IW_20210119T031653_DVP_RTC30_G_gpuned_8255.png",
        "s1a-iw-grd-vv-20210119t031653-20210119t031718-036201-043ed0-001_crop.tif",
        "iw-vv.png",
        "2024-01-02-00_00_2024-01-02-23_59_Sentinel-1_IW_VV+VH_VV_-_decibel_gamma0.png",
        "S1A_S3_GRDH_1SSV_20210119T031653.png",
        "quick-look.png",
        f"{PRODUCT}/crop.png",
    ],
)
def test_names_of_swaths(tmp_path, name):
    with pytest.raises(InputError, match=r"only an imagette can be used: its name|product's quick-look"):
        open_scene(write_picture(tmp_path / name, grey()))


@pytest.mark.parametrize(
    "name",
    [
        f"{IMAGETTE}.png",
        f"{PRODUCT}/{IMAGETTE}.png",
        "IW_0012.png",  # of the class of internal waves
        "array.tif",
        "imagette.tif",
        "S1A_WV_SLC__1SSV_20190220_quicklook.jpg",
        "quick-look-wv2.png",
        "HDF_and.nc4/SAFE/array.png",
    ],
)
def test_names_of_imagettes_or_of_nothing(tmp_path, name):
    scene = open_scene(write_picture(tmp_path / name, grey()))
    assert scene.quantity is Quantity.ROUGHNESS and scene.spacing_m is None
    assert f"{NOMINAL_SIDE_M / 1000:.0f} km" in scene.notes[-1]
    np.testing.assert_allclose(roughness_of(scene, tmp_path), 240 / 255, atol=0.03)


@pytest.mark.parametrize(
    ("shape", "name", "passes"),
    [
        ((836, 1272), "a.png", False),
        ((660, 990), "a.png", False),
        ((420, 300), "a.png", False),
        ((1200, 1200), "a.png", False),
        ((99, 110), f"{IMAGETTE}.png", False),
        ((2100, 2100), f"{IMAGETTE}.png", False),
        ((1200, 1200), f"{IMAGETTE}.png", True),
        ((660, 990), f"{IMAGETTE}.png", True),
        ((491, 569), "a.png", True),
        ((1024, 1024), "a.png", True),
        ((256, 256), "a.png", True),
    ],
)
def test_shapes(tmp_path, shape, name, passes):
    path = write_picture(tmp_path / name, grey(*shape))
    if passes:
        assert open_scene(path).spacing_m is None
        return
    with pytest.raises(InputError, match=rf"{shape[1]} x {shape[0]} pixels are no imagette"):
        open_scene(path)


def test_backscatter_without_coordinates_passes_in_the_sizes_of_imagettes_alone(tmp_path):
    assert open_scene(write_geotiff(tmp_path / "a.tif", decibels())).spacing_m is None
    with pytest.raises(InputError, match="1000 x 900 pixels of backscatter are none"):
        open_scene(write_geotiff(tmp_path / "b.tif", decibels(900, 1000)))


def changed(path, change):
    dataset = gdal.Open(path, gdal.GA_Update)
    change(dataset)
    dataset.FlushCache()
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.SetProjection(wkt_of("EPSG:32629")), "has a coordinate system, though no place"),
        (lambda d: d.SetProjection('LOCAL_CS["radar",UNIT["metre",1]]'), "has a coordinate system"),
        (lambda d: d.SetGeoTransform((0, 10, 0, 0, 0, -10)), "the size of its pixels"),
        (lambda d: d.SetGeoTransform((0, 1e-4, 0, 0, 0, -1e-4)), "the size of its pixels"),
        (lambda d: d.SetMetadata(RPC, "RPC"), "RPC"),
        (lambda d: d.GetRasterBand(1).SetDescription(f"{PRODUCT}_VV"), "its name is that of a whole swath"),
        (
            lambda d: d.SetMetadataItem("TIFFTAG_IMAGEDESCRIPTION", "Sentinel-1A IW GRD HR L1"),
            "its name is that of a whole swath",
        ),
    ],
)
def test_what_the_file_says_of_itself(tmp_path, change, message):
    path = write_geotiff(tmp_path / "a.tif", decibels())
    assert open_scene(path).spacing_m is None
    with pytest.raises(InputError, match=message):
        open_scene(changed(path, change))
    view = str(tmp_path / "a.vrt")
    gdal.Translate(view, path, format="VRT").FlushCache()
    with pytest.raises(InputError, match=message):
        open_scene(view)


def test_the_tag_of_a_measurement_of_wave_mode(tmp_path):
    path = write_geotiff(tmp_path / "a.tif", grey())
    described = ("TIFFTAG_IMAGEDESCRIPTION", "Sentinel-1A WV SLC L1")
    assert open_scene(changed(path, lambda d: d.SetMetadataItem(*described))).spacing_m is None


def test_a_geocoding_that_was_lost_on_export_from_snap(tmp_path):
    text = document(["Sigma0_VV_db"], tie_points=("latitude", "longitude", "incident_angle"))
    path = tagged(tmp_path / "subset.tif", [decibels()], text, grid=None)
    with pytest.raises(InputError, match="SNAP's text in it tells of a geocoding that the file lacks"):
        open_scene(path)


def test_the_picture_of_a_virtual_raster_has_the_name_of_its_file(tmp_path):
    write_picture(tmp_path / f"{PRODUCT}.png", grey())
    gdal.Translate(str(tmp_path / "a.vrt"), str(tmp_path / f"{PRODUCT}.png"), format="VRT").FlushCache()
    with pytest.raises(InputError, match="its name is that of a whole swath"):
        open_scene(tmp_path / "a.vrt")
