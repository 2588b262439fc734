# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics of what an 8-bit image of the sea shows: brightness, skew, and at which lengths it varies.

A network that can tell simulated images from real ones by these has learnt the simulator, not the sea.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft, stats

from ...core.arrays import Array

# Wavelengths (m) that part the radial spectrum into bands; waves are in the first ones.
BAND_EDGES_M = (100.0, 141.0, 200.0, 283.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0)
WAVES_M = 400.0
# What streaks and cells differ in: whether they lie along one direction.
WIND_M = (600.0, 2500.0)


@dataclass(frozen=True)
class Statistics:
    """Of an 8-bit image.

    Attributes
    ----------
    mean : float
        Grey level, 0 to 255.
    variation : float
        Standard deviation over mean.
    skew : float
    wave_share : float
        Share of the variance at wavelengths under 400 m.
    roundness : float
        Of what is 600 to 2500 m long: 1 the same in all directions, 0 all along one.
    bands : (8,) array
        Share of the variance between neighbouring `BAND_EDGES_M`, shortest first.
    """

    mean: float
    variation: float
    skew: float
    wave_share: float
    roundness: float
    bands: Array


def statistics(image: Array, spacing_m: tuple[float, float]) -> Statistics:
    """Return the statistics of an 8-bit image (H, W) with pixels of ``spacing_m`` (line, sample)."""
    grey = image.astype(np.float64)
    power, across, down = _spectrum(grey - grey.mean(), spacing_m)
    # The mean has no wavelength: it gets one longer than any band.
    wavelength_m, total = 1 / np.maximum(np.hypot(across, down), 1e-9), power.sum()
    wind = np.where((wavelength_m >= WIND_M[0]) & (wavelength_m < WIND_M[1]), power, 0)
    edges = zip(BAND_EDGES_M[:-1], BAND_EDGES_M[1:])
    bands = [power[(wavelength_m >= low) & (wavelength_m < high)].sum() / total for low, high in edges]
    return Statistics(
        mean=float(grey.mean()),
        variation=float(grey.std() / grey.mean()),
        skew=float(stats.skew(grey, axis=None)),
        wave_share=float(power[wavelength_m < WAVES_M].sum() / total),
        roundness=_roundness(wind, across * wavelength_m, down * wavelength_m),
        bands=np.array(bands),
    )


def _spectrum(field: Array, spacing_m: tuple[float, float]) -> tuple[Array, Array, Array]:
    """Return the power of every Fourier cell, a Hann window keeping the borders out, and its frequencies."""
    window = np.hanning(field.shape[0])[:, None] * np.hanning(field.shape[1])[None, :]
    power = np.abs(fft.fft2(field * window)) ** 2
    # The window gives the mean some power again.
    power[0, 0] = 0
    # Per metre, so that pixels need not be square: published imagettes seldom are.
    down, across = (fft.fftfreq(n, m) for n, m in zip(field.shape, spacing_m))
    return power, across[None, :], down[:, None]


def _roundness(power: Array, across: Array, down: Array) -> float:
    """Return the ratio of the axes of the power's directions, given by their cosines."""
    tensor = [[(power * a * b).sum() for b in (across, down)] for a in (across, down)]
    least, most = np.linalg.eigvalsh(np.array(tensor))
    return float(least / max(most, 1e-12))
