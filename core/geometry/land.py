"""Land and a strip of coast, from any polygon file, on the working grid of a scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from osgeo import gdal, gdal_array, ogr
from scipy.interpolate import RectBivariateSpline

from ..errors import OptionError
from ..files.raster import attempt, short
from .georeference import Georeference, ground_spacing, lattice_degrees
from .land_polygons import open_polygons, polygons_within, reference_of
from .map_grid import MapGrid, map_grid
from .projections import METRES_PER_DEGREE, centre_of, spatial_reference, transformation

_ROWS = 256
_LOCATE_LATTICE = 65


@dataclass(frozen=True)
class LandOptions:
    """Where land is.

    Attributes
    ----------
    source : str
        ``none``, or the path of a polygon file, with QGIS's ``|layername=name``, ``|layerid=0`` and
        ``|subset=…`` where it is not all of it.
    buffer_km : float
        Width of the coast strip that is left out too.
    """

    source: str = "none"
    buffer_km: float = 1.0


def land_mask(
    georeference: Georeference, shape: tuple[int, int], options: LandOptions
) -> Optional[np.ndarray]:
    """Return True where there is land or coast (rows, columns); None where no mask is wanted or possible.

    Raises
    ------
    OptionError
        The file is missing or holds no polygons.
    """
    if options.source.strip().lower() in ("", "none") or not georeference.known:
        return None
    if not 0 <= options.buffer_km <= 100:
        raise OptionError(f"A coast buffer of {options.buffer_km:g} km makes no sense; choose 0 to 100.")
    spacing_m = float(np.mean(ground_spacing(georeference, shape)))
    grid = map_grid(georeference, shape, georeference.wkt, spacing_m)
    land = _burn(grid, options, _degrees(georeference, shape, options.buffer_km))
    _widen(land, options.buffer_km * 1000 / spacing_m)
    return land if georeference.is_map else _look_up(land, grid, georeference, shape)


def _degrees(
    georeference: Georeference, shape: tuple[int, int], buffer_km: float
) -> list[tuple[float, float, float, float]]:
    """Boxes (west, south, east, north) around a scene, none across the antimeridian."""
    lon, lat = lattice_degrees(georeference, shape)
    lon, lat = lon[np.isfinite(lon)], lat[np.isfinite(lat)]
    margin = 0.2 + buffer_km * 1000 / METRES_PER_DEGREE
    south, north = max(lat.min() - margin, -90.0), min(lat.max() + margin, 90.0)
    centre = centre_of(lon, np.zeros_like(lon))[0]
    offset = (lon - centre + 180) % 360 - 180
    margin /= max(np.cos(np.deg2rad(max(abs(south), abs(north)))), 1e-2)
    west, east = centre + offset.min() - margin, centre + offset.max() + margin
    if east - west > 180 or max(abs(south), abs(north)) > 89:
        # Around a pole there are all longitudes, and latitudes up to it.
        return [(-180.0, south if south > 0 else -90.0, 180.0, 90.0 if north > 0 else north)]
    if west < -180:
        return [(-180.0, south, east, north), (west + 360, south, 180.0, north)]
    if east > 180:
        return [(west, south, 180.0, north), (-180.0, south, east - 360, north)]
    return [(west, south, east, north)]


def _burn(grid: MapGrid, options: LandOptions, boxes: list[tuple[float, float, float, float]]) -> np.ndarray:
    """Draw the polygons inside the boxes on a map grid: True is land."""
    land = np.zeros(grid.shape, np.uint8)
    raster = gdal_array.OpenArray(land)
    raster.SetGeoTransform(grid.affine)
    raster.SetProjection(grid.wkt)
    target = spatial_reference(grid.wkt)
    dataset, source = open_polygons(options.source)
    own = reference_of(source)
    memory = ogr.GetDriverByName("Memory").CreateDataSource("")
    drawing = memory.CreateLayer("", target, ogr.wkbUnknown)
    change = transformation(own, target)
    if change is None:
        raise OptionError(
            f"{short(options.source)} has a coordinate system that is of no place on earth; give it its own."
        )
    for box in boxes:
        for polygon in polygons_within(source, own, box):
            if attempt(polygon.Transform, change) == 0:
                feature = ogr.Feature(drawing.GetLayerDefn())
                feature.SetGeometry(polygon)
                drawing.CreateFeature(feature)
    gdal.RasterizeLayer(raster, [1], drawing, burn_values=[1])
    raster.FlushCache()
    del dataset
    return land.view(bool)


def _widen(land: np.ndarray, buffer_pixels: float) -> None:
    """Add all within a distance of land, in place: a whole scene is held but once."""
    if buffer_pixels < 0.5 or not land.any():
        return
    # For bytes GDAL would make a temporary file.
    near = np.zeros(land.shape, np.int16)
    source, target = gdal_array.OpenArray(land.view(np.uint8)), gdal_array.OpenArray(near)
    options = ["VALUES=1", f"MAXDIST={buffer_pixels}", "FIXED_BUF_VAL=1", "NODATA=0"]
    gdal.ComputeProximity(source.GetRasterBand(1), target.GetRasterBand(1), options)
    target.FlushCache()
    np.logical_or(land, near, out=land)


def _look_up(
    land: np.ndarray, grid: MapGrid, georeference: Georeference, shape: tuple[int, int]
) -> np.ndarray:
    """Read a mask on a map at the cells of a raster in radar geometry."""
    lines, samples = (np.linspace(0, n, min(_LOCATE_LATTICE, n + 1)) for n in shape)
    x, y = georeference.locate(samples[None, :], lines[:, None])
    order = {"kx": min(3, lines.size - 1), "ky": min(3, samples.size - 1)}
    columns = RectBivariateSpline(lines, samples, (x - grid.affine[0]) / grid.affine[1], **order)
    rows = RectBivariateSpline(lines, samples, (y - grid.affine[3]) / grid.affine[5], **order)
    mask = np.empty(shape, bool)
    across = np.arange(shape[1]) + 0.5
    for start in range(0, shape[0], _ROWS):
        along = np.arange(start, min(start + _ROWS, shape[0])) + 0.5
        row = np.clip(rows(along, across).astype(int), 0, land.shape[0] - 1)
        column = np.clip(columns(along, across).astype(int), 0, land.shape[1] - 1)
        mask[start : start + _ROWS] = land[row, column]
    return mask
