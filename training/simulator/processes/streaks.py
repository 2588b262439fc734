# SPDX-License-Identifier: GPL-2.0-or-later
"""Wind streaks (WS): boundary-layer rolls, elongated along the wind.

Rolls turn about axes along the wind and carry fast air down on one side of each and slow air up on the other:
the sea has bright and dark bands a few depths of the boundary layer apart (Alpers & Brümmer, J. Geophys. Res.
99, 1994). Here they are factors on the wind.

Ranges: a prototype that knew streaks of 700 m and more called those of 400 to 800 m convection, so
wavelengths begin at 400 m and are drawn log-uniformly; contrasts go down to what an eye can just see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ....core.arrays import Array
from ..draws import Draws, Range, log_uniform, uniform
from ..fields import red_field, streaky_field
from ..sea import Sea
from ..shapes import distorted, sample


@dataclass(frozen=True)
class StreakRanges:
    """Wavelength across the wind, length to width, angle off the wind, relative modulation of the wind."""

    across_m: Range = (400.0, 5000.0)
    aspect: Range = (4.5, 18.0)
    off_wind_deg: Range = (-25.0, 25.0)
    modulation: Range = (0.023, 0.13)
    skew: Range = (0.0, 0.45)
    patchiness: Range = (0.0, 0.8)
    bend_m: Range = (20.0, 300.0)
    finer_share: float = 0.45


def apply(
    sea: Sea,
    rng: Draws,
    weight: Array | float = 1.0,
    ranges: StreakRanges = StreakRanges(),
    label: bool = True,
) -> None:
    """Modulate the wind by streaks.

    Parameters are those of every process; see `metocean.training.simulator.processes`.
    """
    field = _streaks(sea, rng, ranges)
    skew = uniform(rng, ranges.skew)
    # Gusts are narrower and stronger than the lulls between them; the mean stays what it is.
    field = field + skew * (field * field - 1)
    patches = red_field(rng, sea.grid, -2.5, 15_000.0, 2000.0)
    field = field * np.clip(1 + uniform(rng, ranges.patchiness) * patches, 0.1, 2)
    modulation = log_uniform(rng, ranges.modulation)
    factor = np.clip(1 + modulation * field * weight, 0.4, 1.8).astype(np.float32)
    sea.scale_wind(factor)
    if label:
        sea.name_gusts(factor, "WS", weight)


def _streaks(sea: Sea, rng: Draws, ranges: StreakRanges) -> Array:
    """Return a unit field of streaks, slightly bent; often with finer ones between the broad ones."""
    angle = sea.wind_angle + np.radians(uniform(rng, ranges.off_wind_deg))
    across_m = log_uniform(rng, ranges.across_m)
    field = streaky_field(rng, sea.grid, across_m, log_uniform(rng, ranges.aspect), angle)
    if rng.random() < ranges.finer_share:
        finer_m = max(across_m * uniform(rng, (0.3, 0.8)), ranges.across_m[0])
        field = 0.8 * field + 0.6 * streaky_field(rng, sea.grid, finer_m, uniform(rng, (4.0, 10.0)), angle)
    bend_m = min(log_uniform(rng, ranges.bend_m), 0.4 * across_m)
    return sample(field, *distorted(rng, sea.grid, bend_m, 12_000.0), sea.grid)


FAINT = replace(StreakRanges(), modulation=(0.002, 0.013))  # annotators see plain water
