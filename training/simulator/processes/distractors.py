# SPDX-License-Identifier: GPL-2.0-or-later
"""What else is in SAR scenes and is none of the ten classes: unlabelled, or called what it lies on.

A network that never saw them gives them the name of what they resemble; labelled as the water they lie on
they teach it not to, unlabelled they only do no harm. Internal waves show by their currents, which squeeze
ripples together and draw them apart (Alpers, Nature 314, 1985); seams and scalloping are left by the
processing of burst modes (TOPS: De Zan & Monti Guarnieri, IEEE Trans. Geosci. Remote Sens. 44, 2006).
"""

from __future__ import annotations

import numpy as np

from ....core.classes import value_of
from ..draws import Draws, log_uniform, uniform
from ..fields import red_field
from ..sea import UNLABELLED, Sea
from ..shapes import meander, region


def internal_waves(sea: Sea, rng: Draws) -> None:
    """Add a packet of internal solitary waves: parallel bright-dark arcs, ranked in amplitude.

    Plain water stays plain water: nothing else teaches that bands alone are no wind streaks.
    """
    distance, along = meander(
        rng, sea.grid, log_uniform(rng, (300.0, 2500.0)), log_uniform(rng, (8000.0, 30_000.0))
    )
    spacing = log_uniform(rng, (300.0, 4000.0))
    taper = np.exp(-((along / uniform(rng, (5000.0, 15_000.0))) ** 2))
    # Waves of elevation are dark before they are bright.
    strongest = log_uniform(rng, (0.4, 3.5)) * rng.choice((-1, 1))
    touched = np.zeros(sea.grid.shape, bool)
    for rank in range(int(rng.integers(2, 7))):
        behind = (distance - rank * spacing * (1 - 0.06 * rank)) / (0.22 * spacing)
        sea.gain_db += (strongest * 0.8**rank * taper * -2.3 * behind * np.exp(-(behind**2))).astype(
            np.float32
        )
        touched |= (np.abs(behind) < 2.5) & (taper > 0.3)
    sea.labels[touched & (sea.labels != value_of("POW"))] = UNLABELLED


def gravity_waves(sea: Sea, rng: Draws) -> None:
    """Let the wind swell and die in a train of waves, as behind islands; what it is on keeps its class."""
    distance, along = meander(
        rng, sea.grid, log_uniform(rng, (300.0, 3000.0)), log_uniform(rng, (8000.0, 30_000.0))
    )
    length_m = log_uniform(rng, (1500.0, 9000.0))
    reach_m = length_m * uniform(rng, (1.0, 6.0))
    train = np.exp(-((distance / reach_m) ** 2) - (along / uniform(rng, (5000.0, 25_000.0))) ** 2)
    waves = log_uniform(rng, (0.03, 0.2)) * np.cos(2 * np.pi * distance / length_m)
    sea.scale_wind((1 + waves * train).astype(np.float32))


def land(sea: Sea, rng: Draws) -> None:
    """Cover a corner by unmasked land: bright, rough at every scale."""
    there = region(rng, sea.grid, uniform(rng, (0.1, 0.4)), 30_000.0, -2.6) > 0
    level = sea.solid(uniform(rng, (-15.0, -5.0))) + 2.5 * red_field(rng, sea.grid, -1.4, 6000.0)
    sea.gain_db = np.where(there, level, sea.gain_db).astype(np.float32)
    sea.wave_gain[there] = 0
    sea.labels[there] = UNLABELLED


def seam(sea: Sea, rng: Draws) -> None:
    """Step level and noise at a column, as between sub-swaths; water keeps its class."""
    column = int(rng.integers(1, sea.grid.shape[1] - 1))
    sea.gain_db[:, column:] += np.float32(uniform(rng, (-0.5, 0.5)))
    sea.noise_db[:, column:] += np.float32(uniform(rng, (-3.0, 3.0)))


def interference(sea: Sea, rng: Draws) -> None:
    """Add radio interference: bright stripes along range over a few rows."""
    row, thickness = int(rng.integers(0, sea.grid.shape[0])), int(rng.integers(2, 14))
    stripe = log_uniform(rng, (0.05, 1.0)) * np.clip(1 + 0.7 * red_field(rng, sea.grid, -1.5, 4000.0), 0, 3)
    sea.targets[row : row + thickness] += stripe[row : row + thickness].astype(np.float32)
    sea.labels[row : row + thickness] = UNLABELLED


def scalloping(sea: Sea, rng: Draws) -> None:
    """Add what burst modes leave along the track: bands of level and noise; water keeps its class."""
    y = sea.grid.coordinates()[1] / log_uniform(rng, (5000.0, 20_000.0))
    bands = np.abs(np.sin(np.pi * y + rng.uniform(0, np.pi))).astype(np.float32)
    sea.gain_db += np.float32(uniform(rng, (0.0, 0.3))) * bands
    sea.noise_db += np.float32(uniform(rng, (0.3, 1.8))) * bands
