# SPDX-License-Identifier: GPL-2.0-or-later
"""Entropy and margin against scipy's entropy and sorting, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import NODATA
from metocean.core.results.uncertainty import uncertainty
from scipy import stats


@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_pixel_by_pixel(rng, scale):
    probabilities = scale * rng.dirichlet(np.full(10, 0.3), (4, 5)).transpose(2, 0, 1).astype(np.float32)
    probabilities[:, 1, 2] = NODATA
    entropy, margin = uncertainty(probabilities)
    for line, sample in np.ndindex(4, 5):
        pixel = probabilities[:, line, sample].astype(float)
        if (line, sample) == (1, 2):
            assert (entropy[line, sample], margin[line, sample]) == (NODATA, NODATA)
            continue
        first, second = sorted(pixel)[::-1][:2]
        assert entropy[line, sample] == pytest.approx(stats.entropy(pixel, base=10), abs=1e-6)
        assert margin[line, sample] == pytest.approx(first - second, abs=1e-6)


def test_the_ends():
    one, alike, nothing = np.eye(10)[3], np.full(10, 0.1), np.zeros(10)
    entropy, margin = uncertainty(np.stack([one, alike, nothing], axis=1)[..., None])
    np.testing.assert_allclose(entropy[:, 0], [0, 1, 1], atol=1e-6)
    np.testing.assert_allclose(margin[:, 0], [1, 0, 0], atol=1e-6)
