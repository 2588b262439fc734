# SPDX-License-Identifier: GPL-2.0-or-later
"""Thermal noise of a simulated IW image: along range in vectors, along azimuth in blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from .imaging import Imaging
from .options import Irregularities
from .sub_swaths import SUB_SWATHS, SubSwathBlock

# Noise-equivalent sigma0: lowest in the middle of each sub-swath, where the antenna pattern peaks.
NESZ_MIDDLE_DB, NESZ_EDGE_DB = -28.0, -24.0
# Along track it swings by this factor once per burst (TOPS scalloping).
SCALLOPING = 0.12
BURST_S = 2.758
AZIMUTH_STEP = 10
# By how much each vector of an irregular table is above the one before, and how many of its values are zeros.
DRIFT = 0.012
MOST_ZEROS = 3


@dataclass(frozen=True)
class NoiseVectors:
    """Noise power across range along some lines (V,), each vector with samples and values of its own (P,).

    Zeros mean that nothing is known there, and the nearest known value of the vector holds.
    """

    lines: Array
    pixels: tuple[Array, ...]
    values: tuple[Array, ...]

    def nearest(self, lines: Array, samples: Array) -> Array:
        """Return (lines, samples) of the nearest vectors: what noise along azimuth is a factor on."""
        middles = (self.lines[1:] + self.lines[:-1]) / 2
        return self._across(samples)[np.searchsorted(middles, lines)]

    def between(self, lines: Array, samples: Array) -> Array:
        """Return (lines, samples), linear between the vectors, as without noise along azimuth."""
        position = np.interp(lines, self.lines, np.arange(len(self.lines)))
        before = np.floor(position).astype(int)
        after = np.minimum(before + 1, len(self.lines) - 1)
        across = self._across(samples)
        values: Array = across[before] + (position - before)[:, None] * (across[after] - across[before])
        return values

    def _across(self, samples: Array) -> Array:
        known = [values > 0 for values in self.values]
        return np.array([np.interp(samples, p[k], v[k]) for p, v, k in zip(self.pixels, self.values, known)])


@dataclass(frozen=True)
class AzimuthNoise:
    """Factors (N,) on the noise of a block, along some of its lines (N,)."""

    block: SubSwathBlock
    lines: Array
    factors: Array


def noise_vectors(
    calibration: tuple[Array, Array],
    sigma_nought: Array,
    shape: tuple[int, int],
    irregularities: Irregularities,
) -> NoiseVectors:
    """Return the noise along range.

    Parameters
    ----------
    calibration : (V,) and (P,)
        Lines and samples of the calibration's vectors.
    sigma_nought : (P,)
        Calibration of those samples: it turns noise-equivalent sigma0 into power.
    shape : (lines, samples)
    irregularities : Irregularities
    """
    lines, pixels = calibration
    last = shape[0] - 1
    if not irregularities.noise_vectors:
        # Unlike those of calibration, vectors of noise end with the image.
        lines = np.unique(np.minimum(lines, last))
        values = _noise_equivalent(pixels, shape[1]) * sigma_nought**2
        return NoiseVectors(lines, (pixels,) * len(lines), (values,) * len(lines))
    step = max(2, int(0.9 * (lines[1] - lines[0])))
    lines = np.arange(step // 3, max(last - step // 4, step // 3 + 1), step)
    numbers = range(len(lines))
    vectors = [_irregular_vector(number, pixels, sigma_nought, shape[1]) for number in numbers]
    return NoiseVectors(lines, tuple(p for p, _ in vectors), tuple(v for _, v in vectors))


def _irregular_vector(number: int, pixels: Array, sigma_nought: Array, samples: int) -> tuple[Array, Array]:
    """Return samples and values of a vector that begins and ends inside the image, with zeros at one end."""
    step = int(pixels[1] - pixels[0])
    own = np.arange(3 + 5 * (number % 4), samples - 2 - 7 * (number % 3), step)
    values = _noise_equivalent(own, samples) * np.interp(own, pixels, sigma_nought) ** 2
    values *= 1 + DRIFT * number
    zeros = number % (MOST_ZEROS + 1)
    if zeros and number % 2:
        values[:zeros] = 0
    elif zeros:
        values[-zeros:] = 0
    return own, values


def _noise_equivalent(pixels: Array, samples: int) -> Array:
    """Return the noise-equivalent sigma0 at some samples of an image that has so many, linear."""
    starts = np.array([round(start * samples) for start, _ in SUB_SWATHS.values()])
    stops = np.array([round(stop * samples) - 1 for _, stop in SUB_SWATHS.values()])
    inside = np.searchsorted(stops, pixels)
    width = np.maximum(stops - starts, 1)[inside]
    from_middle = 2 * (pixels - starts[inside]) / width - 1
    values: Array = 10 ** ((NESZ_MIDDLE_DB + (NESZ_EDGE_DB - NESZ_MIDDLE_DB) * from_middle**2) / 10)
    return values


def azimuth_noise(imaging: Imaging, block: SubSwathBlock) -> AzimuthNoise:
    """Return lines and noise factors along a block; bursts of each sub-swath start a third of one later.

    In burst modes the antenna sweeps along the track within each burst, so that echoes from its ends are
    received off the beam's middle: the processor amplifies them more, and the noise with them.
    """
    lines = np.arange(block.first_line, block.last_line, AZIMUTH_STEP)
    lines = np.unique(np.append(lines, block.last_line))
    number = list(SUB_SWATHS).index(block.swath)
    phase = (lines * imaging.line_interval_s / BURST_S + number / 3) % 1.0
    return AzimuthNoise(block, lines, 1 + SCALLOPING * (2 * phase - 1) ** 2)
