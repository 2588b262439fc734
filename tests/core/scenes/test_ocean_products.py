# SPDX-License-Identifier: GPL-2.0-or-later
"""Level-2 products of ocean variables are no images."""

from __future__ import annotations

import zipfile

import pytest
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene


@pytest.mark.parametrize("archive", [False, True])
def test_ocean_products_are_no_images(tmp_path, archive):
    folder = tmp_path / "S1A_IW_OCN__2SDV_20210119T031653_20210119T031718_036201_043ED0_8255.SAFE"
    (folder / "measurement").mkdir(parents=True)
    (folder / "manifest.safe").write_text("<x/>")
    (folder / "measurement" / "s1a-iw-ocn-vv-20210119t031653-20210119t031718-036201-043ED0-001.nc").touch()
    path = folder
    if archive:
        path = tmp_path / "product.zip"
        with zipfile.ZipFile(path, "w") as target:
            for file in folder.rglob("*"):
                target.write(file, file.relative_to(tmp_path))
    with pytest.raises(InputError, match=r"derived ocean variables .*GRD"):
        open_scene(path)
