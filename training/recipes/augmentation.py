"""What augmentation is allowed to do to images: chances and ranges."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """Chances and ranges; `PAPER` keeps the symmetries alone."""

    zoom: float = 0.2  # scale between 1 - zoom and 1 + zoom
    gain_db: float = 1.0
    trend_db: float = 0.8  # from the middle to a corner
    gamma: float = 0.25  # exponents between 1 / (1 + gamma) and 1 + gamma
    stretch_chance: float = 0.5
    blur_chance: float = 0.3
    blur_px: float = 1.1  # largest standard deviation
    noise_chance: float = 0.4
    nodata_chance: float = 0.15


PAPER = Augmentation(
    zoom=0.0,
    gain_db=0.0,
    trend_db=0.0,
    gamma=0.0,
    stretch_chance=0.0,
    blur_chance=0.0,
    noise_chance=0.0,
    nodata_chance=0.0,
)
