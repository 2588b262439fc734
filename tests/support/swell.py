# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain swell with edges to nodata, as sqrt roughness; no edge of it is a front."""

from __future__ import annotations

import numpy as np
from metocean.core.methods.image import Image

SHAPE = 240, 300
LINES, SAMPLES = np.indices(SHAPE)
# True outside: the kinds of edges that swaths on maps, masked land and stripes of known sea have.
OUTSIDE = {
    "left edge askew": SAMPLES + 0.3 * LINES < 120,
    "both edges askew": np.abs(SAMPLES + 0.21 * LINES - 180) > 90,
    "straight left edge": SAMPLES < 100,
    "straight upper edge": LINES < 80,
    "islands": sum((LINES - y) ** 2 + (SAMPLES - x) ** 2 < r**2 for y, x, r in [(60, 90, 20), (150, 210, 35)])
    > 0,
}


def swell(seed, wavelength_px=4.5, slope=0.3):
    """Return (240, 300) sqrt roughness with the speckle of 80 looks."""
    phase = 2 * np.pi * (SAMPLES + slope * LINES) / wavelength_px
    speckle = np.random.default_rng(seed).gamma(80, 1 / 80, SHAPE)
    return np.sqrt((1 + 0.25 * np.sin(phase)) * speckle).astype(np.float32)


def without_holes(roughness):
    """Return what an image shows of all pixels of (H, W) sqrt roughness, negative where unknown."""
    lines, samples = roughness.shape
    return Image.from_array(roughness, 8).read(slice(0, lines), slice(0, samples))
