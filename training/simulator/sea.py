# SPDX-License-Identifier: GPL-2.0-or-later
"""The sea that the phenomena write on, and sigma0 of its wind.

Wind to sigma0 is CMOD5.N, down to the wind that raises ripples at all (Donelan & Pierson, J. Geophys. Res.
92, 1987). So whatever changes the wind changes the image as the wind would: by direction and incidence, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...core.arrays import Array
from ...core.classes import UNDECIDED, value_of
from ...core.cmod5n import cmod5n, reference_sigma0
from .draws import Draws, Range, uniform
from .fields import Grid, red_field, smooth_step

# Where annotators left something out: no loss, no score. In class rasters the same value is undecided.
UNLABELLED = UNDECIDED
# Below this wind ripples die within a transition, and with them the echo, down to this share of it.
RIPPLE_SPEED, RIPPLE_WIDTH, RIPPLE_FLOOR = 1.9, 1.1, 0.02


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
        Factor on the waves: 0 under ice, below 1 in slicks.
    targets : (rows, columns) array
        Hard targets, in units of sigma0 at 10 m/s, 45°.
    noise_db : (rows, columns) array
        How much more noise than elsewhere the receiver adds.
    labels : (rows, columns) uint8
        `UNLABELLED`, or the value of a class as `metocean.core.classes.value_of` gives it.
    gusts : dict
        By code, WS or MCC, what those of them that are labelled made of the wind: factors, (rows, columns).
    solid_db : (columns,) array or float
        How much brighter than in VV all is that is no water: in HH, whose images are made like those of VV by
        what the sea's echo differs.
    """

    grid: Grid
    incidence_deg: Array
    wind_x: Array
    wind_y: Array
    gain_db: Array = field(init=False)
    wave_gain: Array = field(init=False)
    targets: Array = field(init=False)
    noise_db: Array = field(init=False)
    labels: Array = field(init=False)
    gusts: dict[str, Array] = field(init=False, default_factory=dict)
    solid_db: Array | float = 0.0

    def __post_init__(self) -> None:
        # Plain water: what phenomena leave as it is stays waves and nothing above them.
        self.gain_db = np.zeros(self.grid.shape, np.float32)
        self.wave_gain = np.ones(self.grid.shape, np.float32)
        self.targets = np.zeros(self.grid.shape, np.float32)
        self.noise_db = np.zeros(self.grid.shape, np.float32)
        self.labels = np.full(self.grid.shape, value_of("POW"), np.uint8)

    @property
    def wind_angle(self) -> float:
        """Direction the mean wind blows to, radians from +x."""
        return float(np.arctan2(self.wind_y.mean(), self.wind_x.mean()))

    @property
    def speed(self) -> Array:
        """Wind speed, m/s."""
        return np.hypot(self.wind_x, self.wind_y)

    def solid(self, sigma0_db: Array | float) -> Array:
        """Return sigma0 of what is no water, in VV, in dB over that of the sea at 10 m/s, 45°: (columns,)."""
        values: Array = sigma0_db + self.solid_db - 10 * np.log10(reference_sigma0(self.incidence_deg))
        return values

    def scale_wind(self, factor: Array) -> None:
        """Multiply the wind vector."""
        self.wind_x *= factor
        self.wind_y *= factor

    def name_gusts(self, factor: Array, code: str, weight: Array | float) -> None:
        """Give what changed the wind by ``factor`` to a class, where its ``weight`` is more than one half."""
        self.gusts[code] = self.gusts.get(code, np.float32(1)) * factor
        self.label(True, code, weight)

    def label(self, mask: Array | bool, code: str, weight: Array | float = 1.0, least: float = 0.5) -> None:
        """Give pixels to a class; whoever writes last keeps them.

        Parameters
        ----------
        mask : (rows, columns) bool, or True for all
        code : str
            Of the class.
        weight : (rows, columns) or float
            How much of the process is there, 0 to 1.
        least : float
            Where there is no more of it than this the pixels stay what they were.
        """
        here = np.logical_and(mask, np.asarray(weight) > least)
        self.labels[np.broadcast_to(here, self.grid.shape)] = value_of(code)

    def label_window(self, rows: slice, columns: slice, mask: Array, code: str) -> None:
        """Give the pixels of a mask over a window to a class."""
        self.labels[rows, columns][mask] = value_of(code)


@dataclass(frozen=True)
class WindRanges:
    """Turbulent background wind: relative fluctuation, its outer scale, and the drift across the scene."""

    turbulence: Range = (0.008, 0.038)
    outer_m: Range = (4000.0, 12000.0)
    drift: Range = (0.0, 0.12)
    drift_scale_m: float = 40_000.0


def calm_sea(
    rng: Draws,
    grid: Grid,
    incidence_deg: Array,
    speed: float,
    ranges: WindRanges = WindRanges(),
) -> Sea:
    """Return a sea under turbulent wind from a random direction, with nothing else on it.

    Parameters
    ----------
    rng : Draws
    grid : Grid
    incidence_deg : (columns,) array
    speed : float
        Mean wind, m/s.
    ranges : WindRanges
    """
    # Turbulence has a spectrum of slope -5/3; changes across the whole scene are the weather's, and smoother.
    fluctuation = uniform(rng, ranges.turbulence) * red_field(
        rng, grid, -5 / 3, uniform(rng, ranges.outer_m), 150.0
    )
    fluctuation += uniform(rng, ranges.drift) * 0.5 * red_field(rng, grid, -3.0, ranges.drift_scale_m)
    wind = (speed * np.clip(1 + fluctuation, 0.2, 2)).astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    return Sea(grid, incidence_deg, wind * np.float32(np.cos(angle)), wind * np.float32(np.sin(angle)))


def surface_sigma0(sea: Sea) -> Array:
    """Return linear sigma0 of wind, films, rain and ice, (rows, columns) float32: no waves, no targets."""
    # CMOD5.N falls off smoothly towards calm, but where no ripples grow nothing scatters back at all.
    ripples = smooth_step(sea.speed - RIPPLE_SPEED, RIPPLE_WIDTH)
    echo = wind_sigma0(sea) * (RIPPLE_FLOOR + (1 - RIPPLE_FLOOR) * ripples)
    values: Array = (echo * 10 ** (sea.gain_db / 10)).astype(np.float32)
    return values


def wind_sigma0(sea: Sea) -> Array:
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


def _wind_at(speed: Array, cosine: Array, incidence_deg: float) -> Array:
    # Upwind, crosswind and downwind fix the three terms; they are smooth in the wind, and a table of
    # them spares the model function at every pixel.
    knots = np.linspace(0.25, 40.0, 320)
    up, cross, down = (cmod5n(knots, azimuth, incidence_deg) ** (1 / 1.6) for azimuth in (0.0, 90.0, 180.0))
    mean = np.interp(speed, knots, (up + down + 2 * cross) / 4)
    first = np.interp(speed, knots, (up - down) / 2)
    second = np.interp(speed, knots, (up + down - 2 * cross) / 4)
    values: Array = np.maximum(mean + first * cosine + second * (2 * cosine**2 - 1), 1e-5) ** 1.6
    return values
