# SPDX-License-Identifier: GPL-2.0-or-later
"""Coordinate systems: x (east, longitude) always first, and what is metric where."""

from __future__ import annotations

from typing import Optional

import numpy as np
from osgeo import gdal, osr

from ..arrays import Array
from ..errors import InputError, OptionError
from ..files.gdal_calls import attempt, short
from ..files.raster import is_integer, open_raster

# Along a meridian; along a parallel it shrinks with the cosine of the latitude.
METRES_PER_DEGREE = 111_320.0


def spatial_reference(definition: str, option: str = "") -> osr.SpatialReference:
    """Return a coordinate system with x (east, longitude) first.

    Where ``definition`` makes no sense, an `OptionError` about ``option``, which it comes from.
    """
    reference = osr.SpatialReference()
    code = attempt(reference.SetFromUserInput, definition)
    if code != 0:
        check_database()
        raise OptionError(
            f"{definition!r} is no coordinate system; give one such as EPSG:32632.", option=option
        )
    # GDAL 3 follows the authorities, by which EPSG:4326 has latitude first.
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def check_database() -> None:
    """Refuse to work with a data base of PROJ's that is not that of this installation, or with none."""
    # Programs such as PostGIS and Python's own packages set PROJ_LIB for all that is started after them.
    if attempt(osr.SpatialReference().ImportFromEPSG, 4326) != 0:
        raise InputError(
            "PROJ's data base of coordinate systems is missing or another installation's; unset the "
            "environment variables PROJ_LIB and PROJ_DATA, then start QGIS again."
        )


def on_earth(definition: str) -> bool:
    """Tell whether well-known text is of a place on earth: neither empty nor a local system."""
    return bool(definition) and not spatial_reference(definition).IsLocal()


def laea(longitude: float, latitude: float) -> osr.SpatialReference:
    """Return Lambert's azimuthal equal-area projection, in metres, centred on a place in degrees."""
    return spatial_reference(f"+proj=laea +lat_0={latitude:.6f} +lon_0={longitude:.6f} +datum=WGS84 +units=m")


def transformation(
    source: osr.SpatialReference, target: osr.SpatialReference
) -> Optional[osr.CoordinateTransformation]:
    """Return what leads from one coordinate system to another; None where nothing does."""
    change = attempt(osr.CoordinateTransformation, source, target)
    # With GDAL's exceptions off a failure gives a wrapper around nothing.
    return change if getattr(change, "this", None) is not None else None


def transform(
    source: osr.SpatialReference, target: osr.SpatialReference, x: Array, y: Array
) -> tuple[Array, Array]:
    """Return x and y in another coordinate system; infinite where there is no such place.

    Parameters
    ----------
    source, target : osr.SpatialReference
        From `spatial_reference`: x (east, longitude) first.
    x, y : arrays of one shape
        In the source's units; the results have that shape, and the target's units.
    """
    shape = np.shape(x)
    points = np.column_stack([np.ravel(x), np.ravel(y)]).astype(float)
    change = transformation(source, target)
    moved = attempt(change.TransformPoints, points.tolist()) if change is not None else None
    if moved is None:
        return np.full(shape, np.inf), np.full(shape, np.inf)
    moved = np.array(moved)
    return moved[:, 0].reshape(shape), moved[:, 1].reshape(shape)


def centre_of(longitudes: Array, latitudes: Array) -> tuple[float, float]:
    """Return longitude and latitude of the middle of places in degrees, antimeridian and poles included."""
    # As points in space: the mean of 179° and -179° is 0°, on the other side of the world.
    lon, lat = np.deg2rad(longitudes), np.deg2rad(latitudes)
    x, y, z = (np.mean(v) for v in (np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    return float(np.rad2deg(np.arctan2(y, x))), float(np.rad2deg(np.arctan2(z, np.hypot(x, y))))


def metric_epsg(longitude: float, latitude: float) -> int:
    """Return the EPSG code of UTM at a place, or of universal polar stereographic beyond 84° N and 80° S."""
    if latitude > 84:
        return 5041
    if latitude < -80:
        return 5042
    # Modulo 360, as rasters across the antimeridian count on beyond 180°.
    zone = int((longitude + 180) % 360 // 6) + 1
    return (32600 if latitude >= 0 else 32700) + zone


def open_metric(path: str) -> gdal.Dataset:
    """Open a raster; one in degrees is seen through nearest neighbours on metres, at its own spacing.

    Raises
    ------
    InputError
        It cannot be read, or not be brought to metres.
    """
    dataset = open_raster(path)
    definition, affine = dataset.GetProjection(), dataset.GetGeoTransform(can_return_null=True)
    if not affine or not definition or not spatial_reference(definition).IsGeographic():
        return dataset
    longitude, latitude = gdal.ApplyGeoTransform(affine, dataset.RasterXSize / 2, dataset.RasterYSize / 2)
    spacing_m = _finest_side_m(affine, latitude)
    # A view (VRT): pixels are computed when they are read, and no copy of the scene is written. Nearest, as
    # blending would average decibels and mix fill into the sea; means are the working grid's business.
    view = attempt(
        gdal.Warp,
        "",
        dataset,
        format="VRT",
        dstSRS=f"EPSG:{metric_epsg(longitude, latitude)}",
        xRes=spacing_m,
        yRes=spacing_m,
        resampleAlg="near",
        dstNodata=_nodata(dataset.GetRasterBand(1)),
    )
    if view is None:
        raise InputError(
            f"{short(path)} cannot be brought from degrees to metres; reproject it to UTM first."
        )
    return view


def _finest_side_m(affine: tuple[float, ...], latitude: float) -> float:
    """Return the shorter side of a raster's pixels, which are in degrees, in metres."""
    # But no absurdly short one beside a pole.
    shrunk = max(np.cos(np.deg2rad(latitude)), 0.05)
    sides_deg = (np.hypot(affine[i] * shrunk, affine[i + 3]) for i in (1, 2))
    return float(min(sides_deg) * METRES_PER_DEGREE)


def _nodata(band: gdal.Band) -> float:
    """Return what stands outside the scene: the band's own nodata, or what no echo can be."""
    declared: Optional[float] = band.GetNoDataValue()
    if declared is not None:
        return declared
    return 0 if is_integer(band) else float("nan")
