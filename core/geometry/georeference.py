# SPDX-License-Identifier: GPL-2.0-or-later
"""Where pixels lie: radar geometry by ground control points, maps by an affine.

Control points are kept on the ellipsoid (h = 0, the sea) in metres of a Lambert azimuthal equal-area
projection centred on the scene: unlike degrees these know neither antimeridian nor poles, and a thin-plate
spline through them is accurate to metres where a single affine is two kilometres off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Optional

import numpy as np
from osgeo import gdal, osr

from ..arrays import Array
from ..errors import InputError
from ..files.gdal_calls import attempt
from .control_points import from_outer_corner, range_direction
from .projections import centre_of, laea, on_earth, spatial_reference, transform

# GDAL's geotransform: x0, x per sample, x per line, y0, y per sample, y per line.
Affine = tuple[float, float, float, float, float, float]

# Side of a wave-mode imagette, assumed of images that know no place on earth.
NOMINAL_SIDE_M = 20_000.0
_FEWEST_POINTS = 4


class GroundPoint(NamedTuple):
    """A control point.

    Attributes
    ----------
    sample, line : float
        Position in the raster; 0 is the outer corner of the first pixel.
    x_m, y_m : float
        On the ground, in the georeference's coordinate system.
    """

    sample: float
    line: float
    x_m: float
    y_m: float


@dataclass(frozen=True)
class Georeference:
    """Where a raster lies: an affine in a map, control points in radar geometry, or unknown (an imagette).

    Attributes
    ----------
    wkt : str
        Coordinate system of the affine or of the control points; empty where none is known.
    affine : six floats or None
        GDAL's geotransform of a raster that is a map.
    gcps : tuple of GroundPoint
        Of a raster in radar geometry.
    """

    wkt: str = ""
    affine: Optional[Affine] = None
    gcps: tuple[GroundPoint, ...] = ()

    @property
    def known(self) -> bool:
        """True where there is a way to a map."""
        return bool(self.wkt) and (self.affine is not None or bool(self.gcps))

    @property
    def is_map(self) -> bool:
        """True for a raster that already is a map."""
        return self.known and self.affine is not None

    @classmethod
    def from_dataset(cls, dataset: gdal.Dataset, incidence_deg: float | None = None) -> Georeference:
        """Read it of an open raster; ``incidence_deg`` brings control points in degrees down to the sea."""
        # Without `can_return_null` a raster that lies nowhere has the identity, as if it were a map.
        affine = dataset.GetGeoTransform(can_return_null=True)
        if affine and on_earth(dataset.GetProjection()):
            return cls(dataset.GetProjection(), tuple(affine))
        gcps = dataset.GetGCPs()
        if len(gcps) < _FEWEST_POINTS or not dataset.GetGCPProjection():
            return cls()
        return _of_gcps(dataset, spatial_reference(dataset.GetGCPProjection()), incidence_deg)

    def coarsened(self, step_line: float, step_sample: float) -> Georeference:
        """Return the georeference of cells of this many pixels that start in the same corner."""
        # Positions count from the outer corner, which pixels and cells share: no half pixel here.
        affine = self.affine
        if affine is not None:
            x0, xs, xl, y0, ys, yl = affine
            affine = (x0, xs * step_sample, xl * step_line, y0, ys * step_sample, yl * step_line)
        gcps = tuple(g._replace(sample=g.sample / step_sample, line=g.line / step_line) for g in self.gcps)
        return replace(self, affine=affine, gcps=gcps)

    def write_to(self, dataset: gdal.Dataset) -> None:
        """Store it in a data set that is being written; one that is unknown leaves no trace."""
        if self.is_map:
            dataset.SetProjection(self.wkt)
            dataset.SetGeoTransform(self.affine)
        elif self.known:
            points = [
                gdal.GCP(g.x_m, g.y_m, 0.0, g.sample, g.line, "", str(i)) for i, g in enumerate(self.gcps)
            ]
            dataset.SetGCPs(points, self.wkt)

    def locate(self, samples: Array, lines: Array) -> tuple[Array, Array]:
        """Return x and y, in its own coordinate system, of raster positions (0: outer corner).

        ``samples`` and ``lines`` have shapes that broadcast against each other; x and y have the result's.
        """
        samples, lines = np.broadcast_arrays(np.asarray(samples, float), np.asarray(lines, float))
        if self.affine is not None:
            x0, xs, xl, y0, ys, yl = self.affine
            return x0 + xs * samples + xl * lines, y0 + ys * samples + yl * lines
        points = np.column_stack([samples.ravel(), lines.ravel()])
        located = np.array(self._spline().TransformPoints(False, points.tolist())[0])
        return located[:, 0].reshape(samples.shape), located[:, 1].reshape(samples.shape)

    def _spline(self) -> gdal.Transformer:
        # GDAL's own spline, as the warp uses it: what is located here lies where it is shown.
        dataset = gdal.GetDriverByName("MEM").Create("", 1, 1)
        self.write_to(dataset)
        spline = attempt(gdal.Transformer, dataset, None, ["METHOD=GCP_TPS"])
        if spline is None:
            raise InputError(
                "The control points of the raster contradict each other; use the original product."
            )
        return spline


@dataclass(frozen=True)
class SurveyPoints:
    """Control points as products give them.

    Attributes
    ----------
    samples, lines : (n,)
        Positions in the raster, from its outer corner.
    longitudes, latitudes, heights_m, incidences_deg : (n,)
        In degrees; heights above the ellipsoid, and the radar's angle to it.
    """

    samples: Array
    lines: Array
    longitudes: Array
    latitudes: Array
    heights_m: Array
    incidences_deg: Array


def from_survey(points: SurveyPoints) -> Georeference:
    """Bring control points down to the sea along range and project them around the scene's centre.

    The radar sees a point at height h at the range of a sea point that lies h / tan(incidence) nearer to it.
    """
    projection = laea(*centre_of(points.longitudes, points.latitudes))
    x, y = transform(spatial_reference("EPSG:4326"), projection, points.longitudes, points.latitudes)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError("The control points of the raster are no places on Earth; use the original product.")
    shift = -points.heights_m / np.tan(np.deg2rad(points.incidences_deg))
    east, north = range_direction(points.samples, points.lines, x, y)
    rows = np.column_stack([points.samples, points.lines, x + shift * east, y + shift * north])
    return Georeference(projection.ExportToWkt(), gcps=tuple(GroundPoint(*row) for row in rows.tolist()))


def _of_gcps(
    dataset: gdal.Dataset, reference: osr.SpatialReference, incidence_deg: float | None
) -> Georeference:
    values = np.array([(g.GCPPixel, g.GCPLine, g.GCPX, g.GCPY, g.GCPZ) for g in dataset.GetGCPs()], float)
    samples, lines, x, y, heights = values.T
    if not reference.IsGeographic():
        rows = np.column_stack([samples, lines, x, y]).tolist()
        return Georeference(reference.ExportToWkt(), gcps=tuple(GroundPoint(*row) for row in rows))
    if incidence_deg is None:
        # Straight down is no shift at all: better than a shift by an angle that nobody knows.
        heights = np.zeros_like(heights)
    samples = from_outer_corner(samples, dataset.RasterXSize)
    lines = from_outer_corner(lines, dataset.RasterYSize)
    # Where heights are zero any angle does, but for one without a tangent.
    incidences = np.full_like(heights, incidence_deg or 45.0)
    return from_survey(SurveyPoints(samples, lines, x, y, heights, incidences))


def ground_spacing(georeference: Georeference, shape: tuple[int, int]) -> tuple[float, float]:
    """Return metres on the ground per line and per sample in the middle of a raster of (lines, samples)."""
    lines, samples = shape
    # Over an eighth of the raster: the spline errs by metres, which is much of one pixel.
    reach = max(1.0, min(shape) / 8)
    offsets = np.array([(0, 0), (reach, 0), (-reach, 0), (0, reach), (0, -reach)]) / 2
    x, y = georeference.locate(samples / 2 + offsets[:, 0], lines / 2 + offsets[:, 1])
    own, degrees = spatial_reference(georeference.wkt), spatial_reference("EPSG:4326")
    lon, lat = transform(own, degrees, x, y)
    # The raster's own metres may be stretched, as Mercator's are; those of a projection centred here are not.
    x, y = transform(degrees, laea(lon[0], lat[0]), lon, lat)
    line_m, sample_m = (np.hypot(x[i] - x[i + 1], y[i] - y[i + 1]) / reach for i in (3, 1))
    return float(line_m), float(sample_m)
