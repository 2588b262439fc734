# SPDX-License-Identifier: GPL-2.0-or-later
"""What the instrument adds in each of its modes: noise, speckle, and the quantity that networks see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ...core.arrays import Array
from ...core.cmod5n import reference_sigma0
from ...core.quantity import LARGEST
from .draws import Draws, Range, uniform


@dataclass(frozen=True)
class Sensor:
    """A mode of the instrument.

    Attributes
    ----------
    looks_50m : range
        Independent looks in 50 m x 50 m; a larger pixel has more.
    blur_m : float
        Deviation of what a point is smeared into, speckle like the sea; 0 where pixels are wider.
    noise_floor_db, ripple_db : range
        Noise-equivalent sigma0, and its bend across the image.
    subtracted : range
        Share of the mean noise that was subtracted: products and quick-looks differ in it, and tables of
        noise say too much of it in places.
    """

    looks_50m: Range
    blur_m: float = 0.0
    noise_floor_db: Range = (-27.0, -22.5)
    ripple_db: Range = (0.0, 1.5)
    subtracted: Range = (0.0, 1.15)


# From resolutions and looks in ESA's product definition: single looks of 5 m along the track by 2 to 3 m of
# slant range (WV), GRDH of IW with 4.4 looks in 20 m x 22 m, GRDM of EW with 10.7 in 93 m x 87 m.
WAVE_MODE = Sensor(looks_50m=(60.0, 150.0))
INTERFEROMETRIC = Sensor(looks_50m=(18.0, 28.0))
EXTRA_WIDE = Sensor(looks_50m=(2.4, 3.6), blur_m=28.0)


def observe(
    rng: Draws, sigma0: Array, spacing_m: float, sensor: Sensor, noise_db: Array | float = 0.0
) -> Array:
    """Return sigma0 with speckle and noise, (rows, columns); negative where more noise was subtracted.

    Parameters
    ----------
    rng : Draws
    sigma0 : (rows, columns)
        Linear, free of noise and speckle.
    spacing_m : float
    sensor : Sensor
    noise_db : (rows, columns), (columns,) or float
        How much more noise there is than the sensor's own.
    """
    floor_db = uniform(rng, sensor.noise_floor_db) + _ripple(rng, sigma0.shape[1], sensor) + noise_db
    noise = (10 ** (floor_db / 10)).astype(np.float32)
    looks = uniform(rng, sensor.looks_50m) * (spacing_m / 50.0) ** 2
    # The receiver's noise fluctuates like any echo: it is added before the speckle, and its mean is
    # subtracted.
    seen = _speckled(rng, sigma0 + noise, looks, sensor.blur_m / spacing_m)
    values: Array = seen - noise * np.float32(uniform(rng, sensor.subtracted))
    return values


def _speckled(rng: Draws, power: Array, looks: float, blur_px: float) -> Array:
    """Return power times speckle; the mean of so many exponential looks is gamma distributed."""
    speckle = rng.standard_gamma(looks, power.shape, dtype=np.float32) / np.float32(looks)
    # Speckle is made before the blur: where resolution is wider than the pixels, neighbours share it.
    values: Array = (
        ndimage.gaussian_filter(power * speckle, blur_px, mode="nearest") if blur_px else power * speckle
    )
    return values


def _ripple(rng: Draws, columns: int, sensor: Sensor) -> Array:
    """Return the antenna pattern's bend of the noise floor, dB by column."""
    across = np.linspace(-1, 1, columns, dtype=np.float32)
    values: Array = np.float32(uniform(rng, sensor.ripple_db)) * np.cos(
        2 * across + np.float32(rng.uniform(0, 6.3))
    )
    return values


def roughness(sigma0: Array, incidence_deg: Array) -> Array:
    """Return sqrt(sigma0 / CMOD5.N(10 m/s, 45°)), (rows, columns) float32, clipped to what networks see.

    Parameters
    ----------
    sigma0 : (rows, columns)
        Linear.
    incidence_deg : (columns,)
    """
    ratio = np.maximum(sigma0, 0) / reference_sigma0(incidence_deg)[None, :]
    values: Array = np.clip(np.sqrt(ratio), 0, LARGEST).astype(np.float32)
    return values
