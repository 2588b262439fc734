# SPDX-License-Identifier: GPL-2.0-or-later
"""Fill just above zero, and powers below it: neither is a sea."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.cmod5n import reference_sigma0
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.rasters.fill_values import repeated_fill
from metocean.core.scenes.types.scene import SceneOptions
from rasters import write_geotiff
from sea import SHAPE, UTM, roughness_of

KNOWN = SceneOptions(incidence="38")
SIGMA0 = np.full(SHAPE, 2 * reference_sigma0(38.0), np.float32)
FILL, SEA = slice(0, 20), slice(20, None)


def write(path, values, name):
    return write_geotiff(path, values, UTM, names=[name])


@pytest.mark.parametrize(
    ("law", "fill"),
    [(law, fill) for law in ("db", "linear") for fill in (-40.0, -99.0, -300.0, 1e-5, 1e-7, 1e-10)],
)
@pytest.mark.parametrize("share", [20, 55])
def test_one_value_below_any_sea_in_many_pixels_is_unknown(tmp_path, law, fill, share):
    values = (10 * np.log10(SIGMA0) if law == "db" else SIGMA0).copy()
    values[:share] = fill
    path = write(tmp_path / "a.tif", values, "Sigma0_VV_db" if law == "db" else "Sigma0_VV")
    found = roughness_of(open_scene(path, KNOWN), tmp_path)
    assert (found[:share] == -1).all()
    np.testing.assert_allclose(found[share:], np.sqrt(2), rtol=1e-4)


def test_nothing_but_such_fill_is_no_scene(tmp_path):
    path = write(tmp_path / "a.tif", SIGMA0 * 0 - 60, "Sigma0_VV_db")
    with pytest.raises(InputError, match="all are nodata"):
        open_scene(path, KNOWN)


def test_borders_and_masks_may_have_a_fill_each(tmp_path):
    values = 10 * np.log10(SIGMA0)
    values[:10], values[10:20] = -99, -50
    found = roughness_of(open_scene(write(tmp_path / "a.tif", values, "Sigma0_VV_db"), KNOWN), tmp_path)
    assert (found[FILL] == -1).all() and (found[SEA] > 1).all()


def test_what_a_user_declares_is_unknown(tmp_path):
    values = 10 * np.log10(SIGMA0)
    values[:10], values[10:20] = -15, -25.5
    options = SceneOptions(incidence="38", nodata=((-15, -15), (-26, -25)))
    path = write(tmp_path / "a.tif", values, "Sigma0_VV_db")
    found = roughness_of(open_scene(path, options), tmp_path)
    assert (found[FILL] == -1).all()
    np.testing.assert_allclose(found[SEA], np.sqrt(2), rtol=1e-4)


def test_a_dark_sea_is_no_fill(rng):
    """Single pixels of -31 dB of one look are below -40 dB; stored in hundredths they repeat, too."""
    dark = 10 * np.log10(8e-4 * rng.exponential(size=200_000))
    assert np.mean(dark < -40) > 0.05 and repeated_fill(dark) == ()
    assert repeated_fill(np.round(dark, 2)) == ()
    # Roughness, numbers of the radar and calm zero are none either.
    assert repeated_fill(np.full(100, 0.01)) == repeated_fill(np.zeros(100)) == ()


@pytest.mark.parametrize("over", [0.0009, 0.0012, 0.01, 0.5, 10.0])
@pytest.mark.parametrize("name", ["Sigma0_VV", "VV", "", "Sigma0_VV_db"])
@pytest.mark.parametrize("units", ["auto", "db", "linear"])
def test_powers_below_zero_are_neither_decibels_nor_a_rough_sea(tmp_path, rng, over, name, units):
    calm = 8e-4 * rng.gamma(40, 1 / 40, SHAPE)
    path = write(tmp_path / "a.tif", (calm - over).astype(np.float32), name)
    with pytest.raises(InputError, match=r"yet no decibels|cannot be told|cannot be in"):
        open_scene(path, SceneOptions(units=units, incidence="38"))


def test_noise_that_leaves_some_values_below_zero_is_no_obstacle(tmp_path, rng):
    values = (8e-4 * rng.gamma(4, 1 / 4, SHAPE) - 4e-4).astype(np.float32)
    assert 0.1 < np.mean(values < 0) < 0.4
    scene = open_scene(write(tmp_path / "a.tif", values, "Sigma0_VV"), KNOWN)
    assert scene.units == "linear (sigma0 by its name)"


def test_what_is_brighter_than_any_sea_is_warned_of(tmp_path):
    """Natural logarithms look like decibels."""
    scene = open_scene(
        write(tmp_path / "a.tif", np.log(SIGMA0 * np.linspace(0.9, 1.1, SHAPE[1])), "Sigma0_VV"), KNOWN
    )
    assert "brighter than any sea" in scene.warnings[-1]
    scene = open_scene(write(tmp_path / "b.tif", SIGMA0, "Sigma0_VV"), KNOWN)
    assert scene.warnings == ()
