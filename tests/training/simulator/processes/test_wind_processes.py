# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes of the wind change it where their masks are."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import value_of
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.fields import Grid
from metocean.training.simulator.processes import convection, low_wind, rain
from metocean.training.simulator.scenes import mixture

GRID = Grid((192, 192), 100.0)


def test_low_wind_is_dark_inside_its_mask(still_sea, clean):
    state = still_sea(5.0)
    low_wind.apply(state, Draws(4), ranges=low_wind.LowWindRanges(share=(0.1, 0.75)))
    mask = state.labels == value_of("LWA")
    assert 0.02 < mask.mean() < 0.9
    assert state.speed[mask].max() < 3.0
    assert clean(state)[mask].mean() < 0.5 * clean(state)[~mask].mean()


def test_rain_pushes_the_wind_outwards(still_sea):
    state = still_sea(5.0)
    ranges = rain.RainRanges(count=(1, 1), radius_m=(5000.0, 5001.0), outflow=(4.0, 4.01))
    rain.apply(state, Draws(6), ranges=ranges)
    mask = state.labels == value_of("RC")
    assert mask.any()
    # Far away nothing has changed; inside, the cross-wind component points away from the centre.
    assert np.abs(state.wind_x[~mask]).mean() < 0.2 * np.abs(state.wind_x[mask]).mean()
    x = np.broadcast_to(GRID.coordinates()[0], GRID.shape)
    assert np.corrcoef(x[mask], state.wind_x[mask])[0, 1] > 0.5


def test_convection_keeps_the_mean_wind(still_sea):
    state = still_sea()
    convection.apply(state, Draws(10))
    assert state.speed.mean() == pytest.approx(6.0, rel=0.05)
    assert state.speed.std() > 0.05


def test_a_weight_keeps_the_rest_of_the_scene_untouched(still_sea):
    weight = np.zeros(GRID.shape, np.float32)
    weight[:, :96] = 1
    state = still_sea()
    mixture.PROCESSES["WS"](state, Draws(11), weight)
    assert np.all(state.speed[:, 96:] == 6.0)
    assert np.all(state.labels[:, 96:] == value_of("POW"))
