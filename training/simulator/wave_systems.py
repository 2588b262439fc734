# SPDX-License-Identifier: GPL-2.0-or-later
"""Which waves are on the sea: swell from afar and the wind's own, by their elevation spectra.

Spectra are JONSWAP (Hasselmann et al. 1973), spread about their direction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import integrate, special

from ...core.arrays import Array
from .draws import Draws, Range, log_uniform, uniform
from .fields import Grid, wavenumbers

# Widths in frequency of the JONSWAP peak below and above it, and where the tail's share of the height is
# negligible.
PEAK_WIDTH = (0.07, 0.09)
TAIL = 60.0
# Wind (m/s) beyond which the sea seldom has the time and room to grow further.
FULLY_GROWN = 16.0


@dataclass(frozen=True)
class WaveSystem:
    """Waves of one origin.

    Attributes
    ----------
    height_m : float
        Significant height: four standard deviations of the surface.
    length_m : float
        Wavelength of the spectrum's peak.
    angle : float
        Direction they travel to, radians from +x.
    spread : float
        Deviation of directions at the peak, radians.
    peakedness : float
        JONSWAP's gamma: 1 for a fully grown sea, more for swell of one storm.
    """

    height_m: float
    length_m: float
    angle: float
    spread: float
    peakedness: float


@dataclass(frozen=True)
class WaveRanges:
    """Heights, lengths, spread and peakedness of swell and wind sea; the share of crossing swells."""

    # From nearly nothing to heavy swell: plain water must be known by its lack of structure, not by its
    # waves.
    swell_height_m: Range = (0.3, 4.5)
    swell_length_m: Range = (90.0, 600.0)
    swell_spread_deg: Range = (7.0, 30.0)
    swell_peakedness: Range = (1.0, 9.0)
    crossing: float = 0.35
    # Waves of the local wind: shorter, lower and from more directions than swell.
    sea_length_m: Range = (35.0, 140.0)
    sea_strength: Range = (0.5, 1.4)
    sea_spread_deg: Range = (25.0, 45.0)
    blur_s: Range = (1.5, 5.0)  # metres of blur per m/s of wind


WAVE_RANGES = WaveRanges()


def draw_systems(
    rng: Draws, wind: tuple[float, float], strength: float, ranges: WaveRanges
) -> list[WaveSystem]:
    """Return swell, at times a second one, and the wind's own sea.

    Parameters
    ----------
    rng : Draws
    wind : (speed, angle)
        Mean speed in m/s, and the direction it blows to, radians from +x.
    strength : float
        Factor on the height of the swell.
    ranges : WaveRanges
    """
    systems = [_swell(rng, strength, ranges)]
    if rng.random() < ranges.crossing:
        systems.append(_swell(rng, 0.6 * strength, ranges))
    systems.append(_wind_sea(rng, min(wind[0], FULLY_GROWN), wind[1], ranges))
    return systems


def _swell(rng: Draws, strength: float, ranges: WaveRanges) -> WaveSystem:
    return WaveSystem(
        strength * uniform(rng, ranges.swell_height_m),
        log_uniform(rng, ranges.swell_length_m),
        rng.uniform(0, 2 * np.pi),
        np.radians(uniform(rng, ranges.swell_spread_deg)),
        uniform(rng, ranges.swell_peakedness),
    )


def _wind_sea(rng: Draws, speed: float, angle: float, ranges: WaveRanges) -> WaveSystem:
    # That of a fully grown sea rises with the square of the wind, but most seas are younger.
    height_m = uniform(rng, ranges.sea_strength) * 0.03 * speed**1.6
    spread = np.radians(uniform(rng, ranges.sea_spread_deg))
    return WaveSystem(height_m, uniform(rng, ranges.sea_length_m), angle, spread, 2.0)


def spectrum(grid: Grid, system: WaveSystem) -> Array:
    """Return the elevation spectrum times the Fourier cells' number and area, on the half plane.

    Filtering white noise by its root gives a surface of the system's height; waves too short for the grid are
    lost, not squeezed into it.
    """
    kx, ky, k = wavenumbers(grid)
    peak = 2 * np.pi / system.length_m
    relative = np.geomspace(0.2, TAIL, 400)
    volume = integrate.trapezoid(_jonswap(relative, system.peakedness) * relative, relative)
    # Short waves turn away from the wind's direction: the spread grows beyond the peak.
    spread = np.minimum(system.spread * np.maximum(k / peak, 1) ** 0.4, 1.2)
    sharpness = 1 / (4 * spread * spread)
    turn = np.arctan2(ky, kx) - system.angle
    lobes = np.exp(sharpness * (np.cos(2 * turn) - 1)) / (2 * np.pi * special.i0e(sharpness))
    power = _jonswap(k / peak, system.peakedness) * lobes / (volume * peak * peak)
    power[0, 0] = 0
    values: Array = ((system.height_m / 4) ** 2 * power * (2 * np.pi / grid.spacing_m) ** 2).astype(
        np.float32
    )
    return values


def _jonswap(relative: Array, peakedness: float) -> Array:
    """Return the spectrum over the wavenumber plane, for wavenumbers relative to the peak's."""
    frequency = np.sqrt(relative)
    width = np.where(frequency < 1, *PEAK_WIDTH)
    peak = peakedness ** np.exp(-0.5 * ((frequency - 1) / width) ** 2)
    values: Array = relative**-4.0 * np.exp(-1.25 / np.maximum(relative, 1e-3) ** 2) * peak
    return values
