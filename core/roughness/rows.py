# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of a scene, turned into rows of roughness: the arithmetic of `metocean.core.roughness.prepare`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional

import numpy as np

from ..arrays import Array
from ..classes import NODATA
from ..cmod5n import look_up_reference
from ..feedback import Feedback
from ..geometry.working_grid import WorkingGrid
from ..quantity import LARGEST
from ..scenes.types.scene import Quantity, Reader, Scene
from .detrend import Trend, TrendShape, fit_trend
from .seams import SeamCorrection


@dataclass(frozen=True)
class RoughnessRows:
    """Turns rows of a scene into rows of roughness.

    Attributes
    ----------
    reader : Reader
        Gives power and incidence of the scene.
    quantity : Quantity
        What the power of the scene is.
    land : (lines, samples) bool or None
        True on land and the coast before it, where no sea is to be seen.
    trend : Trend or None
        Divides power whose level, or trend across the swath, is unknown.
    seam_correction : SeamCorrection or None
        Takes steps between sub-swaths out.
    """

    reader: Reader
    quantity: Quantity
    land: Optional[Array]
    trend: Optional[Trend] = None
    seam_correction: Optional[SeamCorrection] = None

    @classmethod
    def from_scene(
        cls, scene: Scene, grid: WorkingGrid, land: Optional[Array], feedback: Feedback
    ) -> RoughnessRows:
        """Open a scene for a working grid; where its level is unknown, fit it to the sea that is seen.

        Parameters
        ----------
        scene : Scene
        grid : WorkingGrid
            Over the scene's pixels.
        land : (lines, samples) bool or None
            On the cells of ``grid``.
        feedback : Feedback
            For the fit alone, which reads a part of the scene.
        """
        plain = cls(scene.source.reader(grid), scene.quantity, land)
        # Calibrated and with its angles, a dark sea is one of low wind: nothing may be fitted to it.
        if scene.quantity is not Quantity.RELATIVE:
            return plain
        # In radar geometry range runs along the columns; on a map it runs in any direction.
        shape = TrendShape.PLANE if scene.georeference.is_map else TrendShape.RANGE
        first = grid.chunks()[0]
        if plain.reader.rows(first[0], first[0] + 1)[1] is not None:
            # The angle is known: only the level is not.
            shape = TrendShape.CONSTANT
        trend = fit_trend(shape, grid.shape, grid.chunks(), plain.ratio, feedback)
        return replace(plain, trend=trend)

    def ratio(self, start: int, stop: int) -> Array:
        """Return power over what the reference sea would give, (rows, columns); NaN where unknown or land."""
        power, incidence = self.reader.rows(start, stop)
        if incidence is not None:
            power = power / look_up_reference(incidence)
            if self.quantity is Quantity.RELATIVE:
                # DN² of Sentinel-1's detected products go with beta0 = sigma0 / sin(incidence).
                power = power * np.sin(np.deg2rad(incidence))
        if self.land is not None:
            power[self.land[start:stop]] = np.nan
        return power

    def rows(self, start: int, stop: int) -> Array:
        """Return sqrt roughness (rows, columns) float32, `NODATA` where it is unknown.

        Called by several threads at a time, it changes nothing.
        """
        ratio = self.ratio(start, stop)
        # Seams first: the trend is fitted over all sub-swaths, and would bend around a step.
        if self.seam_correction is not None:
            ratio = self.seam_correction.rows(ratio, start)
        if self.trend is not None:
            ratio = ratio / self.trend.rows(start, stop)
        # Ships and land are brighter than any sea; networks never saw more than this.
        roughness = np.minimum(np.sqrt(ratio), LARGEST).astype(np.float32)
        return np.where(np.isnan(roughness), np.float32(NODATA), roughness)
