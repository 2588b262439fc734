"""The sea surface as a radar sees it: wind, waves and targets to sigma0, then noise and speckle.

Wind to sigma0 is CMOD5.N; waves go through the linear SAR transfer (Alpers, Ross & Rufenach 1981: tilt,
hydrodynamic and velocity-bunching terms, azimuth cut-off).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...core.classes import class_index
from ...core.cmod5n import cmod5n, reference_sigma0
from .fields import Grid, Range, filtered_noise, log_uniform, red_field, uniform, wavenumbers

GRAVITY = 9.81
# Range to velocity ratio of Sentinel-1, seconds: what turns orbital velocity into azimuth shift.
RANGE_TO_VELOCITY_S = 115.0
UNLABELLED = 0
# Of the wave spectra, in the logarithm of the wavenumber.
RING_WIDTH = 0.28


@dataclass
class Sea:
    """What the phenomena write on, all of the grid's shape unless said otherwise.

    Attributes
    ----------
    incidence_deg : (columns,) array
        Incidence of each column; the radar looks along +x.
    wind_x, wind_y : (rows, columns) array
        Wind vector, m/s, the direction it blows to.
    gain_db : (rows, columns) array
        Change of sigma0 that is no change of wind: films, currents, rain, ice.
    wave_gain : (rows, columns) array
        Factor on the wave modulation: 0 under ice, below 1 in slicks.
    targets : (rows, columns) array
        Hard targets, in units of sigma0 at 10 m/s, 45°.
    labels : (rows, columns) uint8
        0 unlabelled, else 1 + position in `metocean.core.classes.CLASSES`.
    """

    grid: Grid
    incidence_deg: np.ndarray
    wind_x: np.ndarray
    wind_y: np.ndarray
    gain_db: np.ndarray = field(init=False)
    wave_gain: np.ndarray = field(init=False)
    targets: np.ndarray = field(init=False)
    labels: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.gain_db = np.zeros(self.grid.shape, np.float32)
        self.wave_gain = np.ones(self.grid.shape, np.float32)
        self.targets = np.zeros(self.grid.shape, np.float32)
        self.labels = np.full(self.grid.shape, class_index("POW") + 1, np.uint8)

    @property
    def wind_angle(self) -> float:
        """Direction the mean wind blows to, radians from +x."""
        return float(np.arctan2(self.wind_y.mean(), self.wind_x.mean()))

    @property
    def speed(self) -> np.ndarray:
        """Wind speed, m/s."""
        return np.hypot(self.wind_x, self.wind_y)

    def scale_wind(self, factor: np.ndarray) -> None:
        """Multiply the wind vector."""
        self.wind_x *= factor
        self.wind_y *= factor

    def label(
        self, mask: np.ndarray | bool, code: str, weight: np.ndarray | float = 1.0, least: float = 0.5
    ) -> None:
        """Give the pixels of a boolean mask to a class, where its ``weight`` is more than ``least``."""
        here = np.logical_and(mask, np.asarray(weight) > least)
        self.labels[np.broadcast_to(here, self.grid.shape)] = class_index(code) + 1

    def label_window(self, rows: slice, columns: slice, mask: np.ndarray, code: str) -> None:
        """Give the pixels of a mask over a window to a class."""
        self.labels[rows, columns][mask] = class_index(code) + 1


@dataclass(frozen=True)
class WindRanges:
    """Turbulent background wind: relative fluctuation, its outer scale, and the drift across the scene."""

    turbulence: Range = (0.008, 0.045)
    outer_m: Range = (4000.0, 12000.0)
    drift: Range = (0.0, 0.12)
    drift_scale_m: float = 40_000.0


def calm_sea(
    rng: np.random.Generator,
    grid: Grid,
    incidence_deg: np.ndarray,
    speed: float,
    ranges: WindRanges = WindRanges(),
) -> Sea:
    """Return a sea under turbulent wind of a mean ``speed`` (m/s) from a random direction."""
    fluctuation = uniform(rng, ranges.turbulence) * red_field(
        rng, grid, -5 / 3, uniform(rng, ranges.outer_m), 150.0
    )
    fluctuation += uniform(rng, ranges.drift) * 0.5 * red_field(rng, grid, -3.0, ranges.drift_scale_m)
    wind = (speed * np.clip(1 + fluctuation, 0.2, 2)).astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    return Sea(grid, incidence_deg, wind * np.float32(np.cos(angle)), wind * np.float32(np.sin(angle)))


@dataclass(frozen=True)
class WaveRanges:
    """Swell and wind sea: heights, lengths, directional spread, azimuth cut-off and grouping."""

    swell_height_m: Range = (0.2, 3.0)
    swell_length_m: Range = (100.0, 420.0)
    swell_spread_deg: Range = (7.0, 28.0)
    swell_cutoff_m: Range = (100.0, 240.0)
    sea_length_m: Range = (60.0, 140.0)
    sea_strength: Range = (0.7, 1.8)
    sea_spread_deg: float = 40.0
    grouping: Range = (0.0, 0.35)


def wave_modulation(
    rng: np.random.Generator, sea: Sea, strength: float = 1.0, ranges: WaveRanges = WaveRanges()
) -> np.ndarray:
    """Return the zero-mean relative modulation of sigma0 by waves, (rows, columns)."""
    theta = float(np.radians(sea.incidence_deg.mean()))
    transfer = _transfer(sea.grid, theta)
    height = strength * uniform(rng, ranges.swell_height_m)
    spread = np.radians(uniform(rng, ranges.swell_spread_deg))
    length = log_uniform(rng, ranges.swell_length_m)
    cutoff = uniform(rng, ranges.swell_cutoff_m)
    power = _wave_spectrum(sea.grid, height, length, rng.uniform(0, 2 * np.pi), spread) * _cutoff(
        sea.grid, cutoff
    )
    speed = min(float(sea.speed.mean()), 9.0)
    wind_sea = _wave_spectrum(
        sea.grid,
        uniform(rng, ranges.sea_strength) * 0.04 * speed**1.6,
        uniform(rng, ranges.sea_length_m),
        sea.wind_angle,
        np.radians(ranges.sea_spread_deg),
    )
    power = power + wind_sea * _cutoff(sea.grid, 60 + 14 * speed)
    waves = filtered_noise(rng, sea.grid, np.sqrt(power) * transfer)
    groups = 1 + uniform(rng, ranges.grouping) * red_field(rng, sea.grid, -2.0, 3000.0, 500.0)
    return waves * np.clip(groups, 0.2, 2.5)


def _wave_spectrum(grid: Grid, height_m: float, length_m: float, angle: float, spread: float) -> np.ndarray:
    """Return the elevation spectrum per Fourier cell: a ring around the peak, in all of variance (Hs / 4)².

    Waves too short for the grid are lost, not squeezed into it: their share is not seen.
    """
    kx, ky, k = wavenumbers(grid)
    k0 = 2 * np.pi / length_m
    ring = np.exp(-0.5 * (np.log(k / k0) / RING_WIDTH) ** 2)
    turn = np.arctan2(ky, kx) - angle
    # Spectra are symmetric: a wave and its opposite give the same frozen pattern.
    lobes = np.exp((np.cos(2 * turn) - 1) / (4 * spread * spread))
    power = ring * lobes / (k * k)
    power[0, 0] = 0
    turns = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    lobes_integral = 2 * np.pi * np.exp((np.cos(2 * turns) - 1) / (4 * spread * spread)).mean()
    integral = RING_WIDTH * np.sqrt(2 * np.pi) * lobes_integral
    return (height_m / 4) ** 2 * power / integral * (2 * np.pi / grid.spacing_m) ** 2


def _transfer(grid: Grid, theta: float) -> np.ndarray:
    """Return the size of the linear transfer from elevation to relative sigma0, pixel response included."""
    kx, ky, k = wavenumbers(grid)
    omega = np.sqrt(GRAVITY * k)
    tilt = -4j * kx / np.tan(theta) / (1 + np.sin(theta) ** 2)
    hydrodynamic = -4.5 * k * omega * (omega - 0.5j) / (omega**2 + 0.25) * (kx / k) ** 2
    velocity = -omega * (np.sin(theta) * kx / k + 1j * np.cos(theta))
    bunching = -1j * RANGE_TO_VELOCITY_S * ky * velocity
    pixel = np.sinc(kx * grid.spacing_m / (2 * np.pi)) * np.sinc(ky * grid.spacing_m / (2 * np.pi))
    return np.abs(tilt + hydrodynamic + bunching) * np.abs(pixel)


def _cutoff(grid: Grid, cutoff_m: float) -> np.ndarray:
    _, ky, _ = wavenumbers(grid)
    return np.exp(-((ky * cutoff_m / np.pi) ** 2))


def clean_sigma0(sea: Sea, waves: np.ndarray) -> np.ndarray:
    """Return noise-free linear sigma0, (rows, columns)."""
    modulation = np.clip(waves * sea.wave_gain, -1.2, 1.2)
    variance = float(modulation.var())
    sigma0 = wind_sigma0(sea) * 10 ** (sea.gain_db / 10) * np.exp(modulation - variance / 2)
    return (sigma0 + sea.targets * reference_sigma0(sea.incidence_deg)).astype(np.float32)


def wind_sigma0(sea: Sea) -> np.ndarray:
    """Return CMOD5.N sigma0 of the wind field.

    At one incidence sigma0^(1/1.6) is a + b cos(phi) + c cos(2 phi), so three profiles over the wind speed
    hold all of it; they are evaluated on a few columns and interpolated between.
    """
    speed = np.clip(sea.speed, 0.25, 40.0)
    # The radar looks along +x: wind blowing towards -x is upwind.
    cosine = -sea.wind_x / np.maximum(sea.speed, 1e-6)
    incidence = sea.incidence_deg
    edges = np.array([incidence[0], incidence[-1]])
    if abs(edges[1] - edges[0]) < 0.01:
        return _wind_at(speed, cosine, float(edges[0])).astype(np.float32)
    steps = np.linspace(edges[0], edges[1], 2 + int(abs(edges[1] - edges[0])))
    result = np.empty(speed.shape, np.float32)
    for low, high in zip(steps[:-1], steps[1:]):
        inside = (incidence >= min(low, high)) & (incidence <= max(low, high))
        weight = ((incidence[inside] - low) / (high - low))[None, :]
        first = _wind_at(speed[:, inside], cosine[:, inside], low)
        second = _wind_at(speed[:, inside], cosine[:, inside], high)
        result[:, inside] = np.exp((1 - weight) * np.log(first) + weight * np.log(second))
    return result


def _wind_at(speed: np.ndarray, cosine: np.ndarray, incidence_deg: float) -> np.ndarray:
    knots = np.linspace(0.25, 40.0, 320)
    up, cross, down = (cmod5n(knots, azimuth, incidence_deg) ** (1 / 1.6) for azimuth in (0.0, 90.0, 180.0))
    mean = np.interp(speed, knots, (up + down + 2 * cross) / 4)
    first = np.interp(speed, knots, (up - down) / 2)
    second = np.interp(speed, knots, (up + down - 2 * cross) / 4)
    return np.maximum(mean + first * cosine + second * (2 * cosine**2 - 1), 1e-5) ** 1.6


@dataclass(frozen=True)
class Sensor:
    """Noise floor (dB) and number of looks of a 50 m pixel; looks grow with the pixel's area."""

    noise_floor_db: Range = (-27.0, -23.0)
    looks_50m: float = 70.0


def observe(
    rng: np.random.Generator, sigma0: np.ndarray, spacing_m: float, sensor: Sensor = Sensor()
) -> np.ndarray:
    """Return noisy sigma0; some mean noise stays, as products and quick-looks differ in removing it."""
    noise = 10 ** (uniform(rng, sensor.noise_floor_db) / 10)
    looks = sensor.looks_50m * (spacing_m / 50.0) ** 2
    # Gamma of so many looks is Gaussian to a per cent, and much cheaper.
    speckle = 1 + rng.standard_normal(sigma0.shape, dtype=np.float32) / np.float32(np.sqrt(looks))
    return (sigma0 + noise) * np.maximum(speckle, 0) - noise * rng.uniform(0, 1)


def roughness(sigma0: np.ndarray, incidence_deg: np.ndarray) -> np.ndarray:
    """Return sqrt(sigma0 / CMOD5.N(10 m/s, 45°)) clipped to 0..2, (rows, columns) float32."""
    ratio = np.maximum(sigma0, 0) / reference_sigma0(incidence_deg)[None, :]
    return np.clip(np.sqrt(ratio), 0, 2).astype(np.float32)
