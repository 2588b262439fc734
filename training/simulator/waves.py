"""Swell and wind sea as a radar images them.

Elevation spectra are JONSWAP (Hasselmann et al. 1973). Tilt and hydrodynamic modulation are linear (Alpers,
Ross & Rufenach, J. Geophys. Res. 86, 1981); velocity bunching is not: each patch of sea moves along the track
by what its orbital velocity makes of its Doppler, so that crests pile up and short waves along the track
smear out by themselves. Waves make most of the texture of fine images: in real imagettes of wave-dominated
scenes 84 to 94 % of the variance is at wavelengths below 400 m.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft, integrate, ndimage, special

from ...core.cmod5n import reference_sigma0
from .draws import Draws, Range, log_uniform, uniform
from .fields import Grid, wavenumbers
from .sea import Sea, surface_sigma0

GRAVITY = 9.81
# Range to velocity ratio of Sentinel-1, seconds: what turns orbital velocity into azimuth shift.
RANGE_TO_VELOCITY_S = 115.0
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
class Waves:
    """What waves do to the image, (rows, columns) each: ``modulation`` of sigma0 and ``shift_m`` along y.

    ``blur_m`` is the deviation of the shift by waves too short for the grid.
    """

    modulation: np.ndarray
    shift_m: np.ndarray
    blur_m: float


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


def draw_waves(rng: Draws, sea: Sea, strength: float = 1.0, ranges: WaveRanges = WaveRanges()) -> Waves:
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
    systems = [_swell(rng, strength, ranges)]
    if rng.random() < ranges.crossing:
        systems.append(_swell(rng, 0.6 * strength, ranges))
    systems.append(_wind_sea(rng, min(speed, FULLY_GROWN), sea.wind_angle, ranges))
    blur_m = 10.0 + uniform(rng, ranges.blur_s) * min(speed, FULLY_GROWN)
    return image_waves(rng, sea.grid, systems, float(np.radians(sea.incidence_deg.mean())), blur_m)


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


def spectrum(grid: Grid, system: WaveSystem) -> np.ndarray:
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
    return ((system.height_m / 4) ** 2 * power * (2 * np.pi / grid.spacing_m) ** 2).astype(np.float32)


def _jonswap(relative: np.ndarray, peakedness: float) -> np.ndarray:
    """Return the spectrum over the wavenumber plane, for wavenumbers relative to the peak's."""
    frequency = np.sqrt(relative)
    width = np.where(frequency < 1, *PEAK_WIDTH)
    peak = peakedness ** np.exp(-0.5 * ((frequency - 1) / width) ** 2)
    return relative**-4.0 * np.exp(-1.25 / np.maximum(relative, 1e-3) ** 2) * peak


def _going(grid: Grid, angle: float) -> np.ndarray:
    """Return 1 where a wave of this wavenumber travels along it, -1 where against it."""
    kx, ky, _ = wavenumbers(grid)
    return np.where(kx * np.cos(angle) + ky * np.sin(angle) >= 0, np.float32(1), np.float32(-1))


def _reflectivity(grid: Grid, incidence: float, going: np.ndarray) -> np.ndarray:
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
    return ((tilt + 4.5 * k * relaxed * (kx / k) ** 2) * pixel).astype(np.complex64)


def _velocity(grid: Grid, incidence: float, going: np.ndarray) -> np.ndarray:
    """Return the transfer from elevation to velocity towards the radar, which looks along +x."""
    kx, _, k = wavenumbers(grid)
    omega = np.sqrt(GRAVITY * k) * going
    return (-omega * (np.sin(incidence) * kx / k + 1j * np.cos(incidence))).astype(np.complex64)


def clean_sigma0(sea: Sea, waves: Waves) -> np.ndarray:
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
    return moved + (sea.targets * reference_sigma0(sea.incidence_deg)).astype(np.float32)


def _moved(patches: np.ndarray, shift_px: np.ndarray) -> np.ndarray:
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
