# SPDX-License-Identifier: GPL-2.0-or-later
"""Rain cells (RC): a downdraught spreading over the sea, its gust front, and the mark of the drops.

Rain drags air down, which spreads over the sea and adds to the wind on one side of the cell and opposes it on
the other: bright downwind, dark upwind, within a sharp gust front (Atlas, J. Geophys. Res. 99, 1994). At
C-band drops both roughen the sea by splashes and damp its waves by turbulence, so that cores are bright or
dark, often side by side (Alpers, Zhang, Mouche, Zeng & Chan, Remote Sens. Environ. 187, 2016).

Ranges cover single cells of 3 km to clusters of 18; cores from 7 dB darker to 6 dB brighter, since real
imagettes show either. Edges are ragged and of several widths: a prototype's were too crisp.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from ..draws import Draws, Range, log_uniform, uniform
from ..fields import Grid, red_field, smooth_step
from ..sea import Sea
from ..shapes import blob


@dataclass(frozen=True)
class RainRanges:
    """Number, radius and outflow of the cells; gust front and its lobes; damping and splash of drops (dB).

    ``drift`` is how far the rain lags behind the middle of its outflow, ``lull`` how calm it is under it,
    ``echo`` that of splashes on calm water, in units of sigma0 at 10 m/s.
    """

    count: tuple[int, int] = (1, 4)
    radius_m: Range = (1500.0, 9000.0)
    outflow: Range = (1.6, 7.5)
    front_share: Range = (0.02, 0.2)
    irregularity: Range = (0.05, 0.28)
    lobes: Range = (0.02, 0.12)
    core_share: Range = (0.15, 0.65)
    drift: Range = (0.0, 0.45)
    lull: Range = (0.0, 0.35)
    damping_db: Range = (-7.0, -0.8)
    splash_db: Range = (0.3, 6.0)
    echo: Range = (0.0, 0.35)
    grain_m: Range = (250.0, 700.0)


def apply(sea: Sea, rng: Draws, weight: Array | float = 1.0, ranges: RainRanges = RainRanges()) -> None:
    """Put rain cells on the sea; the mask is the whole gust footprint.

    Parameters are those of every process; see `metocean.training.simulator.processes`.
    """
    count = int(rng.integers(ranges.count[0], ranges.count[1] + 1))
    biggest = uniform(rng, ranges.radius_m)
    anchor = sea.grid.random_point(rng)
    for number in range(count):
        radius_m = biggest * (1 if number == 0 else uniform(rng, (0.3, 0.9)))
        # Cells come in clusters: each stands near the first.
        centre = tuple(a + number * rng.normal(0, 1.2 * biggest) for a in anchor)
        _cell(sea, rng, (centre[0], centre[1]), max(radius_m, ranges.radius_m[0]), weight, ranges)


def _cell(
    sea: Sea,
    rng: Draws,
    centre: tuple[float, float],
    radius_m: float,
    weight: Array | float,
    ranges: RainRanges,
) -> None:
    """Put one cell on the sea.

    Parameters
    ----------
    sea : Sea
    rng : Draws
    centre : (x, y)
        Of its outflow, metres.
    radius_m : float
        Of the gust front.
    weight : (rows, columns) or float
        Where, 0 to 1.
    ranges : RainRanges
    """
    x, y = sea.grid.coordinates()
    shape = blob(rng, sea.grid, centre, radius_m, uniform(rng, ranges.irregularity))
    # Lobes and clefts: the front bulges between sharp notches.
    lobes = np.abs(red_field(rng, sea.grid, -2.6, 0.5 * radius_m, 0.05 * radius_m))
    shape = shape * (1 + uniform(rng, ranges.lobes) * lobes)
    gust = _outflow(rng, sea.grid, shape, ranges) * weight
    distance = np.maximum(np.hypot(x - centre[0], y - centre[1]), 1.0)
    outflow = log_uniform(rng, ranges.outflow)
    # Rain is seldom in the middle of what flowed out of it.
    lag = uniform(rng, ranges.drift) * radius_m
    core_centre = centre[0] - lag * np.cos(sea.wind_angle), centre[1] - lag * np.sin(sea.wind_angle)
    rain = _rain(sea, rng, core_centre, radius_m, ranges)
    sea.scale_wind((1 - uniform(rng, ranges.lull) * smooth_step(rain - 0.5, 0.8) * weight).astype(np.float32))
    # The outflow is a vector: it makes the wind stronger on one side and weaker on the other.
    sea.wind_x += (outflow * gust * (x - centre[0]) / distance).astype(np.float32)
    sea.wind_y += (outflow * gust * (y - centre[1]) / distance).astype(np.float32)
    sea.gain_db += (_drops_db(rng, rain, ranges) * weight).astype(np.float32)
    # Splashes ring on calm water too.
    sea.targets += (uniform(rng, ranges.echo) * np.minimum(rain, 1) * weight).astype(np.float32)
    sea.label(shape < 1.02, "RC", weight)


def _outflow(rng: Draws, grid: Grid, shape: Array, ranges: RainRanges) -> Array:
    """Return the radial wind relative to its peak: rising from the centre, falling off at the gust front."""
    front = uniform(rng, ranges.front_share)
    gusts = 1 + uniform(rng, (0.05, 0.3)) * red_field(rng, grid, -2.2, 4000.0, 300.0)
    rise = np.clip(shape / uniform(rng, (0.35, 0.85)), 0, 1) ** uniform(rng, (0.6, 1.4))
    beyond = np.clip(1 - uniform(rng, (0.0, 0.5)) * np.clip(shape - 0.6, 0, 0.5), 0, 1)
    values: Array = rise * beyond * smooth_step(1 - shape, 2 * front) * gusts
    return values


def _rain(sea: Sea, rng: Draws, centre: tuple[float, float], radius_m: float, ranges: RainRanges) -> Array:
    """Return the rain rate, about 0 to 2: a ragged patch with shafts of its own, often none in places."""
    core_m = uniform(rng, ranges.core_share) * radius_m
    inside = smooth_step(1 - blob(rng, sea.grid, centre, core_m, 0.3), uniform(rng, (0.4, 1.2)))
    grain_m = log_uniform(rng, ranges.grain_m)
    shafts = red_field(rng, sea.grid, uniform(rng, (-3.2, -2.0)), max(core_m, 2 * grain_m), grain_m)
    return inside * np.clip(1 + rng.normal(0, 0.4) + 0.8 * shafts, 0, 2.5)


def _drops_db(rng: Draws, rain: Array, ranges: RainRanges) -> Array:
    """Return what drops do to the echo: rings of splashes where it rains, damping where it pours."""
    heavy = smooth_step(rain - uniform(rng, (0.7, 1.6)), uniform(rng, (0.4, 1.2)))
    splash, damping = uniform(rng, ranges.splash_db), uniform(rng, ranges.damping_db)
    values: Array = splash * np.minimum(rain, 1) * (1 - heavy) + damping * heavy * np.minimum(rain, 1)
    return values
