"""Low wind areas (LWA): below about 2 m/s nothing roughens the sea and it goes dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import Range, red_field, region, smooth_step, uniform
from .sea import Sea


@dataclass(frozen=True)
class LowWindRanges:
    """Share of the scene, wind inside, size and slope of the region's field, edge, most wind in the mask."""

    share: Range = (0.12, 0.75)
    inside_speed: Range = (0.5, 1.9)
    scale_m: Range = (8000.0, 40_000.0)
    slope: Range = (-4.2, -2.5)
    edge: Range = (0.3, 2.0)
    limit_speed: float = 3.0


def apply(
    sea: Sea,
    rng: np.random.Generator,
    weight: np.ndarray | float = 1.0,
    ranges: LowWindRanges = LowWindRanges(),
) -> None:
    """Let the wind die inside an irregular region."""
    place = region(
        rng, sea.grid, uniform(rng, ranges.share), uniform(rng, ranges.scale_m), uniform(rng, ranges.slope)
    )
    inside = smooth_step(place, uniform(rng, ranges.edge)) * weight
    calm = uniform(rng, ranges.inside_speed) * np.clip(
        1 + 0.25 * red_field(rng, sea.grid, -2.0, 5000.0, 200.0), 0.3, 2
    )
    speed = sea.speed
    wanted = np.exp((1 - inside) * np.log(np.maximum(speed, 0.3)) + inside * np.log(np.maximum(calm, 0.3)))
    sea.scale_wind((wanted / np.maximum(speed, 0.3)).astype(np.float32))
    sea.label((wanted < ranges.limit_speed) & (inside > 0.5), "LWA")
