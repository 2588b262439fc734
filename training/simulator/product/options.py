# SPDX-License-Identifier: GPL-2.0-or-later
"""What kind of product is written, and how far its tables are from regular ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class NoiseFormat(Enum):
    """How thermal noise is annotated; the values are versions of ESA's processor (IPF) that do it so.

    Since 2.90 noise is given along range and along azimuth, before that along range only, and before 2.50 in
    units that the reader has to scale (MPC-0392, and Masking "No-value" Pixels on GRD Products, both ESA).
    """

    RANGE_AND_AZIMUTH = "003.31"
    RANGE_ONLY = "002.72"
    UNSCALED = "002.36"


@dataclass(frozen=True)
class Irregularities:
    """In what the tables differ from simple ones, as those of real products do; by default in nothing.

    Readers that assume one regular grid for everything pass on simple products and fail on real ones, so
    tests read products in which each of these is switched on.

    Attributes
    ----------
    uneven_grid : bool
        The last line and the last sample of the geolocation grid follow at less than the others' distance.
    terrain_m : float
        Height of the highest points of the geolocation grid. Positions and angles are then those of the
        terrain, as in real products, while the pixels show the sea.
    noise_vectors : bool
        Vectors of noise have lines and samples of their own, change along the track, begin and end inside
        the image, and have zeros, which mean that nothing is known, at the start of some and at the end of
        others.
    border_steps : int
        How many samples each border between sub-swaths takes one after another as lines go on; sub-swath
        merging and azimuth noise are given in blocks of lines between these steps.
    """

    uneven_grid: bool = False
    terrain_m: float = 0.0
    noise_vectors: bool = False
    border_steps: int = 1


REGULAR = Irregularities()
# All of them, about as large as in real products.
IRREGULAR = Irregularities(uneven_grid=True, terrain_m=1500.0, noise_vectors=True, border_steps=5)


@dataclass(frozen=True)
class Product:
    """What kind of product to write.

    Attributes
    ----------
    pixel_m : float
        Pixel spacing, both ways.
    polarisations : sequence of "VV", "VH", "HH", "HV"
        One measurement file each; cross-polarised ones are the same sea, 15 dB lower.
    noise : NoiseFormat
    start : datetime
        UTC of the first line.
    seed : int
        Of the speckle.
    irregularities : Irregularities
    """

    pixel_m: float = 40.0
    polarisations: Sequence[str] = ("VV",)
    noise: NoiseFormat = NoiseFormat.RANGE_AND_AZIMUTH
    start: datetime = datetime(2021, 6, 15, 7, 2, 11)
    seed: int = 0
    irregularities: Irregularities = REGULAR
