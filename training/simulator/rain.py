"""Rain cells (RC): a downdraught spreading over the sea, its gust front, and the mark of the drops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import Range, blob, log_uniform, red_field, smooth_step, uniform
from .sea import Sea


@dataclass(frozen=True)
class RainRanges:
    """Number, radius and outflow of the cells; the gust front; the core's damping and splash (dB)."""

    count: tuple[int, int] = (1, 4)
    radius_m: Range = (1500.0, 8000.0)
    outflow: Range = (1.8, 9.0)
    front_share: Range = (0.03, 0.18)
    irregularity: Range = (0.08, 0.3)
    core_share: Range = (0.15, 0.6)
    damping_db: Range = (-8.0, -1.5)
    splash_db: Range = (0.5, 5.0)


def apply(
    sea: Sea, rng: np.random.Generator, weight: np.ndarray | float = 1.0, ranges: RainRanges = RainRanges()
) -> None:
    """Put rain cells on the sea; the mask is the whole gust footprint."""
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
    rng: np.random.Generator,
    centre: tuple[float, float],
    radius_m: float,
    weight: np.ndarray | float,
    ranges: RainRanges,
) -> None:
    x, y = sea.grid.coordinates()
    shape = blob(rng, sea.grid, centre, radius_m, uniform(rng, ranges.irregularity))
    shape = shape * (1 + 0.07 * red_field(rng, sea.grid, -2.2, 0.5 * radius_m))
    gust = _outflow(rng, shape, ranges) * weight
    distance = np.maximum(shape * radius_m, 1.0)
    outflow = log_uniform(rng, ranges.outflow)
    sea.wind_x += (outflow * gust * (x - centre[0]) / distance).astype(np.float32)
    sea.wind_y += (outflow * gust * (y - centre[1]) / distance).astype(np.float32)
    core = uniform(rng, ranges.core_share)
    offset = (centre[0] + rng.normal(0, 0.2) * radius_m, centre[1] + rng.normal(0, 0.2) * radius_m)
    sea.gain_db += (
        _core_db(sea, rng, blob(rng, sea.grid, offset, core * radius_m, 0.35), radius_m, ranges) * weight
    )
    sea.label(shape < 1.02, "RC", weight)


def _outflow(rng: np.random.Generator, shape: np.ndarray, ranges: RainRanges) -> np.ndarray:
    """Return the radial wind relative to its peak: rising from the centre, falling off at the gust front."""
    front = uniform(rng, ranges.front_share)
    rise = np.clip(shape / uniform(rng, (0.35, 0.85)), 0, 1) ** uniform(rng, (0.6, 1.4))
    beyond = np.clip(1 - uniform(rng, (0.0, 0.5)) * np.clip(shape - 0.6, 0, 0.5), 0, 1)
    return rise * beyond * smooth_step(1 - shape, 2 * front)


def _core_db(
    sea: Sea, rng: np.random.Generator, core: np.ndarray, radius_m: float, ranges: RainRanges
) -> np.ndarray:
    inside = smooth_step(1 - core + 0.35 * red_field(rng, sea.grid, -1.8, 0.4 * radius_m), 0.7)
    patches = smooth_step(red_field(rng, sea.grid, -1.6, 0.3 * radius_m, 150.0) + rng.normal(0, 0.7), 1.6)
    damping, splash = uniform(rng, ranges.damping_db), uniform(rng, ranges.splash_db)
    return inside * (damping * patches + splash * (1 - patches))
