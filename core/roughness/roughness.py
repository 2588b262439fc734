# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of a roughness raster beside its pixels, and what a user can decide about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Optional

import numpy as np

from ..arrays import Array
from ..geometry.georeference import NOMINAL_SIDE_M, Georeference
from ..geometry.ground_area import pixel_areas_km2
from ..geometry.land import LandOptions


@dataclass(frozen=True)
class RoughnessOptions:
    """What a user decides about the roughness.

    Attributes
    ----------
    resolution_m : float
        Ground spacing of the result: 100, or 50 for networks that want it.
    land : LandOptions
        What is land, and how far off the coast the sea begins.
    even_seams : bool
        Whether to take steps in brightness between sub-swaths out.
    """

    resolution_m: float = 100.0
    land: LandOptions = field(default_factory=LandOptions)
    even_seams: bool = False


@dataclass(frozen=True)
class Roughness:
    """A roughness raster on disk, -1 where nothing is known.

    Attributes
    ----------
    path : str
    shape : (lines, samples)
    spacing_m : (line, sample) or None
        None for an imagette, whose size on the ground no file says.
    georeference : Georeference
    median : float
        Of all known pixels, however sparse.
    acquired : datetime or None
        UTC.
    notes, warnings : tuple of str
        What was decided, and what to know before trusting the result.
    """

    path: str
    shape: tuple[int, int]
    spacing_m: Optional[tuple[float, float]]
    georeference: Georeference
    median: float
    acquired: Optional[datetime]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def ground_spacing_m(self) -> tuple[float, float]:
        """Ground spacing along lines and samples; without a place on earth, an imagette's nominal one."""
        if self.spacing_m is None or not self.georeference.known:
            return NOMINAL_SIDE_M / self.shape[0], NOMINAL_SIDE_M / self.shape[1]
        return self.spacing_m

    def pixel_areas_km2(self, step: int, shape: tuple[int, int]) -> Array:
        """Return a pixel's ground area in each of (rows, columns) cells, ``step`` pixels wide and high."""
        # On the ground, cell by cell: away from its central meridian a map's metres are not the ground's.
        if not self.georeference.known:
            line_m, sample_m = self.ground_spacing_m
            return np.full(shape, line_m * sample_m / 1e6)
        return pixel_areas_km2(self.georeference.coarsened(step, step), shape) / step**2
