# SPDX-License-Identifier: GPL-2.0-or-later
"""Swell and wind sea as a radar images them.

Tilt and hydrodynamic modulation are linear (Alpers,
Ross & Rufenach, J. Geophys. Res. 86, 1981); velocity bunching is not: each patch of sea moves along the track
by what its orbital velocity makes of its Doppler, so that crests pile up and short waves along the track
smear out by themselves. Waves make most of the texture of fine images: in real imagettes of wave-dominated
scenes 84 to 94 % of the variance is at wavelengths below 400 m.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft, ndimage

from ...core.arrays import Array
from ...core.cmod5n import reference_sigma0
from .draws import Draws, uniform
from .fields import Grid, wavenumbers
from .sea import Sea, surface_sigma0
from .wave_systems import FULLY_GROWN, WAVE_RANGES, WaveRanges, WaveSystem, draw_systems, spectrum

GRAVITY = 9.81
# Range to velocity ratio of Sentinel-1, seconds: what turns orbital velocity into azimuth shift.
RANGE_TO_VELOCITY_S = 115.0


@dataclass(frozen=True)
class Waves:
    """What waves do to the image, (rows, columns) each: ``modulation`` of sigma0 and ``shift_m`` along y.

    ``blur_m`` is the deviation of the shift by waves too short for the grid.
    """

    modulation: Array
    shift_m: Array
    blur_m: float


def draw_waves(rng: Draws, sea: Sea, strength: float = 1.0, ranges: WaveRanges = WAVE_RANGES) -> Waves:
    """Return the waves over a sea: swell, at times a second one, and the wind's own.

    Parameters
    ----------
    rng : Draws
    sea : Sea
    strength : float
        Factor on the height of the swell.
    ranges : WaveRanges
    """
    speed = float(sea.speed.mean())
    systems = draw_systems(rng, (speed, sea.wind_angle), strength, ranges)
    blur_m = 10.0 + uniform(rng, ranges.blur_s) * min(speed, FULLY_GROWN)
    return image_waves(rng, sea.grid, systems, float(np.radians(sea.incidence_deg.mean())), blur_m)


def image_waves(
    rng: Draws, grid: Grid, systems: list[WaveSystem], incidence: float, blur_m: float = 0.0
) -> Waves:
    """Return modulation and shift by wave systems.

    Parameters
    ----------
    rng : Draws
    grid : Grid
    systems : list of WaveSystem
    incidence : float
        Radians.
    blur_m : float
        Deviation of the shift by waves too short for the grid.
    """
    modulation, velocity = 0.0, 0.0
    for system in systems:
        surface = fft.rfft2(rng.standard_normal(grid.shape, dtype=np.float32)) * np.sqrt(
            spectrum(grid, system)
        )
        going = _going(grid, system.angle)
        modulation = modulation + surface * _reflectivity(grid, incidence, going)
        velocity = velocity + surface * _velocity(grid, incidence, going)
    fields = (fft.irfft2(part, s=grid.shape).astype(np.float32) for part in (modulation, velocity))
    relative, speed = fields
    return Waves(relative, RANGE_TO_VELOCITY_S * speed, blur_m)


def _going(grid: Grid, angle: float) -> Array:
    """Return 1 where a wave of this wavenumber travels along it, -1 where against it."""
    kx, ky, _ = wavenumbers(grid)
    return np.where(kx * np.cos(angle) + ky * np.sin(angle) >= 0, np.float32(1), np.float32(-1))


def _reflectivity(grid: Grid, incidence: float, going: Array) -> Array:
    """Return the transfer from elevation to relative change of sigma0.

    Tilt: slopes that face the radar are seen under a steeper angle and are brighter. Hydrodynamic: long waves
    squeeze ripples together near their crests, which the ripples follow with a delay (0.5 per second).
    """
    kx, _, k = wavenumbers(grid)
    omega = np.sqrt(GRAVITY * k)
    tilt = 4j * kx / np.tan(incidence) / (1 + np.sin(incidence) ** 2)
    relaxed = omega * (omega - 0.5j * going) / (omega**2 + 0.25)
    # A pixel shows the mean over its width in range; along the track the shifts below do the same and more.
    pixel = np.sinc(kx * grid.spacing_m / (2 * np.pi))
    values: Array = ((tilt + 4.5 * k * relaxed * (kx / k) ** 2) * pixel).astype(np.complex64)
    return values


def _velocity(grid: Grid, incidence: float, going: Array) -> Array:
    """Return the transfer from elevation to velocity towards the radar, which looks along +x."""
    kx, _, k = wavenumbers(grid)
    omega = np.sqrt(GRAVITY * k) * going
    values: Array = (-omega * (np.sin(incidence) * kx / k + 1j * np.cos(incidence))).astype(np.complex64)
    return values


def clean_sigma0(sea: Sea, waves: Waves) -> Array:
    """Return noise-free linear sigma0 as imaged through the waves, targets on top, (rows, columns)."""
    spacing_m = sea.grid.spacing_m
    # Large values come from waves too steep for a linear theory.
    relative = np.clip(waves.modulation * sea.wave_gain, -1.2, 1.2)
    # The mean of an exponential of Gaussian values is e to the half variance: waves must not brighten the
    # sea.
    patches = surface_sigma0(sea) * np.exp(relative - float(relative.var()) / 2)
    moved = _moved(patches, waves.shift_m * sea.wave_gain / np.float32(spacing_m))
    if waves.blur_m > 0:
        blurred = ndimage.gaussian_filter1d(
            moved, waves.blur_m / spacing_m, axis=0, mode="wrap", truncate=3.0
        )
        # Short waves do not reach into ice: what they smear is the water.
        moved += (blurred - moved) * np.clip(sea.wave_gain, 0, 1)
    values: Array = moved + (sea.targets * reference_sigma0(sea.incidence_deg)).astype(np.float32)
    return values


def _moved(patches: Array, shift_px: Array) -> Array:
    """Move the power of each pixel along its column, shared between the two pixels it lands on.

    Power is moved, not interpolated: bunching gathers echoes in crests, and their sum must stay the same.
    """
    rows, columns = patches.shape
    target = np.arange(rows, dtype=np.float32)[:, None] + shift_px
    first = np.floor(target)
    share = (target - first).ravel()
    first = first.astype(np.int64)
    column = np.arange(columns)
    power, size = patches.ravel(), rows * columns
    here = (first % rows * columns + column).ravel()
    there = ((first + 1) % rows * columns + column).ravel()
    total = np.bincount(here, power * (1 - share), size) + np.bincount(there, power * share, size)
    return total.reshape(patches.shape).astype(np.float32)
