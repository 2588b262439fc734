# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinel-1 products in every form they are distributed in, each against the same sea."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from metocean.core.cmod5n import reference_sigma0, vv_over_hh
from metocean.core.errors import InputError
from metocean.core.roughness.prepare import working_grid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import Quantity, SceneOptions
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import gdal
from sea import roughness_of

SHAPE, CELL_M, SIGMA0 = (40, 60), 100.0, 0.05


def wanted(scene):
    """Roughness of a sea of `SIGMA0` at the angles that the scene's reader tells."""
    grid = working_grid(scene, 100.0)
    incidence = scene.source.reader(grid).rows(0, grid.shape[0])[1]
    return np.sqrt(SIGMA0 / reference_sigma0(incidence))


def grd(folder, **settings):
    field = SeaSigma0(np.full(SHAPE, SIGMA0, np.float32), CELL_M)
    return write_safe(folder, field, product=Product(pixel_m=10.0, seed=3, **settings))


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """A GRDH product of VV and VH, and the roughness that it has."""
    safe = grd(tmp_path_factory.mktemp("safe"), polarisations=("VV", "VH"))
    return safe, roughness_of(open_scene(safe), safe.parent)


def copied(safe, folder, change=lambda path: path, text=lambda text: text):
    """Copy a product under other names, ``change(relative path)``, and with other XML."""
    for file in (f for f in safe.rglob("*") if f.is_file()):
        target = folder / change(str(file.relative_to(safe)))
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".tiff":
            os.link(file, target)
        else:
            target.write_text(text(file.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def test_the_simulated_product_has_the_roughness_of_its_sea(product):
    safe, values = product
    # 100 looks in a cell: 5 % of a root of power.
    assert abs(values / wanted(open_scene(safe)) - 1).mean() < 0.05
    assert abs(np.median(values / wanted(open_scene(safe))) - 1) < 0.005


def test_zip_is_read_in_place(product, tmp_path):
    safe, values = product
    with zipfile.ZipFile(tmp_path / f"{safe.stem}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in safe.rglob("*"):
            archive.write(file, file.relative_to(safe.parent))
    scene = open_scene(tmp_path / f"{safe.stem}.zip")
    np.testing.assert_array_equal(roughness_of(scene, tmp_path), values)
    assert sorted(os.listdir(tmp_path)) == sorted([f"{safe.stem}.zip", "roughness.tif"])


def test_names_of_the_archive_on_aws(product, tmp_path):
    safe, values = product

    def short(path):
        head, name = os.path.split(path)
        polarisation = "vh" if "-vh-" in name else "vv"
        kind = next((f"{k}-" for k in ("calibration", "noise") if name.startswith(k)), "")
        return path if name == "manifest.safe" else f"{head}/{kind}iw-{polarisation}{Path(name).suffix}"

    folder = copied(safe, tmp_path / safe.stem, short)
    (folder / "productInfo.json").write_text("{}")
    for path in (folder, folder / "manifest.safe", folder / "measurement" / "iw-vv.tiff"):
        scene = open_scene(path)
        assert (scene.name, scene.polarisation) == (safe.stem, "VV")
        np.testing.assert_array_equal(roughness_of(scene, tmp_path), values)


@pytest.mark.parametrize("name", ["clip.tif", "{stem}-clip.tif", "{stem}_vv.tif"])
def test_what_people_save_beside_an_image_is_no_part_of_the_product(product, tmp_path, name):
    safe, values = product
    folder = copied(safe, tmp_path / safe.name)
    (image,) = folder.glob("measurement/*-vv-*")
    clip = image.parent / name.format(stem=image.stem)
    gdal.Translate(str(clip), str(image), srcWin=[0, 0, 200, 150])
    assert open_scene(clip, SceneOptions(units="dn")).shape == (150, 200)
    np.testing.assert_array_equal(roughness_of(open_scene(folder), tmp_path), values)


def test_images_with_names_that_all_products_have_are_not_looked_for_beside_them(product, tmp_path):
    safe, _ = product
    folder = copied(safe, tmp_path / safe.name)
    (image,) = folder.glob("measurement/*-vv-*")
    os.link(image, folder / "measurement" / "iw-vv.tiff")
    gdal.Translate(str(tmp_path / "iw-vv.tiff"), str(image), srcWin=[0, 0, 200, 150])
    assert open_scene(tmp_path / "iw-vv.tiff", SceneOptions(units="dn")).shape == (150, 200)


@pytest.mark.parametrize(
    ("mission", "mode", "swath", "polarisation"),
    [
        ("s1a", "EW", "ew", "hh"),
        ("s1b", "SM", "s3", "vv"),
        ("s1c", "IW", "iw", "vv"),
        ("s1d", "EW", "ew", "vv"),
    ],
)
def test_satellites_and_modes(product, tmp_path, mission, mode, swath, polarisation):
    safe, values = product
    pair = {"vv": polarisation, "vh": "hv" if polarisation == "hh" else "vh"}

    def renamed(path):
        for old, new in pair.items():
            path = path.replace(f"s1a-iw-grd-{old}", f"{mission}-{swath}-grd-{new}")
        return path

    def text(content):
        for old, new in pair.items():
            content = content.replace(f">{old.upper()}<", f">{new.upper()}<")
        return content.replace("<mode>IW<", f"<mode>{mode}<").replace("S1A", mission.upper())

    name = safe.name.replace("S1A_IW", f"{mission.upper()}_{swath.upper()}")
    scene = open_scene(copied(safe, tmp_path / name, renamed, text))
    assert scene.name == name[:-5] and scene.polarisation == polarisation.upper()
    if polarisation == "hh":
        ratio = roughness_of(scene, tmp_path) / values
        angles = scene.source.reader(working_grid(scene, 100.0)).rows(0, len(values))[1]
        np.testing.assert_allclose(ratio**2, vv_over_hh(angles), rtol=1e-4)
    else:
        np.testing.assert_array_equal(roughness_of(scene, tmp_path), values)


def cloud_optimised(safe, folder, resampling):
    """Copy a product as the Copernicus Data Space distributes it: ``_COG.SAFE``, ``…-001-cog.tiff``."""
    copied(safe, folder, lambda path: path.replace(".tiff", "-cog.tiff"))
    for file in (folder / "measurement").iterdir():
        options = [f"OVERVIEW_RESAMPLING={resampling}", "BLOCKSIZE=128", "COMPRESS=DEFLATE"]
        source = gdal.Open(str(file))
        assert gdal.GetDriverByName("COG").CreateCopy(f"{file}.new", source, options=options) is not None
        del source
        os.replace(f"{file}.new", file)
    return folder


def test_cloud_optimised_products_are_read_from_their_overviews(product, tmp_path):
    safe, values = product
    scene = open_scene(cloud_optimised(safe, tmp_path / f"{safe.stem}_COG.SAFE", "RMS"))
    assert scene.name == f"{safe.stem}_COG" and scene.shape == (400, 600)
    pixels = scene.source.pixels.view(working_grid(scene, 100.0)).grid
    # The overview of 40 m: the next, of 80 m, straddles cells of 100 m.
    assert (pixels.lines.pixels, pixels.samples.pixels) == (100, 150)
    ratio = roughness_of(scene, tmp_path) / values
    assert abs(ratio.mean() - 1) < 1e-3 and ratio.std() < 0.03


@pytest.mark.parametrize("resampling", ["AVERAGE", "NEAREST"])
def test_overviews_that_are_no_means_of_power_are_left_aside(product, tmp_path, resampling):
    safe, values = product
    scene = open_scene(cloud_optimised(safe, tmp_path / f"{safe.stem}_COG.SAFE", resampling))
    np.testing.assert_array_equal(roughness_of(scene, tmp_path), values)


def test_bare_measurement_is_relative_unless_its_product_lies_beside_it(product, tmp_path):
    safe, values = product
    (image,) = (safe / "measurement").glob("*-vv-*.tiff")
    shutil.copy(image, tmp_path / image.name)
    alone = open_scene(tmp_path / image.name)
    assert alone.quantity is Quantity.RELATIVE and alone.units == "dn (large whole numbers)"
    assert "not calibrated" in alone.warnings[0] and "incidence angle is unknown" in alone.warnings[1]
    assert alone.georeference.known and alone.spacing_m == pytest.approx((10, 10), rel=0.01)
    found = roughness_of(alone, tmp_path)
    # The level is the scene's median, the trend of the even sea is gone.
    assert abs(np.median(found) - 1) < 0.01 and found.std() < 0.06
    with pytest.raises(InputError, match=r"cannot be in db .*say in which units it is, dn perhaps"):
        open_scene(tmp_path / image.name, SceneOptions(units="db"))
    (tmp_path / safe.name).symlink_to(safe)
    beside = open_scene(tmp_path / image.name)
    assert beside.quantity is Quantity.SIGMA0
    np.testing.assert_array_equal(roughness_of(beside, tmp_path), values)
