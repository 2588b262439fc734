# SPDX-License-Identifier: GPL-2.0-or-later
"""Streaks and cells that nobody could see are plain water."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import value_of
from metocean.training.simulator import fields, sea, sensor
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.scenes import imagette, mixture
from metocean.training.simulator.scenes.visibility import LEAST, leave_to_plain_water, likeness

GRID = fields.Grid((256, 256), 50.0)
ALL = np.ones(GRID.shape, bool)
POW = value_of("POW")


def drawn(code, seed=5):
    """A sea of uniform wind, and what a process made of it."""
    wind = np.full(GRID.shape, 8.0, np.float32)
    state = sea.Sea(GRID, np.full(GRID.shape[1], 36.8), wind, 0 * wind)
    mixture.PROCESSES[code](state, Draws(seed), 1.0)
    return state


def noise(deviation, seed=0):
    return np.exp(deviation * np.random.default_rng(seed).standard_normal(GRID.shape))


@pytest.mark.parametrize("code", ["WS", "MCC"])
def test_a_scene_without_noise_is_like_what_was_drawn_and_noise_is_not(code):
    state = drawn(code)
    gusts, clear = state.gusts[code], sea.surface_sigma0(state)
    assert likeness(gusts, clear, ALL, GRID) > 0.97
    assert likeness(gusts, clear.mean() * noise(0.3), ALL, GRID) < 0.15
    levels = [likeness(gusts, clear * noise(deviation), ALL, GRID) for deviation in (0.1, 1.0, 4.0)]
    assert levels == sorted(levels, reverse=True)


def test_a_front_does_not_hide_streaks_and_no_scale_is_needed():
    state = drawn("WS")
    seen = sea.surface_sigma0(state) * noise(0.4)
    seen[:, 128:] *= 3
    found = likeness(state.gusts["WS"], seen, ALL, GRID)
    assert found > LEAST
    assert likeness(state.gusts["WS"], 50 * seen, ALL, GRID) == pytest.approx(found, abs=1e-3)


def test_only_what_is_inside_counts():
    state = drawn("MCC")
    seen = sea.surface_sigma0(state)
    inside = np.arange(256) < 100
    seen[:, ~inside] = 1e-3 * noise(1.0)[:, ~inside]
    there = np.broadcast_to(inside, GRID.shape)
    assert likeness(state.gusts["MCC"], seen, there, GRID) > 0.97
    assert likeness(state.gusts["MCC"], seen, ~there, GRID) < 0.2


@pytest.mark.parametrize("code", ["WS", "MCC"])
def test_what_cannot_be_seen_is_plain_water_and_the_rest_stays(code):
    clear, hidden = drawn(code), drawn(code)
    for state, deviation in ((clear, 0.1), (hidden, 8.0)):
        state.label(np.arange(256)[:, None] < 20, "OF")
        leave_to_plain_water(state, sea.surface_sigma0(state) * noise(deviation))
    assert (clear.labels[20:] == value_of(code)).all()
    assert (hidden.labels[20:] == POW).all()
    assert (hidden.labels[:20] == value_of("OF")).all()


def test_faint_streaks_lose_their_name_in_noise(monkeypatch):
    loud = sensor.Sensor(looks_50m=(0.05, 0.06))
    named = []
    for chosen in (sensor.WAVE_MODE, loud):
        mode = mixture.AcquisitionMode(1.0, (36.8, 36.8), chosen)
        monkeypatch.setattr(imagette, "MODES", {mixture.ModeName.WV: mode})
        named.append([imagette.simulate_imagette(seed, "WS").tag for seed in range(6)])
    assert named[0].count(value_of("WS")) > named[1].count(value_of("WS"))
