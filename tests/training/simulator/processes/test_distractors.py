# SPDX-License-Identifier: GPL-2.0-or-later
"""What is none of the ten classes keeps the labels of what it lies on, or has none."""

from __future__ import annotations

import numpy as np
from metocean.core.classes import value_of
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.fields import Grid
from metocean.training.simulator.processes import distractors

GRID = Grid((192, 192), 100.0)


def test_plain_water_under_internal_waves_is_plain_water(still_sea):
    state = still_sea()
    state.label(np.arange(192)[:, None] < 96, "WS")
    distractors.internal_waves(state, Draws(2))
    assert np.abs(state.gain_db).max() > 0.2
    assert (state.labels[96:] == value_of("POW")).all()
    assert (state.labels[:96] == 0).any()


def test_gravity_waves_swell_the_wind_and_leave_the_labels(still_sea):
    state = still_sea()
    distractors.gravity_waves(state, Draws(2))
    assert 0.02 < state.speed.std() / state.speed.mean() < 0.2
    assert (state.labels == value_of("POW")).all()
