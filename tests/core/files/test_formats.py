# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing is opened but files of formats that are files, and no file has another read."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hostile import Listener, nobody_asked, overviews_at, view
from metocean.core.errors import InputError
from metocean.core.files.member import open_member
from metocean.core.files.raster import open_raster, read_lines, sample
from osgeo import gdal
from rasters import write_geotiff
from sea import SIGMA0, UTM

LARGE = np.tile(SIGMA0, (20, 20))  # so that a sample is taken from overviews
SERVICES = "WMS", "WMTS", "WCS"


def geotiff(path, values=SIGMA0):
    return write_geotiff(path, values, UTM, names=["Sigma0_VV"])


def refuse(path, words):
    with pytest.raises(InputError, match=words) as caught:
        band = open_raster(str(path)).GetRasterBand(1)
        sample(band)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_the_listener_hears_what_gdal_asks():
    """Otherwise the tests below would show nothing."""
    listener = Listener()
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    assert gdal.OpenEx(listener.raster, gdal.OF_RASTER) is None
    gdal.PopErrorHandler()
    listener.close()
    assert listener.asked > 0


def test_addresses_that_the_user_typed_are_asked():
    listener = Listener()
    refuse(listener.raster, "not a raster")
    listener.close()
    assert listener.asked > 0


@pytest.mark.parametrize("ending", [".tif", ".vrt", ".xml", ""])
@pytest.mark.parametrize("service", SERVICES)
def test_descriptions_of_servers(tmp_path, service, ending):
    with nobody_asked() as listener:
        path = tmp_path / f"scene{ending}"
        path.write_text(listener.services()[service])
        refuse(path, f"format {service}, which is not opened here")


@pytest.mark.parametrize("service", SERVICES)
def test_views_of_views_of_servers(tmp_path, service):
    with nobody_asked() as listener:
        (tmp_path / "a.tif").write_text(listener.services()[service])
        (tmp_path / "b.vrt").write_text(view(tmp_path / "a.tif"))
        (tmp_path / "c.vrt").write_text(view("b.vrt").replace('ToVRT="0"', 'ToVRT="1"'))
        refuse(tmp_path / "c.vrt", "a.tif is a file of the format")


@pytest.mark.parametrize(
    "source",
    [
        "{raster}",
        "/vsizip/vsicurl/{url}/x.zip/x.tif",
        "/vsis3/bucket/x.tif",
        "NETCDF:&quot;{url}/x.nc&quot;:sigma0",
        "vrt://{raster}?bands=1",
        "&lt;GDAL_WMS/&gt;",
    ],
)
def test_views_of_the_network(tmp_path, source):
    with nobody_asked() as listener:
        path = tmp_path / "scene.vrt"
        path.write_text(view(source.format(raster=listener.raster, url=listener.url)))
        refuse(path, "no file of this machine")


def test_a_view_of_itself_ends(tmp_path):
    (tmp_path / "scene.vrt").write_text(view(tmp_path / "scene.vrt"))
    refuse(tmp_path / "scene.vrt", "too many others")


def test_a_view_is_opened_under_its_own_name_only(tmp_path):
    geotiff(tmp_path / "sea.tif")
    for name in ("good.vrt", "bad.tif"):
        (tmp_path / name).write_text(view(tmp_path / "sea.tif"))
    band = open_raster(str(tmp_path / "good.vrt"))
    np.testing.assert_array_equal(read_lines(band.GetRasterBand(1), 0, 60), SIGMA0)
    refuse(tmp_path / "bad.tif", "virtual raster under another name")


@pytest.mark.parametrize("ending", [".ovr", ".msk"])
def test_overviews_and_masks_beside_a_raster(tmp_path, ending):
    with nobody_asked() as listener:
        path = tmp_path / "sea.tif"
        geotiff(path, LARGE)
        for text in (view(listener.raster), *listener.services().values()):
            (tmp_path / f"sea.tif{ending}").write_text(text)
            refuse(path, f"{ending} holds no overviews or masks")


def test_overviews_that_metadata_name(tmp_path):
    with nobody_asked() as listener:
        beside, inside, table = (tmp_path / f"{name}.tif" for name in ("beside", "inside", "table"))
        for path in (beside, inside, table):
            geotiff(path, LARGE)
        (tmp_path / "beside.tif.aux.xml").write_text(overviews_at(listener.raster))
        geotiff(tmp_path / "table.tif.ovr", LARGE[::2, ::2])
        for path in (inside, tmp_path / "table.tif.ovr"):
            dataset = gdal.Open(str(path), gdal.GA_Update)
            dataset.SetMetadata({"OVERVIEW_FILE": listener.raster}, "OVERVIEWS")
            del dataset
        for path in (beside, inside, table):
            refuse(path, "takes overviews from /vsicurl/")


def test_files_beside_a_raster_are_used_where_they_are_what_they_should_be(tmp_path):
    path = geotiff(tmp_path / "sea.tif", LARGE)
    dataset = gdal.Open(path)
    dataset.BuildOverviews("NEAREST", [2, 4])
    dataset.SetMetadataItem("NOTE", "in the file beside it")
    del dataset
    assert os.path.exists(f"{path}.ovr") and os.path.exists(f"{path}.aux.xml")
    dataset = open_raster(path)
    assert dataset.GetRasterBand(1).GetOverviewCount() == 2
    assert dataset.GetMetadataItem("NOTE") == "in the file beside it"


def test_nothing_beside_an_image_of_a_product_is_looked_at(tmp_path):
    with nobody_asked() as listener:
        path = geotiff(tmp_path / "sea.tif", LARGE)
        for ending in (".ovr", ".msk"):
            (tmp_path / f"sea.tif{ending}").write_text(view(listener.raster))
        (tmp_path / "sea.tif.aux.xml").write_text(overviews_at(listener.raster))
        dataset = open_member(path)
        band = dataset.GetRasterBand(1)
        sample(band)
        assert band.GetOverviewCount() == 0 and dataset.GetFileList() == [path]
        (tmp_path / "sea.tif").write_text(view(listener.raster))
        with pytest.raises(InputError, match=r"not a raster in the format .* \(GeoTIFF\)"):
            open_member(path)


def test_positions_from_the_network(tmp_path):
    with nobody_asked() as listener:
        path = write_geotiff(tmp_path / "sea.tif", SIGMA0)
        items = "".join(f'<MDI key="{axis}_DATASET">{listener.raster}</MDI>' for axis in "XY")
        (tmp_path / "sea.tif.aux.xml").write_text(
            f'<PAMDataset><Metadata domain="GEOLOCATION">{items}</Metadata></PAMDataset>'
        )
        refuse(path, "positions from the network")


@pytest.mark.parametrize("name", ["sea.tif", "sea.zip", "sea.SAFE", "sea.dim"])
def test_pipes_are_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    refuse(tmp_path / name, "pipe or a device")
    refuse("/dev/zero", "pipe or a device")


def test_a_pipe_beside_a_raster(tmp_path):
    path = geotiff(tmp_path / "sea.tif")
    os.mkfifo(f"{path}.ovr")
    refuse(path, "pipe or a device")
