# SPDX-License-Identifier: GPL-2.0-or-later
"""Land and a strip of coast, from any polygon file, on the working grid of a scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from osgeo import gdal, gdal_array, ogr, osr
from scipy.interpolate import RectBivariateSpline

from ..arrays import Array
from ..errors import OptionError
from ..files.gdal_calls import attempt, short
from .georeference import Georeference, ground_spacing
from .land_polygons import open_polygons, polygons_within, reference_of
from .lattice import lattice_degrees
from .map_grid import MapGrid, map_grid
from .projections import METRES_PER_DEGREE, centre_of, spatial_reference, transformation

# Rows whose places are looked up together: places are two float64 for each cell, the mask is one byte.
_ROWS = 256
# Nodes along each side where cells of a swath are located exactly. A thin-plate spline adds up all control
# points for each place, which takes long; between the nodes a bicubic spline follows it.
_LOCATE_LATTICE = 65
# (west, south, east, north) in degrees.
Box = tuple[float, float, float, float]


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


def land_mask(georeference: Georeference, shape: tuple[int, int], options: LandOptions) -> Optional[Array]:
    """Return True where there is land or coast (rows, columns); None where no mask is wanted or possible.

    Parameters
    ----------
    georeference : Georeference
        Of the working grid.
    shape : (rows, columns)
        Of the working grid.
    options : LandOptions

    Raises
    ------
    OptionError
        The file is missing or holds no polygons, or the buffer is not between 0 and 100 km.
    """
    if options.source.strip().lower() in ("", "none") or not georeference.known:
        return None
    if not 0 <= options.buffer_km <= 100:
        raise OptionError(
            f"A coast buffer of {options.buffer_km:g} km makes no sense; choose 0 to 100.", option="buffer_km"
        )
    # Drawn on a map, where a buffer in kilometres is the same in all directions, and then looked up in radar
    # geometry, whose cells have no straight edges on any map.
    spacing_m = float(np.mean(ground_spacing(georeference, shape)))
    grid = map_grid(georeference, shape, georeference.wkt, spacing_m)
    land = _burn(grid, options.source, _degrees(georeference, shape, options.buffer_km))
    _widen(land, options.buffer_km * 1000 / spacing_m)
    return land if georeference.is_map else _look_up(land, grid, georeference, shape)


def _degrees(georeference: Georeference, shape: tuple[int, int], buffer_km: float) -> list[Box]:
    """Return boxes that hold a scene and its coast, none across the antimeridian: polygons end there."""
    lon, lat = lattice_degrees(georeference, shape)
    lon, lat = lon[np.isfinite(lon)], lat[np.isfinite(lat)]
    margin = 0.2 + buffer_km * 1000 / METRES_PER_DEGREE
    south, north = max(lat.min() - margin, -90.0), min(lat.max() + margin, 90.0)
    # Longitudes as offsets from the middle, -180 to 180: least and largest of them jump nowhere.
    centre = centre_of(lon, np.zeros_like(lon))[0]
    offset = (lon - centre + 180) % 360 - 180
    # A kilometre is the more degrees of longitude, the nearer the pole is.
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


def _burn(grid: MapGrid, source: str, boxes: list[Box]) -> Array:
    """Draw the polygons inside the boxes on a map grid: True is land."""
    land = np.zeros(grid.shape, np.uint8)
    # GDAL draws into numpy's own memory: a whole scene is held but once.
    raster = gdal_array.OpenArray(land)
    raster.SetGeoTransform(grid.affine)
    raster.SetProjection(grid.wkt)
    drawing = _drawing(spatial_reference(grid.wkt), source, boxes)
    gdal.RasterizeLayer(raster, [1], drawing.GetLayer(0), burn_values=[1])
    raster.FlushCache()
    return land.view(bool)


def _drawing(target: osr.SpatialReference, source: str, boxes: list[Box]) -> ogr.DataSource:
    """Return one layer in memory, in a map's coordinate system, of the polygons inside the boxes."""
    dataset, layer = open_polygons(source)
    own = reference_of(layer)
    change = transformation(own, target)
    if change is None:
        raise OptionError(
            f"{short(source)} has a coordinate system that is of no place on earth; give it its own.",
            option="land",
        )
    memory = ogr.GetDriverByName("Memory").CreateDataSource("")
    drawing = memory.CreateLayer("", target, ogr.wkbUnknown)
    # Cut to the boxes before they are transformed: a continent may reach to where the map shows nothing.
    for box in boxes:
        for polygon in polygons_within(layer, own, box):
            if attempt(polygon.Transform, change) == 0:
                feature = ogr.Feature(drawing.GetLayerDefn())
                feature.SetGeometry(polygon)
                drawing.CreateFeature(feature)
    # Until here: GDAL frees a layer with its data set.
    del dataset
    return memory


def _widen(land: Array, buffer_pixels: float) -> None:
    """Add all within a distance of land, in place: a whole scene is held but once."""
    # Distances are between centres of pixels: so short a one reaches no neighbour.
    if buffer_pixels < 0.5 or not land.any():
        return
    # For bytes GDAL would make a temporary file.
    near = np.zeros(land.shape, np.int16)
    source, target = gdal_array.OpenArray(land.view(np.uint8)), gdal_array.OpenArray(near)
    options = ["VALUES=1", f"MAXDIST={buffer_pixels}", "FIXED_BUF_VAL=1", "NODATA=0"]
    gdal.ComputeProximity(source.GetRasterBand(1), target.GetRasterBand(1), options)
    target.FlushCache()
    np.logical_or(land, near, out=land)


def _look_up(land: Array, grid: MapGrid, georeference: Georeference, shape: tuple[int, int]) -> Array:
    """Read a mask on a map at the cells of a raster in radar geometry.

    Parameters
    ----------
    land : (rows, columns) bool
        The mask, on ``grid``.
    grid : MapGrid
        In the georeference's own coordinate system.
    georeference : Georeference
        Of the raster.
    shape : (lines, samples)
        Of the raster, and of what is returned.
    """
    lines, samples = (np.linspace(0, n, min(_LOCATE_LATTICE, n + 1)) for n in shape)
    x, y = georeference.locate(samples[None, :], lines[:, None])
    # A raster of two or three lines has too few nodes for a cubic.
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
