# SPDX-License-Identifier: GPL-2.0-or-later
"""A sea on which every later change comes from the phenomenon under test."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.training.simulator.fields import Grid
from metocean.training.simulator.sea import Sea
from metocean.training.simulator.waves import Waves, clean_sigma0

GRID = Grid((192, 192), 100.0)


@pytest.fixture
def still_sea():
    """A function that makes a sea of uniform wind across the look, of 192 x 192 pixels of 100 m."""

    def make(speed=6.0, incidence=36.8):
        wind = np.full(GRID.shape, speed, np.float32)
        return Sea(GRID, np.full(GRID.shape[1], incidence), 0 * wind, wind)

    return make


@pytest.fixture
def clean():
    """A function that returns what a radar would see of a sea without any waves."""
    still = np.zeros(GRID.shape, np.float32)
    return lambda state: clean_sigma0(state, Waves(still, still, 0.0))
