"""Where pixels lie: radar geometry by ground control points, maps by an affine.

Control points are kept on the ellipsoid (h = 0, the sea) in metres of a Lambert azimuthal equal-area
projection centred on the scene: unlike degrees these know neither antimeridian nor poles, and a thin-plate
spline through them is accurate to metres where a single affine is kilometres off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Optional

import numpy as np
from osgeo import gdal, osr

from ..errors import InputError
from ..files.raster import attempt
from .projections import centre_of, laea, on_earth, spatial_reference, transform

# GDAL's geotransform: x0, x per sample, x per line, y0, y per sample, y per line.
Affine = tuple[float, float, float, float, float, float]

_LATTICE = 33
_FEWEST_POINTS = 4


class GroundPoint(NamedTuple):
    """A control point: position in the raster (0: outer corner of the first pixel) and on the ground."""

    sample: float
    line: float
    x_m: float
    y_m: float


@dataclass(frozen=True)
class Georeference:
    """Where a raster lies: an affine in a map, control points in radar geometry, or unknown (an imagette)."""

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
        """Read the georeference of an open raster.

        ``incidence_deg`` brings control points in degrees from their own height down to the sea.
        """
        affine = dataset.GetGeoTransform(can_return_null=True)
        if affine and on_earth(dataset.GetProjection()):
            return cls(dataset.GetProjection(), tuple(affine))
        gcps = dataset.GetGCPs()
        if len(gcps) < _FEWEST_POINTS or not dataset.GetGCPProjection():
            return cls()
        return _of_gcps(dataset, spatial_reference(dataset.GetGCPProjection()), incidence_deg)

    def coarsened(self, step_line: float, step_sample: float) -> Georeference:
        """Return the georeference of cells of this many pixels that start in the same corner."""
        affine = self.affine
        if affine is not None:
            x0, xs, xl, y0, ys, yl = affine
            affine = (x0, xs * step_sample, xl * step_line, y0, ys * step_sample, yl * step_line)
        gcps = tuple(g._replace(sample=g.sample / step_sample, line=g.line / step_line) for g in self.gcps)
        return replace(self, affine=affine, gcps=gcps)

    def write_to(self, dataset: gdal.Dataset) -> None:
        """Store it in a raster that is being written."""
        if self.is_map:
            dataset.SetProjection(self.wkt)
            dataset.SetGeoTransform(self.affine)
        elif self.known:
            points = [
                gdal.GCP(g.x_m, g.y_m, 0.0, g.sample, g.line, "", str(i)) for i, g in enumerate(self.gcps)
            ]
            dataset.SetGCPs(points, self.wkt)

    def locate(self, samples: np.ndarray, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return x and y, in its own coordinate system, of raster positions (0: outer corner)."""
        samples, lines = np.broadcast_arrays(np.asarray(samples, float), np.asarray(lines, float))
        if self.affine is not None:
            x0, xs, xl, y0, ys, yl = self.affine
            return x0 + xs * samples + xl * lines, y0 + ys * samples + yl * lines
        points = np.column_stack([samples.ravel(), lines.ravel()])
        located = np.array(self._spline().TransformPoints(False, points.tolist())[0])
        return located[:, 0].reshape(samples.shape), located[:, 1].reshape(samples.shape)

    def _spline(self) -> gdal.Transformer:
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
    """Control points as products give them; positions in the raster count from its outer corner."""

    samples: np.ndarray
    lines: np.ndarray
    longitudes: np.ndarray
    latitudes: np.ndarray
    heights_m: np.ndarray
    incidences_deg: np.ndarray


def from_survey(points: SurveyPoints) -> Georeference:
    """Bring control points down to the sea along range and project them around the scene's centre.

    The radar sees a point at height h at the range of a sea point that lies h / tan(incidence) nearer to it.
    """
    projection = laea(*centre_of(points.longitudes, points.latitudes))
    x, y = transform(spatial_reference("EPSG:4326"), projection, points.longitudes, points.latitudes)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError("The control points of the raster are no places on Earth; use the original product.")
    shift = -points.heights_m / np.tan(np.deg2rad(points.incidences_deg))
    east, north = _range_direction(points, x, y)
    rows = np.column_stack([points.samples, points.lines, x + shift * east, y + shift * north])
    return Georeference(projection.ExportToWkt(), gcps=tuple(GroundPoint(*row) for row in rows.tolist()))


def _range_direction(points: SurveyPoints, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return unit vectors of growing sample, from a quadratic surface that heights cannot disturb much."""
    s, t = (v / max(np.ptp(v), 1.0) for v in (points.samples, points.lines))
    basis = np.column_stack([np.ones_like(s), s, t, s * t, s**2, t**2])
    slope = np.column_stack([np.zeros_like(s), np.ones_like(s), 0 * s, t, 2 * s, 0 * s])
    coefficients = np.linalg.lstsq(basis, np.column_stack([x, y]), rcond=None)[0]
    direction = slope @ coefficients
    east, north = (direction / np.linalg.norm(direction, axis=1, keepdims=True)).T
    return east, north


def _of_gcps(
    dataset: gdal.Dataset, reference: osr.SpatialReference, incidence_deg: float | None
) -> Georeference:
    values = np.array([(g.GCPPixel, g.GCPLine, g.GCPX, g.GCPY, g.GCPZ) for g in dataset.GetGCPs()], float)
    samples, lines, x, y, heights = values.T
    if not reference.IsGeographic():
        rows = np.column_stack([samples, lines, x, y]).tolist()
        return Georeference(reference.ExportToWkt(), gcps=tuple(GroundPoint(*row) for row in rows))
    if incidence_deg is None:
        # Straight down is no shift at all.
        heights = np.zeros_like(heights)
    samples, lines = _from_corner(samples, dataset.RasterXSize), _from_corner(lines, dataset.RasterYSize)
    incidences = np.full_like(heights, incidence_deg or 45.0)
    return from_survey(SurveyPoints(samples, lines, x, y, heights, incidences))


def _from_corner(positions: np.ndarray, pixels: int) -> np.ndarray:
    """Count positions along one side of a raster from its outer corner, as GDAL does.

    ESA's measurements count from the first pixel's centre, and GDAL does not always know: their points run
    from exactly 0 to one pixel (of the original, where the image was decimated) before the far edge.
    """
    gap = pixels - positions.max()
    return positions + gap / 2 if positions.min() == 0 and 0 < gap <= 1 else positions


def ground_spacing(georeference: Georeference, shape: tuple[int, int]) -> tuple[float, float]:
    """Return metres on the ground per line and per sample, in the middle of a raster."""
    lines, samples = shape
    reach = max(1.0, min(shape) / 8)
    offsets = np.array([(0, 0), (reach, 0), (-reach, 0), (0, reach), (0, -reach)]) / 2
    x, y = georeference.locate(samples / 2 + offsets[:, 0], lines / 2 + offsets[:, 1])
    own, degrees = spatial_reference(georeference.wkt), spatial_reference("EPSG:4326")
    lon, lat = transform(own, degrees, x, y)
    x, y = transform(degrees, laea(lon[0], lat[0]), lon, lat)
    return float(np.hypot(x[3] - x[4], y[3] - y[4]) / reach), float(
        np.hypot(x[1] - x[2], y[1] - y[2]) / reach
    )


def lattice(georeference: Georeference, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y, in its own coordinate system, of a lattice that spans a raster edge to edge."""
    lines, samples = np.meshgrid(*(np.linspace(0, n, _LATTICE) for n in shape), indexing="ij")
    return georeference.locate(samples, lines)


def lattice_degrees(georeference: Georeference, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes of the nodes of `lattice`; not finite where there is no such place."""
    own, degrees = spatial_reference(georeference.wkt), spatial_reference("EPSG:4326")
    return transform(own, degrees, *lattice(georeference, shape))


# Side of a wave-mode imagette, assumed of images that know no place on earth.
NOMINAL_SIDE_M = 20_000.0
