# SPDX-License-Identifier: GPL-2.0-or-later
"""Films and fronts change the echo where their masks are."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import value_of
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.fields import Grid
from metocean.training.simulator.processes import fronts, slicks

GRID = Grid((192, 192), 100.0)


def test_slicks_are_darker_than_the_water_around(still_sea):
    state = still_sea(4.0)
    slicks.apply(state, Draws(5))
    mask = state.labels == value_of("BS")
    assert state.gain_db[mask].mean() < state.gain_db[~mask].mean() - 0.5
    assert state.gain_db.max() <= 0


@pytest.mark.parametrize("apply, code", [(fronts.atmospheric, "AF"), (fronts.oceanic, "OF")])
def test_front_masks_are_as_wide_as_annotators_draw(still_sea, apply, code):
    state = still_sea()
    apply(state, Draws(8))
    mask = state.labels == value_of(code)
    # At least one column or row is crossed once: the shortest crossings are the width.
    runs = [np.diff(np.flatnonzero(np.diff(np.r_[0, line, 0]))) for line in (*mask, *mask.T) if line.any()]
    narrowest = np.median([run[0] for run in runs]) * GRID.spacing_m
    assert 1200 < narrowest < 8000
