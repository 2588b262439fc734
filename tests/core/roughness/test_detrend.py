# SPDX-License-Identifier: GPL-2.0-or-later
"""The trend across a swath, where incidence is unknown."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.feedback import Silent
from metocean.core.roughness.detrend import TrendShape, fit_trend


def test_trend_of_a_plane_survives_outliers(rng):
    rows, columns = np.meshgrid(np.arange(60), np.arange(50), indexing="ij")
    surface = np.exp(0.02 * columns - 0.01 * rows)
    power = surface * rng.gamma(200, 1 / 200, surface.shape)
    power[:12, :10] *= 30
    power[5, 5] = np.nan
    trend = fit_trend(TrendShape.PLANE, surface.shape, [(0, 30), (30, 60)], lambda a, b: power[a:b], Silent())
    ratio = power / trend.rows(0, 60)
    assert np.nanmedian(ratio) == pytest.approx(1, abs=1e-6)
    assert abs(np.log(trend.rows(0, 60) / surface)).max() < 0.15
    with pytest.raises(InputError, match="hardly any sea"):
        fit_trend(TrendShape.RANGE, (4, 4), [(0, 4)], lambda a, b: np.full((4, 4), np.nan), Silent())
