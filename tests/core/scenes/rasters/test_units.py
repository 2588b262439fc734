# SPDX-License-Identifier: GPL-2.0-or-later
"""Units that the values or the type contradict are refused, with the remedy."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import SceneOptions
from rasters import write_geotiff
from sea import ANGLES, SIGMA0, UTM

GAMMA0 = SIGMA0 / np.cos(np.deg2rad(ANGLES))


def db(power):
    return 10 * np.log10(power)


def write(path, bands, grid=UTM, nodata=None, kind=np.float32):
    """Write bands, {name: values}, and return the path."""
    write_geotiff(path, np.stack(list(bands.values())).astype(kind), grid, names=list(bands), nodata=nodata)
    return path


@pytest.mark.parametrize(
    "options", [SceneOptions(), SceneOptions(units="gamma0"), SceneOptions(units="linear")]
)
def test_pictures_of_8_bits_are_no_backscatter(tmp_path, options):
    values = np.clip(GAMMA0 * 510, 0, 255)
    path = write(tmp_path / "S1_IW_VV_-_linear_gamma0.tiff", {"": values}, kind=np.uint8)
    with pytest.raises(InputError, match=r"picture of 8 bits, not .*; export it as 32-bit"):
        open_scene(path, options)


@pytest.mark.parametrize(
    ("units", "values", "kind", "advice"),
    [
        ("db", np.sqrt(SIGMA0) * 474, np.uint16, "dn perhaps"),
        ("gamma0_db", SIGMA0, np.float32, "linear perhaps"),
        ("linear", np.sqrt(SIGMA0) * 474, np.uint16, "dn perhaps"),
        ("dn", db(SIGMA0), np.float32, "db perhaps"),
        ("roughness", np.sqrt(SIGMA0) * 474, np.float32, "linear perhaps"),
    ],
)
def test_units_that_the_values_contradict_name_the_remedy(tmp_path, units, values, kind, advice):
    path = write(tmp_path / "a.tif", {"VV": values}, kind=kind)
    with pytest.raises(
        InputError, match=rf"cannot be in {units} \(as chosen\).*say in which units it is, {advice}"
    ):
        open_scene(path, SceneOptions(units=units))


def test_names_that_the_values_contradict(tmp_path):
    path = write(tmp_path / "a.tif", {"Sigma0_VV_db": SIGMA0})
    with pytest.raises(InputError, match=r"cannot be in db \(sigma0 by its name\)"):
        open_scene(path)
    assert open_scene(path, SceneOptions(units="linear")).units == "linear (as chosen)"
