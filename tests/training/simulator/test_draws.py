# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters are drawn where they may be, and the held-out slices are never trained on."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.training.simulator.draws import HELD_OUT, Draws, choose, log_uniform, uniform


def test_held_out_parameters_are_never_seen_in_training():
    seen, held = (np.sort([Draws(seed, out).share() for seed in range(3000)]) for out in (False, True))
    inside = np.any([(seen > low) & (seen < high) for low, high in HELD_OUT], axis=0)
    assert not inside.any()
    assert np.any([(held >= low) & (held <= high) for low, high in HELD_OUT], axis=0).all()
    # Both cover the range evenly: from faint to strong.
    assert seen[0] < 0.01 and seen[-1] > 0.99 and abs(np.median(seen) - 0.5) < 0.06
    assert held[0] < 0.1 and held[-1] > 0.88


def test_draws_stay_in_their_range():
    rng = Draws(3)
    values = [uniform(rng, (-2.0, 3.0)) for _ in range(500)]
    assert min(values) >= -2 and max(values) <= 3 and np.mean(values) == pytest.approx(0.5, abs=0.3)
    values = [log_uniform(rng, (10.0, 1000.0)) for _ in range(500)]
    assert min(values) >= 10 and max(values) <= 1000 and np.median(values) == pytest.approx(100, rel=0.35)
    assert {choose(rng, {"a": 1.0, "b": 0.0}) for _ in range(20)} == {"a"}
