# SPDX-License-Identifier: GPL-2.0-or-later
"""What moves shapes about keeps their area."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.training.simulator import fields, shapes
from metocean.training.simulator.draws import Draws


def test_stirring_does_not_gather_or_thin_water():
    """A flow without divergence: the map's area is kept, on average over any part of the scene."""
    grid = fields.Grid((256, 256), 50.0)
    x, y = shapes.stirred(Draws(5), grid, shapes.Stirring(8000.0, 1500.0, 2500.0, steps=40))
    (x_row, x_column), (y_row, y_column) = (np.gradient(part, grid.spacing_m) for part in (x, y))
    area = (x_column * y_row - x_row * y_column)[16:-16, 16:-16]
    assert area.mean() == pytest.approx(1.0, abs=0.05)
    moved = np.hypot(*(part - start for part, start in zip((x, y), grid.coordinates())))
    assert 500 < np.sqrt((moved**2).mean()) < 2600
