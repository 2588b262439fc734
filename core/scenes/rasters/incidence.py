# SPDX-License-Identifier: GPL-2.0-or-later
"""Incidence angles without an annotation: from the swath's edges, a constant for instance, or a raster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from osgeo import gdal

from ...arrays import Array
from ...errors import InputError
from ...files.gdal_calls import short
from ...files.raster import read_lines
from ...geometry.projections import open_metric
from ...geometry.working_grid import PowerLines, WorkingGrid, cell_means
from .band_names import band_name, image_in, names_angle, names_local_angle
from .fill_values import KnownPixels

# A right angle is 1.57: a band whose typical angle is larger is in degrees, of which the sea is never seen at
# so few.
_LARGEST_RADIANS = 1.6
# Sentinel-1's orbit, on a sphere.
_EARTH_RADIUS_M, _ORBIT_HEIGHT_M = 6.371e6, 6.93e5


class Incidence(Protocol):
    """A source of incidence angles."""

    def rows(self, grid: WorkingGrid, start: int, stop: int) -> Array:
        """Return degrees (rows, columns) at cells; NaN where unknown."""


@dataclass(frozen=True)
class EdgeIncidence:
    """Angles at the left and right edges of the raster, alike for a constant; see `choose_incidence`.

    Between them the angle at the Earth's centre grows evenly, as seen from Sentinel-1's orbit; a straight
    line between the edges would err by 0.66° in an IW swath.

    Attributes
    ----------
    left_deg, right_deg : float
        At the outer edges of the first and the last sample.
    """

    left_deg: float
    right_deg: float

    @property
    def middle_deg(self) -> float:
        """Angle halfway."""
        return (self.left_deg + self.right_deg) / 2

    def rows(self, grid: WorkingGrid, start: int, stop: int) -> Array:
        """Return degrees (rows, columns)."""
        # Positions count pixel centres; the angles are those at the outer edges.
        share = (grid.samples.centres(0, grid.samples.cells) + 0.5) / grid.samples.pixels
        # From the law of sines in the triangle of radar, target and Earth's centre. A table of a hundredth of
        # a degree is looked up both ways, instead of solving for the angle.
        angles = np.linspace(0.0, 89.0, 8901)
        ratio = _EARTH_RADIUS_M / (_EARTH_RADIUS_M + _ORBIT_HEIGHT_M)
        central = angles - np.rad2deg(np.arcsin(ratio * np.sin(np.deg2rad(angles))))
        left, right = np.interp((self.left_deg, self.right_deg), angles, central)
        row = np.interp(left + (right - left) * share, central, angles)
        return np.broadcast_to(row, (stop - start, row.size))


@dataclass(frozen=True)
class RasterIncidence:
    """A band with angles, over the same area as the scene.

    Attributes
    ----------
    path : str
    band : int
        From 1.
    to_degrees : float
        What its values are multiplied with: 1, or degrees in a radian.
    """

    path: str
    band: int
    to_degrees: float

    @classmethod
    def from_band(cls, path: str, band: int) -> RasterIncidence:
        """Look at a band and recognise radians."""
        # GDAL frees a band with its data set: keep that.
        dataset = open_metric(path)
        values, known = KnownPixels(dataset.GetRasterBand(band)).sample()
        values = values[known & (values > 0)]
        # The median: slopes may look away from the radar, and fill need not be declared.
        typical = float(np.median(values)) if values.size else np.inf
        if typical > 90:
            raise InputError(
                f"Band {band} of {short(path)} holds no incidence angles (0 to 90 degrees).",
                option="incidence",
            )
        return cls(path, band, 1.0 if typical > _LARGEST_RADIANS else float(np.rad2deg(1.0)))

    def rows(self, grid: WorkingGrid, start: int, stop: int) -> Array:
        """Return degrees (rows, columns); NaN where the band has none."""
        dataset = open_metric(self.path)
        band = dataset.GetRasterBand(self.band)
        # The same cells over pixels that may have another size: angles vary slowly and often come coarser.
        own = WorkingGrid(grid.lines.over(band.YSize), grid.samples.over(band.XSize))

        def read(first: int, count: int) -> PowerLines:
            angles = read_lines(band, first, count).astype(np.float32) * np.float32(self.to_degrees)
            # What lies beyond is fill, whether it was declared or not; a cell without an angle is unknown.
            known = (angles > 0) & (angles < 90)
            return np.where(known, angles, 0), known

        return cell_means(read, own, start, stop)


def angle_band(dataset: gdal.Dataset, image: int = 0) -> int:
    """Return the number of the band that is named like an incidence angle, 0 where there is none.

    Of several it is that of band ``image``, by their names: `1_angle` belongs to `1_VV`. `InputError` where
    they are of several dates or orbits, none of them that of the image.
    """
    names = {i: band_name(dataset, i) for i in range(1, dataset.RasterCount + 1)}
    found = [i for i, name in names.items() if i != image and names_angle(name)]
    # The angle to the ellipsoid is that to the sea; a local one follows the terrain.
    found.sort(key=lambda i: names_local_angle(names[i]))
    same = [i for i in found if image_in(names[i]) == image_in(names.get(image, ""))]
    # Angles of two passes over one place may differ by 15 degrees.
    if image and not same and len({image_in(names[i]) for i in found}) > 1:
        listed = ", ".join(f"band:{i} {names[i]}" for i in found[:6])
        raise InputError(
            f"{short(dataset.GetDescription())} holds several incidence angles ({listed}), and none is named "
            "like the image; say which.",
            option="incidence",
        )
    return next(iter(same or found), 0)
