# SPDX-License-Identifier: GPL-2.0-or-later
"""Ice and bergs scatter by themselves, whatever the sea does."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import value_of
from metocean.training.simulator import fields
from metocean.training.simulator.draws import HELD_OUT, Draws
from metocean.training.simulator.fields import Grid
from metocean.training.simulator.processes import ice, icebergs
from scipy import ndimage

GRID = Grid((192, 192), 100.0)


def test_icebergs_are_bright_and_masked_at_least_200_m_around(still_sea):
    state = still_sea()
    icebergs.apply(state, Draws(9))
    mask = state.labels == value_of("IB")
    assert state.targets[mask].max() > 1
    assert (state.targets[~mask] > 0.5).mean() < 1e-3
    assert mask.sum() * GRID.spacing_m**2 >= 0.8 * np.pi * 200**2


def test_an_iceberg_between_pixels_is_marked_where_it_is():
    grid = fields.Grid((40, 40), 50.0)
    nothing = np.zeros(grid.shape, bool)
    mask = icebergs._mask(grid, (1000.0, 1000.0), nothing, 80.0, 200.0)
    x, y = grid.coordinates()
    np.testing.assert_array_equal(mask, np.hypot(x - 1000, y - 1000) <= 200)


def test_ice_and_land_darken_less_with_the_angle_than_the_sea(still_sea, clean):
    """The same ice: dark against the water where the radar looks down, bright where it looks far."""
    still = ice.IceRanges(edge_share=0.0, level_db=(-14.0, -14.0), fall_db=(0.2, 0.2))
    steep, flat = still_sea(incidence=23.8), still_sea(incidence=45.0)
    for state in (steep, flat):
        state.wind_x -= 1e-3  # upwind: else the ice has no quadrant to take
        ice.apply(state, Draws(3), ranges=still)
    fall_db = 10 * np.log10(clean(steep).mean() / clean(flat).mean())
    assert fall_db == pytest.approx(0.2 * (45.0 - 23.8), abs=0.1)


def test_in_hh_all_but_the_sea_is_brighter(still_sea, clean):
    still = ice.IceRanges(edge_share=0.5)
    vertical, horizontal = still_sea(), still_sea()
    horizontal.solid_db = 3.0
    masks = [ice.apply(state, Draws(4), ranges=still) for state in (vertical, horizontal)]
    np.testing.assert_array_equal(*masks)
    ratio = clean(horizontal) / clean(vertical)
    frozen = ndimage.binary_erosion(masks[0], iterations=8)
    assert frozen.any() and ratio[frozen] == pytest.approx(10**0.3, rel=0.02)


def test_sizes_of_held_out_icebergs_are_unseen(still_sea, monkeypatch):
    sizes_m = []

    def spy(rng, grid, centre, size_m):
        sizes_m.append(size_m)
        return drawn(rng, grid, centre, size_m)

    drawn = icebergs._berg
    monkeypatch.setattr(icebergs, "_berg", spy)
    for seed in range(12):
        icebergs.apply(still_sea(), Draws(seed, held_out=True))
    least_m, most_m = icebergs.IcebergRanges().size_m
    shares = 1 - (np.array([size for size in sizes_m if size < most_m]) / least_m) ** (-1 / 0.8)
    assert len(shares) > 20
    assert all(any(low <= share <= high for low, high in HELD_OUT) for share in shares)


def test_ice_lies_over_the_water_whatever_the_wind(still_sea, clean):
    calm, windy = still_sea(3.0), still_sea(11.0)
    everywhere = ice.IceRanges(edge_share=0.0)
    masks = [ice.apply(state, Draws(12), ranges=everywhere) for state in (calm, windy)]
    assert masks[0].all() and masks[1].all()
    np.testing.assert_allclose(clean(calm), clean(windy), rtol=1e-3)
