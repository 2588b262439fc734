# SPDX-License-Identifier: GPL-2.0-or-later
"""Wide scenes hold several regimes."""

from __future__ import annotations

import numpy as np
from metocean.training.simulator import fields
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.scenes import wide_scene


def test_swath_holds_several_processes():
    wide = wide_scene.simulate_wide_scene(Draws(1), fields.Grid((401, 503), 100.0), np.linspace(30, 45, 503))
    assert wide.sigma0.shape == wide.labels.shape == (401, 503)
    assert wide.sigma0.min() >= 0 and np.isfinite(wide.sigma0).all()
    assert len(np.unique(wide.labels)) >= 5
