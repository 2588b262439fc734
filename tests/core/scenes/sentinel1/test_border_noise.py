# SPDX-License-Identifier: GPL-2.0-or-later
"""Border noise goes, by pixel and only where old processors left it."""

from __future__ import annotations

import numpy as np
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.border_noise import BorderNoise
from osgeo import gdal
from rasters import write_geotiff
from sea import roughness_of
from simple_products import SHAPE, expected, make_safe


def test_border_noise_goes_with_old_processors_only(tmp_path):
    values = np.full(SHAPE, 100, np.uint16)
    values[:, :10] = 12
    for version, first in (("002.71", -1.0), ("003.40", 0.0)):
        safe = make_safe(tmp_path / version, version=version, denoised="true")
        write_geotiff(next((safe / "measurement").iterdir()), values)
        result = roughness_of(open_scene(safe), tmp_path)
        assert (result[:, 1:] > 0).all()
        assert (result[:, 0] == -1).all() if first < 0 else (result[:, 0] > 0).all()


def test_border_noise_goes_by_pixel_and_calm_sea_within_stays(tmp_path):
    safe = make_safe(tmp_path, version="002.71", denoised="true")
    values = np.full(SHAPE, 100, np.uint16)
    # Edges that end inside a cell, and a calm patch that touches none of them.
    values[:, :12] = values[:, -2:] = values[:3] = values[-13:] = 12
    values[20:30, 40:50] = 12
    write_geotiff(next((safe / "measurement").iterdir()), values)
    result = roughness_of(open_scene(safe), tmp_path)
    assert (result[:, 0] == -1).all() and (result[-1] == -1).all()
    wanted = expected(0.0)
    wanted[2, 4] *= 0.12
    np.testing.assert_allclose(result[:-1, 1:], wanted[:-1, 1:], rtol=1e-5)


def test_border_noise_ends_500_pixels_from_the_edge(tmp_path):
    numbers = np.full((1200, 1100), 12, np.uint16)
    write_geotiff(tmp_path / "a.tif", numbers)
    dataset = gdal.Open(str(tmp_path / "a.tif"))
    for stretch, reach in ((1.0, 500), (5.0, 100)):
        border = BorderNoise.from_band(dataset.GetRasterBand(1), (stretch, stretch))
        inside = ~np.concatenate([border.outside(numbers[i : i + 300], i) for i in range(0, 1200, 300)])
        wanted = np.zeros(numbers.shape, bool)
        wanted[reach:-reach, reach:-reach] = True
        np.testing.assert_array_equal(inside, wanted)
