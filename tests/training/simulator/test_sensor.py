# SPDX-License-Identifier: GPL-2.0-or-later
"""Speckle and noise are those of each mode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from metocean.training.simulator import sensor
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.scenes import mixture


@pytest.mark.parametrize("name", mixture.MODES)
def test_speckle_has_the_looks_of_its_mode(name):
    """Over areas much wider than what a point is smeared into, also where that is wider than the pixels."""
    mode = mixture.MODES[name].sensor
    quiet = replace(mode, noise_floor_db=(-60.0, -59.0), looks_50m=(mode.looks_50m[0], mode.looks_50m[0]))
    noisy = sensor.observe(Draws(1), np.full((800, 800), 0.1, np.float32), 50.0, quiet)
    areas = noisy.reshape(100, 8, 100, 8).mean((1, 3))
    assert (areas.std() / areas.mean()) ** 2 * 64 * mode.looks_50m[0] == pytest.approx(1, rel=0.15)
    neighbours = np.corrcoef(noisy[:, 1:].ravel(), noisy[:, :-1].ravel())[0, 1]
    assert neighbours > 0.3 if mode.blur_m else abs(neighbours) < 0.01


def test_noise_may_differ_within_an_image():
    louder = np.zeros((200, 200), np.float32)
    louder[:, 100:] = 6.0
    still = replace(sensor.INTERFEROMETRIC, ripple_db=(0.0, 0.0), subtracted=(0.0, 0.0))
    dark = sensor.observe(Draws(1), np.zeros((200, 200), np.float32), 50.0, still, louder)
    assert dark[:, 100:].mean() / dark[:, :100].mean() == pytest.approx(10**0.6, rel=0.02)
