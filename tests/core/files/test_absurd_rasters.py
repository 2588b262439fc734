# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters that claim what no scene has are refused before a pixel of them is read."""

from __future__ import annotations

import pytest
from hostile import view
from metocean.core.errors import InputError
from metocean.core.files.raster import open_raster
from osgeo import gdal
from rasters import write_geotiff
from sea import SIGMA0, UTM


def refuse(path, words):
    with pytest.raises(InputError, match=words):
        open_raster(str(path))


@pytest.mark.parametrize("width", [2_000_000, 2**31 - 1])
def test_impossible_widths(tmp_path, width):
    write_geotiff(tmp_path / "sea.tif", SIGMA0, UTM)
    (tmp_path / "wide.vrt").write_text(view(tmp_path / "sea.tif", width))
    refuse(tmp_path / "wide.vrt", f"claims {width} x 60 pixels")


def test_one_tile_of_gigabytes(tmp_path):
    options = ["SPARSE_OK=TRUE", "TILED=YES", "BLOCKXSIZE=60000", "BLOCKYSIZE=60000"]
    gdal.GetDriverByName("GTiff").Create(str(tmp_path / "t.tif"), 60000, 60000, 1, gdal.GDT_Byte, options)
    refuse(tmp_path / "t.tif", "one piece")


@pytest.mark.parametrize(
    "affine",
    [
        "0,0,0,0,0,0",
        "5e5,100,0,5e6,0,0",
        "5e5,nan,0,5e6,0,-100",
        "5e5,inf,0,5e6,0,-1",
        "0,1e300,0,0,0,-1e300",
    ],
)
def test_pixels_without_size(tmp_path, affine):
    write_geotiff(tmp_path / "sea.tif", SIGMA0, UTM)
    (tmp_path / "scene.vrt").write_text(view(tmp_path / "sea.tif", affine=affine))
    refuse(tmp_path / "scene.vrt", "without any size")
