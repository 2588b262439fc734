# SPDX-License-Identifier: GPL-2.0-or-later
"""Products are found in archives and folders by whatever name, and asked for where there are several."""

from __future__ import annotations

import os
import shutil
import zipfile

import pytest
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.product_names import find_safe
from osgeo import gdal


def zipped(safe, path, tops):
    """Write the product below each of the names, without entries of folders, as many programs do."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for top in tops:
            for file in sorted(safe.rglob("*")):
                if file.is_file():
                    archive.write(file, f"{top}{file.relative_to(safe)}")
    return path


@pytest.mark.parametrize(
    ("name", "top"),
    [
        ("a.zip", ""),
        ("a.zip", "{safe}/"),
        ("a.zip", "my scene/"),
        ("a.zip", "X/{safe}/"),
        ("a.zip", "Downloads/s1/{safe}/"),
        ("a.SAFE", "{safe}/"),
        ("a", "X/{safe}/"),
        ("a.zip.part", "{safe}/"),
        ("a.kmz", ""),
    ],
)
def test_archives(safe, tmp_path, name, top):
    path = zipped(safe, tmp_path / name, [top.format(safe=safe.name)])
    scene = open_scene(path)
    assert (scene.shape, scene.acquired) == (open_scene(safe).shape, open_scene(safe).acquired)


def test_an_archive_without_manifest_as_copied_from_aws(safe, tmp_path):
    shutil.copytree(safe, tmp_path / "product")
    (tmp_path / "product" / "manifest.safe").unlink()
    path = zipped(tmp_path / "product", tmp_path / "a.zip", ["product/"])
    assert find_safe(str(path)) == f"/vsizip/{path}/product"


@pytest.mark.parametrize("count", [2, 6])
def test_several_products_are_asked_for(safe, tmp_path, count):
    path = zipped(safe, tmp_path / "a.zip", [f"S1A_{number}.SAFE/" for number in range(count)])
    with pytest.raises(InputError, match=rf"holds {count} products \(S1A_0.SAFE, S1A_1.SAFE") as caught:
        open_scene(path)
    # What the sentence proposes works.
    assert open_scene(str(caught.value).rpartition("such as ")[2].rstrip(".")).name == "S1A_0"
    for number in range(count):
        shutil.copytree(safe, tmp_path / "many" / f"S1A_{number}.SAFE")
    with pytest.raises(InputError, match=rf"holds {count} products"):
        open_scene(tmp_path / "many")


def test_folders_around_and_in_a_product(safe, tmp_path):
    product = shutil.copytree(safe, tmp_path / "outer" / safe.stem / safe.name)
    inside = "annotation", "annotation/calibration", "measurement", "manifest.safe"
    for path in (product, *(product / name for name in inside), product.parent, tmp_path / "outer"):
        assert find_safe(f"{path}") == str(product), path
        assert find_safe(f"{path}{os.sep}") == str(product), path


def test_an_annotation_stands_for_its_image(safe):
    (vv,), (vh,) = safe.glob("annotation/*-vv-*.xml"), safe.glob("annotation/*-vh-*.xml")
    (noise,) = safe.glob("annotation/calibration/noise-*-vv-*.xml")
    assert open_scene(vv).polarisation == open_scene(noise).polarisation == "VV"
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(vh)


def test_an_archive_of_something_else(safe, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("letter.txt", "Dear sea, ...")
    with pytest.raises(InputError, match=r"archive without a product.*unpack"):
        open_scene(tmp_path / "a.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_the_image_cannot_be_unpacked(safe, tmp_path, method):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(safe.rglob("*")):
            kind = method if file.suffix == ".tiff" else zipfile.ZIP_DEFLATED
            archive.write(file, file.relative_to(safe.parent), compress_type=kind)
    with pytest.raises(InputError, match=r"\.tiff in a.zip is compressed by (BZIP2|LZMA).*unpack"):
        open_scene(path)


@pytest.mark.parametrize(
    "pattern", ["manifest.safe", "annotation/*vv*.xml", "measurement/*vv*", "*/*/cal*vv*"]
)
@pytest.mark.parametrize(
    "make", [os.mkfifo, os.mkdir, lambda path: path.write_text("<a>" * 9000 + "</a>" * 9000)]
)
def test_files_of_a_product_that_are_none(safe, tmp_path, pattern, make):
    product = shutil.copytree(safe, tmp_path / safe.name)
    file = next(product.glob(pattern))
    file.unlink()
    make(file)
    try:
        open_scene(product)
    except InputError as error:
        assert "\n" not in str(error)
    else:  # a manifest that says nothing is no reason to refuse: the processor is taken for a recent one
        assert file.name == "manifest.safe" and gdal.VSIStatL(str(file)).size > 9000
