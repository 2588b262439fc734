# SPDX-License-Identifier: GPL-2.0-or-later
"""Quantiles of more values than memory holds."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.roughness.histogram import Histogram


def test_quantiles_of_a_histogram(rng):
    values = rng.gamma(5, 0.2, 10_000)
    histogram = Histogram(2.0)
    assert histogram.empty
    for part in np.array_split(values, 7):
        histogram.add(part)
    for share in (0.02, 0.5, 0.98):
        wanted = min(np.quantile(values, share), 2.0)
        assert histogram.quantile(share) == pytest.approx(wanted, abs=5e-3)
