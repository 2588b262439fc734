"""Pixel grids and random fields on them. Distances in metres, x along columns (range), y along rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

from .draws import Draws


@dataclass(frozen=True)
class Grid:
    """Pixel grid: ``shape`` (rows, columns) and its ground ``spacing_m``."""

    shape: tuple[int, int]
    spacing_m: float

    def coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """Return x (columns) and y (rows) of the pixels in metres, broadcastable to ``shape``."""
        return _coordinates(self)

    def random_point(self, rng: Draws) -> tuple[float, float]:
        """Return x, y in metres of a point inside the grid."""
        rows, columns = self.shape
        return rng.uniform(0, columns) * self.spacing_m, rng.uniform(0, rows) * self.spacing_m


@lru_cache(maxsize=4)
def _coordinates(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = grid.shape
    x = np.arange(columns, dtype=np.float32)[None, :] * np.float32(grid.spacing_m)
    y = np.arange(rows, dtype=np.float32)[:, None] * np.float32(grid.spacing_m)
    return x, y


@lru_cache(maxsize=4)
def wavenumbers(grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return kx, ky and k (rad/m) on the half plane of `scipy.fft.rfft2`; k is never zero."""
    kx = 2 * np.pi * fft.rfftfreq(grid.shape[1], grid.spacing_m).astype(np.float32)[None, :]
    ky = 2 * np.pi * fft.fftfreq(grid.shape[0], grid.spacing_m).astype(np.float32)[:, None]
    k = np.hypot(kx, ky)
    k[0, 0] = k[0, 1]
    return kx, ky, k


def filtered_noise(rng: Draws, grid: Grid, amplitude: np.ndarray) -> np.ndarray:
    """Return a Gaussian field with the given spectral ``amplitude`` (half plane), not normalised."""
    white = rng.standard_normal(grid.shape, dtype=np.float32)
    return fft.irfft2(fft.rfft2(white) * amplitude, s=grid.shape).astype(np.float32)


def unit(field: np.ndarray) -> np.ndarray:
    """Return the field with zero mean and unit standard deviation."""
    field = field - field.mean()
    return field / max(float(field.std()), 1e-12)


@dataclass(frozen=True)
class Elongation:
    """How many times longer than wide things are, and along which direction (radians from +x)."""

    stretch: float = 1.0
    angle: float = 0.0

    def wavenumber(self, grid: Grid) -> np.ndarray:
        """Return the wavenumbers that elongated fields have where round ones have k; never zero."""
        kx, ky, k = wavenumbers(grid)
        if self.stretch == 1.0:
            return k
        along = kx * np.cos(self.angle) + ky * np.sin(self.angle)
        across = -kx * np.sin(self.angle) + ky * np.cos(self.angle)
        stretched = np.hypot(along * np.float32(self.stretch), across)
        stretched[0, 0] = k[0, 0]
        return stretched


def red_field(
    rng: Draws,
    grid: Grid,
    slope: float,
    outer_m: float,
    inner_m: float = 0.0,
    elongation: Elongation = Elongation(),
) -> np.ndarray:
    """Return a unit field of 1-D spectral ``slope`` between the outer and the inner scale.

    ``slope`` is negative (-5/3 for turbulence); a 2-D spectrum falls one power faster. Scales are those
    across the elongation.
    """
    k = elongation.wavenumber(grid)
    k_outer = 2 * np.pi / outer_m
    amplitude = (k * k + k_outer * k_outer) ** ((slope - 1) / 4)
    if inner_m > 0:
        amplitude = amplitude * np.exp(-((k * inner_m / (2 * np.pi)) ** 2))
    amplitude[0, 0] = 0
    return unit(filtered_noise(rng, grid, amplitude))


def streaky_field(rng: Draws, grid: Grid, across_m: float, aspect: float, angle: float) -> np.ndarray:
    """Return a unit field elongated along ``angle`` (radians from +x), quasi-periodic across it.

    ``across_m`` is the dominant wavelength across, ``aspect`` the ratio of the length along to it.
    """
    kx, ky, _ = wavenumbers(grid)
    along = kx * np.cos(angle) + ky * np.sin(angle)
    across = -kx * np.sin(angle) + ky * np.cos(angle)
    k0 = 2 * np.pi / across_m
    ring = np.exp(-0.5 * ((np.abs(across) - k0) / (0.42 * k0)) ** 2)
    amplitude = ring * np.exp(-0.5 * (along * aspect / (0.75 * k0)) ** 2)
    return unit(filtered_noise(rng, grid, amplitude))


def ring_field(
    rng: Draws, grid: Grid, wavelength_m: float, bandwidth: float, elongation: Elongation = Elongation()
) -> np.ndarray:
    """Return a unit field around one wavelength; ``bandwidth`` is relative to its wavenumber."""
    k, k0 = elongation.wavenumber(grid), 2 * np.pi / wavelength_m
    return unit(filtered_noise(rng, grid, np.exp(-0.5 * ((k - k0) / (bandwidth * k0)) ** 2)))


def smooth_step(value: np.ndarray, width: float) -> np.ndarray:
    """Return 0 to 1 across zero over about ``width`` (same unit as ``value``)."""
    return (0.5 + 0.5 * np.tanh(value * np.float32(2.0 / width))).astype(np.float32)
