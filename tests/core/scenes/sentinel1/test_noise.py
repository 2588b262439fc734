# SPDX-License-Identifier: GPL-2.0-or-later
"""Calibration and thermal noise against the tables, worked out by hand."""

from __future__ import annotations

from datetime import datetime, timezone

import numpy as np
import pytest
from metocean.core.feedback import Silent
from metocean.core.files.xml_file import load
from metocean.core.roughness.prepare import prepare
from metocean.core.roughness.roughness import RoughnessOptions
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.noise import AzimuthBox, Noise, old_noise_factor
from metocean.core.scenes.sentinel1.tables import Table
from metocean.core.scenes.types.scene import Quantity
from rasters import read_raster
from sea import roughness_of
from simple_products import CALIBRATION, OLD_NOISE, expected, make_safe


def test_new_noise_calibration_and_incidence_by_hand(tmp_path):
    scene = open_scene(make_safe(tmp_path))
    result = prepare(scene, str(tmp_path / "out.tif"), RoughnessOptions(), Silent())
    values = read_raster(result.path)
    noise = np.where(np.arange(8) < 4, 1000.0, 2000.0)
    np.testing.assert_allclose(values, expected(noise), rtol=1e-5)
    assert result.shape == (6, 8) and result.spacing_m == (100.0, 100.0)
    assert scene.acquired == datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert (scene.quantity, scene.polarisation) == (Quantity.SIGMA0, "VV")


@pytest.mark.parametrize(
    ("settings", "noise", "said"),
    [
        ({"noise": OLD_NOISE, "version": "002.53"}, 1000.0, "subtracted"),
        ({"denoised": "true"}, 0.0, "already removed"),
        ({"noise": OLD_NOISE.replace("1000", "0"), "version": "002.90"}, 0.0, "empty"),
        ({"noise": "<noise/>"}, 0.0, "stays in the image"),
        # 75088.7 x 400² x 1e-7 = 1201.4: units of processors before 2.50.
        (
            {"noise": OLD_NOISE.replace("1000", "1e-7"), "version": "002.36"},
            75088.7 * 400**2 * 1e-7,
            "subtracted",
        ),
        ({"noise": OLD_NOISE.replace("1000", "1e-7"), "version": "002.60"}, 0.0, "unknown units"),
    ],
)
def test_noise_of_other_processors(tmp_path, settings, noise, said):
    scene = open_scene(make_safe(tmp_path, **settings))
    np.testing.assert_allclose(roughness_of(scene, tmp_path), expected(noise), rtol=1e-5)
    assert said in " ".join(scene.notes + scene.warnings)


def test_old_noise_scale_is_that_of_the_mode_and_version(tmp_path):
    (tmp_path / "c.xml").write_text(CALIBRATION)
    root = load(str(tmp_path / "c.xml"))
    assert old_noise_factor(root, "EW", (2, 33)) == pytest.approx(56065.87 * 400)
    assert old_noise_factor(root, "EW", (2, 34)) == pytest.approx(56065.87 * 400**2)
    assert old_noise_factor(root, "IW", (2, 50)) == old_noise_factor(root, "SM", (2, 36)) == 1.0


def test_tables_interpolate_along_and_between_and_take_the_nearest():
    table = Table(
        np.array([-10.0, 10.0]), (np.array([0.0, 10.0]),) * 2, (np.array([0.0, 10.0]), np.array([20.0, 40.0]))
    )
    across = table.across(np.array([5.0, 50.0]))
    np.testing.assert_allclose(across, [[5, 10], [30, 40]])
    np.testing.assert_allclose(table.linear(across, np.array([0.0, 99.0])), [[17.5, 25], [30, 40]])
    np.testing.assert_allclose(table.nearest(across, np.array([-1.0, 1.0])), [[5, 10], [30, 40]])


def test_neighbouring_azimuth_boxes_leave_no_gap():
    flat = Table(np.array([0.0]), (np.array([0.0, 9.0]),), (np.array([1.0, 1.0]),))
    boxes = tuple(
        AzimuthBox(0, 9, a, b, np.array([0.0, 9.0]), np.array([f, f]))
        for a, b, f in ((0, 4, 2.0), (5, 9, 3.0))
    )
    samples = np.array([4.0, 4.5, 5.0])
    noise = Noise(flat, boxes).rows(flat.across(samples), np.array([0.0]), samples)
    np.testing.assert_allclose(noise, [[2, 3, 3]])
