# SPDX-License-Identifier: GPL-2.0-or-later
"""The pixels of a plain raster whose units are known, as linear power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np

from ...arrays import Array
from ...cmod5n import vv_over_hh
from ...geometry.projections import open_metric
from ...geometry.working_grid import PowerLines, WorkingGrid, cell_means
from .fill_values import KnownPixels, Range
from .incidence import Incidence
from .unit_table import Law, Measure, Units


@dataclass(frozen=True)
class BandSource:
    """A band in known units.

    Attributes
    ----------
    path : str
    band : int
        From 1.
    units : Units
    polarisation : str
        HH is brought to VV where the incidence is known; anything else is taken for VV.
    scale : float
        Brings stored values that are roughness to the range 0 to 2.
    incidence : Incidence or None
        Makes sigma0 of gamma0, too.
    fill : tuple of Range
        Values that say nothing, though the file does not declare them.
    """

    path: str
    band: int
    units: Units
    polarisation: str = ""
    scale: float = 1.0
    incidence: Optional[Incidence] = None
    fill: tuple[Range, ...] = ()

    def reader(self, grid: WorkingGrid) -> BandReader:
        """Return what computes the rows of a working grid."""
        return BandReader(self, grid)


class BandReader:
    """Rows of power: sigma0, gamma0, DN² or roughness, by the units of the band."""

    def __init__(self, source: BandSource, grid: WorkingGrid) -> None:
        self._source, self._grid = source, grid
        self._dataset = open_metric(source.path)
        self._pixels = KnownPixels(self._dataset.GetRasterBand(source.band), source.fill)

    def rows(self, start: int, stop: int) -> tuple[Array, Optional[Array]]:
        """Return power of VV (NaN where unknown) and degrees, both (rows, columns); None without."""
        # Clipped after averaging, never before: subtracted noise leaves pixels below zero as often as above,
        # and without them the mean of calm sea would be too bright.
        power = np.maximum(cell_means(self._read, self._grid, start, stop), 0.0)
        if self._source.incidence is None:
            return power, None
        incidence = self._source.incidence.rows(self._grid, start, stop)
        if self._source.units.measure is Measure.GAMMA0:
            # gamma0 = sigma0 / cos(incidence) by definition, with the angle to the ellipsoid; over the sea,
            # which is flat, that of terrain correction is the same.
            power = power * np.cos(np.deg2rad(incidence))
        if self._source.polarisation == "HH":
            power = power * vv_over_hh(incidence)
        return power, incidence

    def _read(self, first: int, count: int) -> PowerLines:
        values, known = self._pixels.lines(first, count)
        # Negative sigma0 is what noise subtraction leaves, and no fill as zero is. Roughness has another
        # rule: ours is -1 where it is unknown, and zero in it is calm sea.
        known &= (
            values >= 0 if self._source.units.measure is Measure.ROUGHNESS else values != self._pixels.zero
        )
        # Fill goes before the law is applied: ten to the power of 1e20 would overflow.
        power = self._power(np.where(known, values, 0).astype(np.float64))
        return np.where(known, power, 0), None if known.all() else known

    def _power(self, values: Array) -> Array:
        units = self._source.units
        if units.law is Law.DECIBEL:
            return 10.0 ** (values / 10.0)
        if units.law is Law.POWER:
            return values
        return (values * (self._source.scale if units.measure is Measure.ROUGHNESS else 1.0)) ** 2
