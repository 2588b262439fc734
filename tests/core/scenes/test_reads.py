# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that a scene is read from is known, however it is named."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hostile import nobody_asked, view
from metocean.core.errors import OutputError
from metocean.core.feedback import Silent
from metocean.core.files.read_files import ReadFiles
from metocean.core.geometry.land import LandOptions
from metocean.core.runs.preprocess import PreprocessOptions, preprocess
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.reads import named_files, opened_files
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from sea import ANGLES, SIGMA0, raster
from simple_products import make_safe

OPTIONS, LAND = SceneOptions(units="linear", incidence="38"), LandOptions()


def reads(path, options=OPTIONS, land=LAND) -> ReadFiles:
    named, opened = named_files(str(path), options, land), opened_files(open_scene(path, options), options)
    return ReadFiles(named.scene, named.files + opened.files, named.folders + opened.folders)


@pytest.fixture
def image(tmp_path) -> Path:
    return Path(raster(str(tmp_path / "image.tif"), SIGMA0, names=["Sigma0_VV"]))


def test_sources_of_virtual_rasters_are_read(tmp_path, image):
    gdal.BuildVRT(str(tmp_path / "inner.vrt"), str(image)).FlushCache()
    gdal.BuildVRT(str(tmp_path / "outer.vrt"), str(tmp_path / "inner.vrt")).FlushCache()
    found = reads(tmp_path / "outer.vrt")
    assert all(found.refusal(tmp_path / name) for name in ("outer.vrt", "inner.vrt", "image.tif"))
    assert not found.refusal(tmp_path / "other.tif")


def test_what_gdal_keeps_beside_an_image_is_read(tmp_path, image):
    gdal.Open(str(image)).BuildOverviews("AVERAGE", [2])
    assert reads(image).refusal(tmp_path / "image.tif.ovr")


@pytest.mark.parametrize("named", ["{}", "link.tif", "sub/../image.tif", "/vsizip/a.zip/image.tif"])
def test_the_scene_is_known_by_any_name(tmp_path, monkeypatch, image, named):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    os.symlink(image, "link.tif")
    with zipfile.ZipFile("a.zip", "w") as archive:
        archive.write("image.tif")
    read = "a.zip" if "zip" in named else "image.tif"
    assert reads(named.format(image)).refusal(tmp_path / read)


@pytest.mark.parametrize("beside", ["image.tif.aux.xml", "image.IMD", "image.RPB", "image_rpc.txt"])
@pytest.mark.parametrize("chosen", ["image.tif", "scene.vrt", "angles"])
def test_what_lies_beside_an_image_is_not_opened_as_a_raster(tmp_path, image, beside, chosen):
    gdal.BuildVRT(str(tmp_path / "scene.vrt"), str(image)).FlushCache()
    other = raster(str(tmp_path / "other.tif"), SIGMA0, names=["Sigma0_VV"])
    with nobody_asked() as listener:
        for text in (*listener.services().values(), view(listener.raster)):
            (tmp_path / beside).write_text(text)
            if chosen == "angles":
                found = reads(other, SceneOptions(units="linear", incidence=str(image)))
            else:
                found = reads(tmp_path / chosen)
            assert found.refusal(tmp_path / beside)


def test_angles_and_land_are_read(tmp_path, image):
    angles = raster(str(tmp_path / "angles.tif"), ANGLES)
    land = tmp_path / "land.geojson"
    land.write_text("{}")
    found = reads(image, SceneOptions(units="linear", incidence=angles), LandOptions(f"{land}|layername=x"))
    assert all(found.refusal(tmp_path / name) for name in ("angles.tif", "land.geojson"))


@pytest.mark.parametrize("chosen", ["", "manifest.safe", "measurement"])
def test_nothing_is_written_into_a_product(tmp_path, chosen):
    product = make_safe(tmp_path)
    path = next((product / "measurement").iterdir()) if chosen == "measurement" else product / chosen
    found = named_files(str(path), SceneOptions(), LAND)
    assert all(found.refusal(product / name) for name in ("new.tif", "annotation/new.csv"))
    assert not found.refusal(product.parent / "new.tif")


def test_a_run_refuses_before_it_works(tmp_path, image):
    gdal.BuildVRT(str(tmp_path / "scene.vrt"), str(image)).FlushCache()
    before = image.read_bytes()
    for target in ("image.tif", "./image.tif"):
        with pytest.raises(OutputError, match="which the run reads"):
            options = PreprocessOptions(OPTIONS)
            preprocess(str(tmp_path / "scene.vrt"), options, str(tmp_path / target), Silent())
    assert image.read_bytes() == before and np.isfinite(gdal.Open(str(image)).ReadAsArray()).all()
    assert sorted(os.listdir(tmp_path)) == ["image.tif", "scene.vrt"]
