# SPDX-License-Identifier: GPL-2.0-or-later
"""Calibration and thermal noise of a simulated Sentinel-1 IW GRD image, as the product annotates them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from .imaging import Imaging
from .noise import AzimuthNoise, NoiseVectors, azimuth_noise, noise_vectors
from .options import REGULAR, Irregularities, NoiseFormat
from .sampling import sample_linear
from .sub_swaths import SubSwathBlock, sub_swath_blocks

# An amplitude of so many DN is a beta0 of one, as annotated by products of Sentinel-1A of 2015 and 2021.
BETA_NOUGHT = 474.0
# Samples between two annotated values, and seconds between two vectors, as in the real products.
PIXEL_STEP = 40
VECTOR_STEP_S = 1.0


@dataclass(frozen=True)
class LookUpTables:
    """Look-up tables of one image.

    Attributes
    ----------
    lines, pixels : (V,) and (P,) int
        Where the calibration is given; the last line lies beyond the image, as in real products.
    sigma_nought, gamma : (V, P)
        What an amplitude is divided by.
    noise_vectors : NoiseVectors
        Noise power across range.
    blocks : tuple of SubSwathBlock
        What the image was merged from.
    azimuth : tuple of AzimuthNoise
        Noise factor along each block; empty in the formats of processors before 2.90.
    """

    lines: Array
    pixels: Array
    sigma_nought: Array
    gamma: Array
    noise_vectors: NoiseVectors
    blocks: tuple[SubSwathBlock, ...]
    azimuth: tuple[AzimuthNoise, ...]

    @property
    def beta_nought(self) -> Array:
        """The constant that sigma nought is derived from, (V, P)."""
        return np.full_like(self.sigma_nought, BETA_NOUGHT)

    @classmethod
    def from_imaging(
        cls, imaging: Imaging, noise: NoiseFormat, irregularities: Irregularities = REGULAR
    ) -> LookUpTables:
        """Derive the tables from the geometry.

        The processor gives beta0, the echo by area along the slant range; sigma0, that by area on the ground,
        is less by the sine of the incidence, and gamma0, that by area across the line of sight, more by its
        cosine. Amplitudes are divided by roots of these.
        """
        lines, samples = imaging.shape
        step = max(1, round(VECTOR_STEP_S / imaging.line_interval_s))
        vector_lines = np.arange(0, lines + step, step)
        pixels = np.unique(np.append(np.arange(0, samples, PIXEL_STEP), samples - 1))
        incidence_rad = np.deg2rad(imaging.locate(vector_lines, pixels).incidence_deg)
        sigma_nought = BETA_NOUGHT / np.sqrt(np.sin(incidence_rad))
        blocks = sub_swath_blocks(imaging.shape, irregularities.border_steps)
        by_azimuth = noise is NoiseFormat.RANGE_AND_AZIMUTH
        return cls(
            vector_lines,
            pixels,
            sigma_nought,
            sigma_nought * np.sqrt(np.cos(incidence_rad)),
            noise_vectors((vector_lines, pixels), sigma_nought.mean(axis=0), imaging.shape, irregularities),
            blocks,
            tuple(azimuth_noise(imaging, block) for block in blocks) if by_azimuth else (),
        )

    def calibration(self, lines: Array, samples: Array) -> Array:
        """Return sigma nought at every pair of lines and samples, bilinear between the vectors."""
        rows = np.interp(lines, self.lines, np.arange(len(self.lines)))
        columns = np.interp(samples, self.pixels, np.arange(len(self.pixels)))
        return sample_linear(self.sigma_nought, rows, columns)

    def noise(self, lines: Array, samples: Array) -> Array:
        """Return the noise power at every pair of lines and samples."""
        if not self.azimuth:
            return self.noise_vectors.between(lines, samples)
        power = self.noise_vectors.nearest(lines, samples)
        for part in self.azimuth:
            block = part.block
            rows = (lines >= block.first_line) & (lines <= block.last_line)
            columns = (samples >= block.first_sample) & (samples <= block.last_sample)
            power[np.ix_(rows, columns)] *= np.interp(lines[rows], part.lines, part.factors)[:, None]
        return power
