# SPDX-License-Identifier: GPL-2.0-or-later
"""What makes products irregular: blocks still tile the image, heights move points as they should."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.training.simulator.product.annotated_grid import AnnotatedGrid
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from metocean.training.simulator.product.options import IRREGULAR, REGULAR, NoiseFormat
from metocean.training.simulator.product.orbit import geodetic, normal
from metocean.training.simulator.product.sub_swaths import sub_swath_blocks
from metocean.training.simulator.product.tables import LookUpTables


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_every_pixel_comes_from_one_sub_swath(steps):
    covered = np.zeros((97, 300), int)
    blocks = sub_swath_blocks(covered.shape, steps)
    for block in blocks:
        covered[block.first_line : block.last_line + 1, block.first_sample : block.last_sample + 1] += 1
    assert (covered == 1).all()
    assert len(blocks) == 3 if steps == 1 else len(blocks) > 3 * steps


def test_a_regular_grid_ends_at_the_last_pixel_and_is_flat():
    for irregularities in (REGULAR, IRREGULAR):
        grid = AnnotatedGrid.from_shape((400, 600), irregularities)
        assert (grid.lines[0], grid.lines[-1], grid.samples[0], grid.samples[-1]) == (0, 399, 0, 599)
        assert (len(grid.lines), len(grid.samples)) == (10, 21)
        assert grid.heights_m.max() == pytest.approx(irregularities.terrain_m)


def test_a_mountain_is_seen_at_the_range_of_sea_nearer_to_the_radar():
    imaging = Imaging.from_acquisition(Acquisition(), (50, 2500), 100.0)
    lines, samples = np.array([20]), np.array([1250])
    sea, top = (imaging.locate(lines, samples, height) for height in (0.0, 1000.0))
    metres = 111_200 * np.hypot(
        top.latitude_deg - sea.latitude_deg,
        (top.longitude_deg - sea.longitude_deg) * np.cos(np.deg2rad(46.0)),
    )
    assert metres == pytest.approx(1000 / np.tan(np.deg2rad(sea.incidence_deg)), rel=0.02)
    # By real annotations, 0.11 to 0.14 degrees for each kilometre.
    assert 0.1 < (top.incidence_deg - sea.incidence_deg).item() < 0.15


def test_points_on_a_height_are_as_high_as_they_say():
    latitude, longitude, height_m = np.deg2rad(50.0), np.deg2rad(8.0), 1500.0
    radius_m, eccentricity = 6378137.0, (2 - 1 / 298.257223563) / 298.257223563
    across_m = radius_m / np.sqrt(1 - eccentricity * np.sin(latitude) ** 2)
    flat_m = (across_m + height_m) * np.cos(latitude)
    up_m = (across_m * (1 - eccentricity) + height_m) * np.sin(latitude)
    point = np.array([flat_m * np.cos(longitude), flat_m * np.sin(longitude), up_m])
    assert geodetic(point, height_m) == pytest.approx((50.0, 8.0), abs=1e-6)
    upwards = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)])
    np.testing.assert_allclose(normal(point, height_m)[:2], upwards, atol=1e-7)


@pytest.mark.parametrize("noise", NoiseFormat)
def test_zeros_in_noise_are_no_noise_of_zero(noise):
    imaging = Imaging.from_acquisition(Acquisition(), (420, 630), 400.0)
    tables = LookUpTables.from_imaging(imaging, noise, IRREGULAR)
    assert any((values == 0).any() for values in tables.noise_vectors.values)
    assert tables.noise(np.arange(420), np.arange(630)).min() > 0
