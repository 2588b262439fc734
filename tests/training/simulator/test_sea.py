# SPDX-License-Identifier: GPL-2.0-or-later
"""The wind of a simulated sea gives the sigma0 of CMOD5.N."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.cmod5n import cmod5n
from metocean.training.simulator import sensor
from metocean.training.simulator.fields import Grid

GRID = Grid((192, 192), 100.0)


@pytest.mark.parametrize("incidence", [23.8, 36.8, 46.0])
def test_uniform_wind_gives_cmod5n(still_sea, clean, incidence):
    expected = cmod5n(6.0, 90.0, incidence)
    np.testing.assert_allclose(clean(still_sea(6.0, incidence)), expected, rtol=2e-3)


def test_wind_across_a_swath_follows_cmod5n_in_every_column(still_sea, clean):
    state = still_sea()
    state.incidence_deg = np.linspace(29.0, 46.0, GRID.shape[1])
    np.testing.assert_allclose(clean(state)[0], cmod5n(6.0, 90.0, state.incidence_deg), rtol=5e-3)


def test_upwind_is_wind_blowing_towards_the_radar(still_sea, clean):
    state = still_sea()
    state.wind_x, state.wind_y = -state.wind_y, state.wind_x
    np.testing.assert_allclose(clean(state), cmod5n(6.0, 0.0, 36.8), rtol=2e-3)


def test_the_reference_wind_has_roughness_one(still_sea, clean):
    state = still_sea(10.0)
    state.wind_x = -state.wind_y * np.sqrt(0.5, dtype=np.float32)
    state.wind_y = state.wind_y * np.sqrt(0.5, dtype=np.float32)
    np.testing.assert_allclose(sensor.roughness(clean(state), state.incidence_deg), 1.0, rtol=2e-3)


def test_calm_water_gives_next_to_no_echo(still_sea, clean):
    assert clean(still_sea(0.5)).mean() < 0.03 * cmod5n(0.5, 90.0, 36.8)
