# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixel grids and random fields on them. Distances in metres, x along columns (range), y along rows.

Fields are white noise filtered in the Fourier domain: statistics are those of the spectrum asked for, at any
pixel size. They are therefore periodic, and what is cut out of them goes on across the opposite edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

from ...core.arrays import Array
from .draws import Draws


@dataclass(frozen=True)
class Grid:
    """Pixel grid: ``shape`` (rows, columns) and its ground ``spacing_m``."""

    shape: tuple[int, int]
    spacing_m: float

    def coordinates(self) -> tuple[Array, Array]:
        """Return x (columns) and y (rows) of the pixels in metres, broadcastable to ``shape``."""
        return _coordinates(self)

    def random_point(self, rng: Draws) -> tuple[float, float]:
        """Return x, y in metres of a point inside the grid."""
        rows, columns = self.shape
        return rng.uniform(0, columns) * self.spacing_m, rng.uniform(0, rows) * self.spacing_m


# An imagette is made of dozens of fields on the same grid; wide scenes use a coarse and a fine one beside it.
@lru_cache(maxsize=4)
def _coordinates(grid: Grid) -> tuple[Array, Array]:
    rows, columns = grid.shape
    x = np.arange(columns, dtype=np.float32)[None, :] * np.float32(grid.spacing_m)
    y = np.arange(rows, dtype=np.float32)[:, None] * np.float32(grid.spacing_m)
    return x, y


@lru_cache(maxsize=4)
def wavenumbers(grid: Grid) -> tuple[Array, Array, Array]:
    """Return kx, ky and k (rad/m) on the half plane of `scipy.fft.rfft2`; k is never zero."""
    kx = 2 * np.pi * fft.rfftfreq(grid.shape[1], grid.spacing_m).astype(np.float32)[None, :]
    ky = 2 * np.pi * fft.fftfreq(grid.shape[0], grid.spacing_m).astype(np.float32)[:, None]
    k = np.hypot(kx, ky)
    # Powers of k and divisions by it must stay finite; amplitudes at the mean are set to zero where it
    # matters.
    k[0, 0] = k[0, 1]
    return kx, ky, k


def filtered_noise(rng: Draws, grid: Grid, amplitude: Array) -> Array:
    """Return a Gaussian field with the given spectral ``amplitude`` (half plane), not normalised."""
    white = rng.standard_normal(grid.shape, dtype=np.float32)
    values: Array = fft.irfft2(fft.rfft2(white) * amplitude, s=grid.shape).astype(np.float32)
    return values


def unit(field: Array) -> Array:
    """Return the field with zero mean and unit standard deviation."""
    field = field - field.mean()
    return field / max(float(field.std()), 1e-12)


@dataclass(frozen=True)
class Elongation:
    """How many times longer than wide things are, and along which direction (radians from +x)."""

    stretch: float = 1.0
    angle: float = 0.0

    def wavenumber(self, grid: Grid) -> Array:
        """Return the wavenumbers that elongated fields have where round ones have k; never zero."""
        kx, ky, k = wavenumbers(grid)
        if self.stretch == 1.0:
            return k
        along = kx * np.cos(self.angle) + ky * np.sin(self.angle)
        across = -kx * np.sin(self.angle) + ky * np.cos(self.angle)
        # What is longer along a direction varies more slowly there: it has, along it, smaller wavenumbers.
        stretched: Array = np.hypot(along * np.float32(self.stretch), across)
        stretched[0, 0] = k[0, 0]
        return stretched


def red_field(
    rng: Draws,
    grid: Grid,
    slope: float,
    outer_m: float,
    inner_m: float = 0.0,
    elongation: Elongation = Elongation(),
) -> Array:
    """Return a unit field whose variance falls with wavenumber: large things are strong, small ones weak.

    Parameters
    ----------
    rng : Draws
    grid : Grid
    slope : float
        Of the spectrum along a line, negative: -5/3 for turbulence; steeper ones are smoother.
    outer_m : float
        Wavelength above which the spectrum is flat.
    inner_m : float
        Wavelength below which nothing is left; 0 for detail down to the pixel.
    elongation : Elongation
        Both scales are those across it.
    """
    k = elongation.wavenumber(grid)
    k_outer = 2 * np.pi / outer_m
    # The spectrum over the plane falls one power faster than that along a line, and power is amplitude
    # squared.
    amplitude = (k * k + k_outer * k_outer) ** ((slope - 1) / 4)
    if inner_m > 0:
        amplitude = amplitude * np.exp(-((k * inner_m / (2 * np.pi)) ** 2))
    amplitude[0, 0] = 0
    return unit(filtered_noise(rng, grid, amplitude))


def streaky_field(rng: Draws, grid: Grid, across_m: float, aspect: float, angle: float) -> Array:
    """Return a unit field of streaks, quasi-periodic across them.

    Parameters
    ----------
    rng : Draws
    grid : Grid
    across_m : float
        Dominant wavelength across.
    aspect : float
        Ratio of the length along to it.
    angle : float
        Direction along the streaks, radians from +x.
    """
    kx, ky, _ = wavenumbers(grid)
    along = kx * np.cos(angle) + ky * np.sin(angle)
    across = -kx * np.sin(angle) + ky * np.cos(angle)
    k0 = 2 * np.pi / across_m
    # Widths of the peak that make streaks about as regular as boundary-layer rolls look: neither a grating
    # nor noise.
    ring = np.exp(-0.5 * ((np.abs(across) - k0) / (0.42 * k0)) ** 2)
    amplitude = ring * np.exp(-0.5 * (along * aspect / (0.75 * k0)) ** 2)
    return unit(filtered_noise(rng, grid, amplitude))


def ring_field(
    rng: Draws, grid: Grid, wavelength_m: float, bandwidth: float, elongation: Elongation = Elongation()
) -> Array:
    """Return a unit field of blobs of about one size.

    Parameters
    ----------
    rng : Draws
    grid : Grid
    wavelength_m : float
        From one blob to the next, across the elongation.
    bandwidth : float
        Relative to its wavenumber: how unequal they are.
    elongation : Elongation
    """
    k, k0 = elongation.wavenumber(grid), 2 * np.pi / wavelength_m
    return unit(filtered_noise(rng, grid, np.exp(-0.5 * ((k - k0) / (bandwidth * k0)) ** 2)))


def smooth_step(value: Array, width: float) -> Array:
    """Return 0 to 1 across zero over about ``width`` (same unit as ``value``)."""
    values: Array = (0.5 + 0.5 * np.tanh(value * np.float32(2.0 / width))).astype(np.float32)
    return values
