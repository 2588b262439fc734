"""What the instrument adds: receiver noise, speckle, and the quantity that networks see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.cmod5n import reference_sigma0
from .draws import Draws, Range, uniform


@dataclass(frozen=True)
class Sensor:
    """Noise floor, its ripple across the image (dB), and looks of a 50 m pixel, which grow with its area."""

    noise_floor_db: Range = (-27.0, -22.5)
    ripple_db: Range = (0.0, 1.5)
    looks_50m: float = 70.0


def observe(rng: Draws, sigma0: np.ndarray, spacing_m: float, sensor: Sensor = Sensor()) -> np.ndarray:
    """Return noisy sigma0; some mean noise stays, as products and quick-looks differ in removing it."""
    noise = 10 ** ((uniform(rng, sensor.noise_floor_db) + _ripple(rng, sigma0.shape[1], sensor)) / 10)
    looks = sensor.looks_50m * (spacing_m / 50.0) ** 2
    # Gamma of so many looks is Gaussian to a per cent, and much cheaper.
    speckle = 1 + rng.standard_normal(sigma0.shape, dtype=np.float32) / np.float32(np.sqrt(looks))
    return (sigma0 + noise) * np.maximum(speckle, 0) - noise * np.float32(rng.uniform(0, 1))


def _ripple(rng: Draws, columns: int, sensor: Sensor) -> np.ndarray:
    """Return the antenna pattern's bend of the noise floor, dB by column."""
    across = np.linspace(-1, 1, columns, dtype=np.float32)
    return np.float32(uniform(rng, sensor.ripple_db)) * np.cos(2 * across + np.float32(rng.uniform(0, 6.3)))


def roughness(sigma0: np.ndarray, incidence_deg: np.ndarray) -> np.ndarray:
    """Return sqrt(sigma0 / CMOD5.N(10 m/s, 45°)) clipped to 0..2, (rows, columns) float32."""
    ratio = np.maximum(sigma0, 0) / reference_sigma0(incidence_deg)[None, :]
    return np.clip(np.sqrt(ratio), 0, 2).astype(np.float32)
