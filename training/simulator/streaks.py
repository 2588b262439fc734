"""Wind streaks (WS): boundary-layer rolls, elongated along the wind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import Range, log_uniform, red_field, streaky_field, uniform
from .sea import Sea


@dataclass(frozen=True)
class StreakRanges:
    """Wavelength across the wind, length to width, angle off the wind, relative modulation of the wind."""

    across_m: Range = (430.0, 3000.0)
    aspect: Range = (3.5, 11.0)
    off_wind_deg: float = 15.0
    modulation: Range = (0.015, 0.12)
    skew: Range = (0.0, 0.45)
    patchiness: Range = (0.0, 0.5)


def apply(
    sea: Sea,
    rng: np.random.Generator,
    weight: np.ndarray | float = 1.0,
    ranges: StreakRanges = StreakRanges(),
    label: bool = True,
) -> None:
    """Modulate the wind by streaks where ``weight`` (0 to 1) says."""
    angle = sea.wind_angle + np.radians(rng.uniform(-1, 1) * ranges.off_wind_deg)
    across_m = log_uniform(rng, ranges.across_m)
    field = streaky_field(rng, sea.grid, across_m, uniform(rng, ranges.aspect), angle)
    if rng.random() < 0.4:
        field = 0.8 * field + 0.6 * streaky_field(
            rng, sea.grid, across_m * uniform(rng, (0.4, 0.8)), 5.0, angle
        )
    skew = uniform(rng, ranges.skew)
    field = field + skew * (field * field - 1)
    field *= np.clip(
        1 + uniform(rng, ranges.patchiness) * red_field(rng, sea.grid, -2.5, 15_000.0, 2000.0), 0.1, 2
    )
    modulation = log_uniform(rng, ranges.modulation)
    sea.scale_wind(np.clip(1 + modulation * field * weight, 0.4, 1.8).astype(np.float32))
    if label:
        sea.label(True, "WS", weight)
