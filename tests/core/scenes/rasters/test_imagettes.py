# SPDX-License-Identifier: GPL-2.0-or-later
"""Imagettes: pictures of roughness without coordinates."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity
from osgeo import gdal
from rasters import write_picture
from sea import raster, roughness_of


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_imagette_is_roughness_over_the_whole_type(tmp_path, rng, dtype):
    largest = np.iinfo(dtype).max
    values = np.full((256, 256), largest // 2, dtype)
    scene = open_scene(raster(tmp_path / "a.tif", values, grid=None))
    assert scene.quantity is Quantity.ROUGHNESS and scene.spacing_m is None and not scene.georeference.known
    result = roughness_of(scene, tmp_path)
    np.testing.assert_allclose(result, (largest // 2) / largest * 2, rtol=1e-6)


def test_grey_picture_of_three_equal_bands_passes_a_colour_picture_does_not(tmp_path, rng):
    red, green, blue = rng.integers(0, 255, (3, 128, 128)).astype(np.uint8)
    assert open_scene(raster(tmp_path / "g.tif", red, red, red, grid=None)).quantity is Quantity.ROUGHNESS
    with pytest.raises(InputError, match="colour picture"):
        open_scene(raster(tmp_path / "c.tif", red, green, blue, grid=None))


def test_real_imagettes_and_the_wrong_kinds_of_product(shared_data, tmp_path):
    for path in sorted((shared_data / "wv_imagettes").glob("*.png")):
        scene = open_scene(path)
        assert scene.quantity is Quantity.ROUGHNESS and scene.acquired.year == 2019
        values = roughness_of(scene, tmp_path)
        assert values.shape == (256, 256) and 0.5 < np.median(values) < 1.2
    with pytest.raises(InputError, match="OCN"):
        open_scene(next((shared_data / "s1_metadata").glob("*.nc")))
    with pytest.raises(InputError, match="choose the product's folder"):
        open_scene(shared_data / "s1_metadata" / "S1B_WV_SLC_manifest.safe")


@pytest.mark.parametrize(
    ("ending", "kind", "white"),
    [
        ("png", np.uint8, 255),
        ("png", np.uint16, 65535),
        ("tiff", np.uint8, 255),
        ("tiff", np.uint16, 65535),
        ("tiff", np.float32, 2.0),
    ],
)
def test_imagettes_are_roughness_already(tmp_path, ending, kind, white):
    """Named and sized as those of TenGeoP-SARwv: sqrt roughness from 0 to 2 over the whole type."""
    level = np.linspace(0.4, 1.6, 450)[None, :].repeat(480, 0)
    values = (np.rint(level / 2 * white) if white > 2 else level).astype(kind)
    name = f"s1a-wv1-slc-vv-20160101t013204-20160101t013207-009303-00d6f6-001.{ending}"
    scene = open_scene(write_picture(tmp_path / name, values))
    assert scene.quantity is Quantity.ROUGHNESS and scene.spacing_m is None and not scene.warnings
    assert scene.units == "roughness (an imagette without coordinates)"
    found = roughness_of(scene, tmp_path)
    assert gdal.Open(str(tmp_path / "roughness.tif")).GetMetadataItem("IMAGETTE") == "yes"
    assert scene.acquired.year == 2016
    wanted = np.interp((np.arange(256) + 0.5) / 256, (np.arange(450) + 0.5) / 450, level[0])
    np.testing.assert_allclose(found[100], wanted, atol=2.5 / white + 2e-3)
