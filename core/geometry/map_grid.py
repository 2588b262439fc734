# SPDX-License-Identifier: GPL-2.0-or-later
"""The map that a scene is put on: its coordinate system, and the grid that holds the scene."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..arrays import Array
from ..errors import InputError, OptionError
from .georeference import Affine, Georeference
from .lattice import lattice
from .projections import METRES_PER_DEGREE, centre_of, metric_epsg, spatial_reference, transform

# Pixels. No scene has so many at a spacing that makes sense: more of them come of a projection that stretches
# the scene across half of the world, and would fill a disk.
_LARGEST_SIDE = 60_000


class MapGrid(NamedTuple):
    """A map raster to be.

    Attributes
    ----------
    wkt : str
        Coordinate system, as well-known text.
    affine : six floats
        GDAL's geotransform, in the system's units.
    shape : (rows, columns)
    """

    wkt: str
    affine: Affine
    shape: tuple[int, int]


def choose_crs(georeference: Georeference, shape: tuple[int, int], wanted: str = "") -> str:
    """Return the WKT of the map to make.

    Parameters
    ----------
    georeference : Georeference
        Of the raster to be shown.
    shape : (lines, samples)
        Of the same raster.
    wanted : str
        Anything GDAL understands (``EPSG:32632``, WKT); empty for a map raster's own metric system, else UTM
        at the centre, or universal polar stereographic beyond 84° N and 80° S.

    Raises
    ------
    InputError
        The raster lies nowhere.
    OptionError
        ``wanted`` is no coordinate system.
    """
    if not georeference.known:
        raise InputError("The raster has neither CRS nor control points, so it cannot be placed on a map.")
    if wanted:
        return str(spatial_reference(wanted, "output_crs").ExportToWkt())
    # A map in metres stays as it is: each resampling smooths.
    own = spatial_reference(georeference.wkt)
    if georeference.is_map and own.IsProjected():
        return georeference.wkt
    longitude, latitude = (
        float(v[0]) for v in _degrees(georeference, np.array([shape[1] / 2]), np.array([shape[0] / 2]))
    )
    return str(spatial_reference(f"EPSG:{metric_epsg(longitude, latitude)}").ExportToWkt())


def _degrees(georeference: Georeference, samples: Array, lines: Array) -> tuple[Array, Array]:
    x, y = georeference.locate(samples, lines)
    return transform(spatial_reference(georeference.wkt), spatial_reference("EPSG:4326"), x, y)


def map_grid(georeference: Georeference, shape: tuple[int, int], wkt: str, spacing_m: float) -> MapGrid:
    """Return the map grid that holds a raster; for a map in that very system, its own grid.

    Parameters
    ----------
    georeference : Georeference
        Of the raster.
    shape : (lines, samples)
        Of the raster.
    wkt : str
        Coordinate system of the map: see `choose_crs`.
    spacing_m : float
        Side of the map's pixels in metres, whatever the system's unit is.

    Raises
    ------
    InputError
        The raster lies nowhere.
    OptionError
        The system cannot show all of the raster, or only on an absurdly large map.
    """
    if not georeference.known:
        raise InputError("The raster has neither CRS nor control points, so it cannot be placed on a map.")
    own, target = spatial_reference(georeference.wkt), spatial_reference(wkt)
    if georeference.affine is not None and own.IsSame(target):
        return MapGrid(georeference.wkt, georeference.affine, shape)
    # The corners alone would not do: edges of a swath are bent on a map, and a pole may lie inside.
    x, y = transform(own, target, *lattice(georeference, shape))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise OptionError(
            "The output CRS cannot show this scene; choose another, or leave it empty.", option="output_crs"
        )
    spacing = spacing_m / target.GetLinearUnits()
    if target.IsGeographic():
        x, spacing = _unwrapped(x), spacing_m / METRES_PER_DEGREE
    return _snapped(wkt, (x.min(), x.max(), y.min(), y.max()), spacing)


def _unwrapped(longitudes: Array) -> Array:
    """Longitudes without a jump at the antimeridian; a scene around a pole cannot have them."""
    centre = centre_of(longitudes, np.zeros_like(longitudes))[0]
    unwrapped = centre + (longitudes - centre + 180) % 360 - 180
    if np.ptp(unwrapped) > 180:
        raise OptionError(
            "A scene around a pole needs a polar output CRS such as EPSG:5041; or leave it empty.",
            option="output_crs",
        )
    return unwrapped


def _snapped(wkt: str, bounds: tuple[float, float, float, float], spacing: float) -> MapGrid:
    # Edges on whole multiples of the spacing: maps of neighbouring scenes fit pixel on pixel.
    left, right = np.floor(bounds[0] / spacing), np.ceil(bounds[1] / spacing)
    bottom, top = np.floor(bounds[2] / spacing), np.ceil(bounds[3] / spacing)
    shape = (int(top - bottom), int(right - left))
    if max(shape) > _LARGEST_SIDE:
        raise OptionError(
            "The scene is too large on this output CRS; choose another, or leave it empty.",
            option="output_crs",
        )
    return MapGrid(wkt, (left * spacing, spacing, 0.0, top * spacing, 0.0, -spacing), shape)
