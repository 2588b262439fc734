# SPDX-License-Identifier: GPL-2.0-or-later
"""Exports of HyP3 and SNAP that people renamed or packed, and what they name that they must not."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from hostile import nobody_asked, overviews_at, view
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity
from rasters import write_geotiff
from sea import ANGLES, SIGMA0, UTM, roughness_of
from snap_products import SIGMA_BANDS, dimap, on_a_map

STEM = "S1A_IW_20210119T031653_DVP_RTC30_G_spuned_8255"
BANDS = {**SIGMA_BANDS, "incidenceAngleFromEllipsoid": ANGLES}


def hyp3(folder, stem=STEM):
    write_geotiff(folder / f"{stem}_VV.tif", SIGMA0, UTM)
    write_geotiff(folder / f"{stem}_VH.tif", SIGMA0 / 4, UTM)
    write_geotiff(folder / f"{stem}_inc_map.tif", np.deg2rad(ANGLES), UTM)
    return folder


def check(path, folder):
    scene = open_scene(path)
    values = roughness_of(scene, folder)
    assert scene.quantity is Quantity.SIGMA0 and scene.polarisation == "VV"
    np.testing.assert_allclose(values[values >= 0], np.sqrt(2), rtol=1e-4)


def archive(folder, path):
    made = shutil.make_archive(str(path.with_suffix(".made")), "zip", folder.parent, folder.name)
    return shutil.move(made, path)


@pytest.mark.parametrize("name", ["baltic", "baltic sea 2021"])
def test_renamed_hyp3(tmp_path, name):
    folder = hyp3(tmp_path / name)
    for path in (folder, folder / f"{STEM}_VV.tif", *(tmp_path / f"b{end}" for end in (".zip", "", ".kmz"))):
        if not path.exists():
            archive(folder, path)
        check(path, tmp_path)


def test_several_hyp3_products_are_asked_for(tmp_path):
    folder = hyp3(hyp3(tmp_path / "baltic"), STEM.replace("20210119", "20210131"))
    for path in (folder, archive(folder, tmp_path / "baltic.zip")):
        with pytest.raises(InputError, match=r"holds 2 images of HyP3.*choose one") as caught:
            open_scene(path)
        assert open_scene(str(caught.value).rpartition("such as ")[2].rstrip(".")).polarisation == "VV"


def renamed(folder, dim, data):
    document = dimap(folder, BANDS, on_a_map())
    document.with_suffix(".data").rename(folder / data)
    return document.rename(folder / dim)


def test_renamed_and_packed_dimap(tmp_path):
    document = renamed(tmp_path / "in", "baltic.dim", "baltic.data")
    folder = document.with_suffix(".data")
    for path in (document, folder, folder / "Sigma0_VV.img"):
        check(path, tmp_path)
    for name in ("a.zip", "a.part", "a"):
        check(archive(document.parent, tmp_path / name), tmp_path)


def test_parts_of_dimap_that_are_missing(tmp_path):
    document = renamed(tmp_path / "in", "baltic.dim", "north.data")
    with pytest.raises(InputError, match=r"baltic.dim describes .*; put the folder baltic.data"):
        open_scene(document)
    with pytest.raises(InputError, match=r"north.data needs the file north.dim beside it"):
        open_scene(tmp_path / "in" / "north.data")
    for name in ("a.dim", "b.dim"):
        shutil.copy(document, tmp_path / "in" / name)
    with pytest.raises(InputError, match="holds 3 products of SNAP"):
        open_scene(archive(tmp_path / "in", tmp_path / "a.zip"))


def test_images_of_dimap_that_are_something_else(tmp_path):
    with nobody_asked() as listener:
        remote, named = view(listener.raster), overviews_at(listener.raster)
        texts = [("", listener.services()["WMS"]), ("", remote), (".ovr", remote), (".aux.xml", named)]
        for number, (ending, text) in enumerate(texts):
            document = dimap(tmp_path / str(number), BANDS, on_a_map())
            image = document.with_suffix(".data") / "Sigma0_VV.img"
            content = image.read_bytes()
            target = image.with_name(f"{image.name}{ending}")
            target.write_bytes(text.encode() + (content[len(text) :] if target == image else b""))
            for path in (document, archive(document.parent, tmp_path / f"{number}.zip")):
                with pytest.raises(InputError, match=r"format (WMS|VRT)|no overviews|takes overviews"):
                    open_scene(path)


@pytest.mark.parametrize("ending", ["_inc_map.tif", "_VV.tif", "_VV.tif.ovr", "_inc_map.tif.ovr"])
def test_files_of_hyp3_that_are_something_else(tmp_path, ending):
    with nobody_asked() as listener:
        folder = hyp3(tmp_path / STEM)
        for text in (view(listener.raster), listener.services()["WMS"]):
            (folder / f"{STEM}{ending}").write_text(text)
            with pytest.raises(InputError, match=r"not a raster|another name|format WMS|no overviews"):
                roughness_of(open_scene(folder), tmp_path)
