# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import os

import numpy as np
import pytest
from feedback import CancelAfter
from metocean.core.errors import Cancelled, OutputError
from metocean.core.feedback import Silent
from metocean.core.files.cog import cloud_optimise
from osgeo import gdal
from rasters import write_geotiff

SIDE = 1200


def raster(path, values, nodata):
    write_geotiff(path, values, names=["what it shows"], nodata=nodata, metadata={"METOCEAN_MODEL": "a"})


def optimised(path):
    """Open a raster that was made cloud-optimised; and return its first overview."""
    cloud_optimise([str(path)], Silent())
    dataset = gdal.Open(str(path))
    assert dataset.GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE") == "COG"
    assert dataset.GetMetadataItem("METOCEAN_MODEL") == "a"
    assert dataset.GetRasterBand(1).GetBlockSize() == [512, 512]
    overview = dataset.GetRasterBand(1).GetOverview(0)
    assert (overview.XSize, overview.YSize) == (SIDE // 2, SIDE // 2)
    return dataset, overview.ReadAsArray()


def test_numbers_stay_and_overviews_are_means_of_what_is_known(tmp_path, rng):
    values = rng.random((SIDE, SIDE)).astype(np.float32)
    values[:4, :8] = -1
    values[2, 2] = 0.5
    raster(tmp_path / "r.tif", values, -1)
    dataset, overview = optimised(tmp_path / "r.tif")
    np.testing.assert_array_equal(dataset.ReadAsArray(), values)
    band = dataset.GetRasterBand(1)
    assert (band.GetNoDataValue(), band.GetDescription()) == (-1, "what it shows")
    wanted = values.reshape(SIDE // 2, 2, SIDE // 2, 2).mean((1, 3))
    wanted[:2, :4] = -1
    wanted[1, 1] = 0.5
    np.testing.assert_allclose(overview, wanted, rtol=1e-5)
    assert os.listdir(tmp_path) == ["r.tif"]


def test_classes_keep_names_and_colours_and_none_is_made_up(tmp_path, rng):
    values = np.kron(rng.integers(0, 3, (SIDE // 2, SIDE // 2)), np.ones((2, 2))).astype(np.uint8)
    values[::2, ::2] = 9
    raster(tmp_path / "c.tif", values, 255)
    classes = gdal.Open(str(tmp_path / "c.tif"), gdal.GA_Update)
    # GDAL 3.6 forgets names of categories unless the metadata were asked for before.
    classes.GetMetadata()
    band = classes.GetRasterBand(1)
    band.SetCategoryNames(["undecided", "one", "two"])
    colours = gdal.ColorTable()
    colours.SetColorEntry(1, (1, 2, 3, 255))
    band.SetColorTable(colours)
    del band, classes
    dataset, overview = optimised(tmp_path / "c.tif")
    # Three of four pixels agree.
    np.testing.assert_array_equal(overview, values[1::2, 1::2])
    band = dataset.GetRasterBand(1)
    assert band.GetCategoryNames() == ["undecided", "one", "two"]
    assert band.GetColorTable().GetColorEntry(1) == (1, 2, 3, 255)
    assert sorted(os.listdir(tmp_path)) == ["c.tif", "c.tif.aux.xml"]


def test_what_cannot_be_written_is_said(tmp_path, monkeypatch):
    with pytest.raises(OutputError, match=r"r\.tif"):
        cloud_optimise([str(tmp_path / "r.tif")], Silent())
    monkeypatch.setattr("metocean.core.files.cog.gdal.GetDriverByName", lambda _: None)
    with pytest.raises(OutputError, match="or do without"):
        cloud_optimise([], Silent())


def test_a_user_can_stop_it(tmp_path, rng):
    raster(tmp_path / "r.tif", rng.random((SIDE, SIDE)).astype(np.float32), -1)
    with pytest.raises(Cancelled):
        cloud_optimise([str(tmp_path / "r.tif")], CancelAfter(0.1))
