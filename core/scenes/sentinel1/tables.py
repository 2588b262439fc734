# SPDX-License-Identifier: GPL-2.0-or-later
"""What the XML of a Sentinel-1 level-1 product says of its pixels: calibration, incidence, where they lie.

Source: ESA, Sentinel-1 Product Specification (S1-RS-MDA-52-7441).
Positions count pixel centres: 0 is the middle of the first line or sample.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.interpolate import RectBivariateSpline

from ...arrays import Array
from ...errors import InputError
from ...files.xml_file import Node
from ...geometry.georeference import Georeference, SurveyPoints, from_survey
from .grid_completion import complete


@dataclass(frozen=True)
class Table:
    """Vectors of values along some lines, each with its own sample positions.

    Attributes
    ----------
    lines : (vectors,)
        Growing; the first may lie before the image, the last within it.
    samples, values : tuple of (points,)
        Of each vector; their lengths need not be alike.
    """

    lines: Array
    samples: tuple[Array, ...]
    values: tuple[Array, ...]

    @classmethod
    def read(cls, vectors: list[Node], name: str) -> Table:
        """Read all vectors of a list; ``name`` is the element with the values."""
        lines = np.array([v.number("line") for v in vectors])
        samples = tuple(v.numbers("pixel") for v in vectors)
        values = tuple(v.numbers(name) for v in vectors)
        order = np.argsort(lines, kind="stable")
        consistent = all(s.size == v.size and (np.diff(s) > 0).all() for s, v in zip(samples, values))
        # A table that contradicts itself comes from a download that broke off or a file that was edited.
        if not len(vectors) or not consistent:
            raise InputError(f"The product's {name} table is inconsistent; download it again.")
        return cls(lines[order], tuple(samples[i] for i in order), tuple(values[i] for i in order))

    def scaled(self, factor: float) -> Table:
        """Return the table with all values multiplied."""
        return replace(self, values=tuple(v * factor for v in self.values))

    def known(self) -> Table:
        """Return the table without what is missing: in tables of noise, zeros."""
        # Vectors of nothing but zeros go, too: their neighbours stand for them.
        kept = [i for i, v in enumerate(self.values) if (v > 0).any()]
        positive = [self.values[i] > 0 for i in kept]
        return Table(
            self.lines[kept],
            tuple(self.samples[i][p] for i, p in zip(kept, positive)),
            tuple(self.values[i][p] for i, p in zip(kept, positive)),
        )

    def across(self, samples: Array) -> Array:
        """Return values (vectors, samples), interpolated along each vector and constant beyond its ends."""
        return np.array([np.interp(samples, s, v) for s, v in zip(self.samples, self.values)])

    def linear(self, across: Array, lines: Array) -> Array:
        """Return values (lines, samples) of `across`, interpolated between vectors."""
        # Before the first vector and behind the last their values hold: the last one of wave mode may lie
        # inside the image.
        position = np.interp(lines, self.lines, np.arange(self.lines.size))
        low = np.minimum(position.astype(int), max(self.lines.size - 2, 0))
        high = np.minimum(low + 1, self.lines.size - 1)
        share = (position - low)[:, None]
        between: Array = (1 - share) * across[low] + share * across[high]
        return between

    def nearest(self, across: Array, lines: Array) -> Array:
        """Return values (lines, samples) of `across` from the nearest vector."""
        nearest = np.abs(lines[:, None] - self.lines[None, :]).argmin(axis=1)
        values: Array = across[nearest]
        return values


def read_calibration(root: Node) -> Table:
    """Return A of sigma0 = DN² / A²."""
    table = Table.read(root.all("calibrationVectorList/calibrationVector"), "sigmaNought")
    if min(v.min() for v in table.values) <= 0:
        raise InputError("The product's calibration is not positive everywhere; download it again.")
    return table


@dataclass(frozen=True)
class PointGrid:
    """The geolocation grid: where points every few kilometres of the image lie.

    Attributes
    ----------
    lines : (L,)
    samples : (P,)
        Positions in the image.
    longitudes, latitudes : (L, P)
        Degrees.
    heights_m : (L, P)
        Above the ellipsoid: of the terrain, so that the sea has another place at the same range.
    incidences_deg : (L, P)
    """

    lines: Array
    samples: Array
    longitudes: Array
    latitudes: Array
    heights_m: Array
    incidences_deg: Array

    def incidence(self, lines: Array, samples: Array) -> Array:
        """Return degrees (lines, samples) by a two-dimensional spline."""
        incidence: Array = self._incidence(lines, samples)
        return incidence

    @cached_property
    def _incidence(self) -> RectBivariateSpline:
        # Incidence is curved along range: a straight line between the edges of a swath errs by 0.66 degrees,
        # one from point to point by up to 0.03.
        along, across = (min(3, positions.size - 1) for positions in (self.lines, self.samples))
        return RectBivariateSpline(self.lines, self.samples, self.incidences_deg, kx=along, ky=across)

    def georeference(
        self, stretch_line: float = 1.0, stretch_sample: float = 1.0, start: tuple[float, float] = (0.0, 0.0)
    ) -> Georeference:
        """Return the control points of a raster with this many annotated pixels in each of its own.

        ``start`` is the line and sample, from the outer corner, at which it begins in the annotated image.
        """
        # Annotated positions count pixel centres, control points from the outer corner.
        lines, samples = np.meshgrid(
            (self.lines + 0.5 - start[0]) / stretch_line,
            (self.samples + 0.5 - start[1]) / stretch_sample,
            indexing="ij",
        )
        ground = (self.longitudes, self.latitudes, self.heights_m, self.incidences_deg)
        return from_survey(SurveyPoints(samples.ravel(), lines.ravel(), *(v.ravel() for v in ground)))


def read_grid(root: Node) -> PointGrid:
    """Return the geolocation grid of an annotation."""
    points = root.all("geolocationGrid/geolocationGridPointList/geolocationGridPoint")
    names = ("line", "pixel", "longitude", "latitude", "height", "incidenceAngle")
    table = np.array([[p.number(name) for name in names] for p in points]).reshape(-1, len(names))
    # Points come in the order of time and range, but nothing says that they must.
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    lines, samples = np.unique(table[:, 0]), np.unique(table[:, 1])
    if min(lines.size, samples.size) < 2:
        raise InputError("The geolocation grid of the product is incomplete; download the product again.")
    if not ((table[:, 5] > 0) & (table[:, 5] < 90)).all():
        raise InputError("The incidence angles of the product are impossible; download the product again.")
    distinct = len(np.unique(table[:, :2], axis=0))
    if distinct == len(table) == lines.size * samples.size:
        return PointGrid(lines, samples, *table[:, 2:].T.reshape(4, lines.size, samples.size))
    lines, samples, values = complete(table)
    return PointGrid(lines, samples, *np.moveaxis(values, -1, 0))
