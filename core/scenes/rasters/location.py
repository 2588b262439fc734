# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a raster lies when it says so in a way that GDAL reads but does not use: a view that says it plainly.

Control points without a coordinate system, or three of them; arrays of longitude and latitude (GEOLOCATION:
netCDF by the CF conventions, VRT); a coordinate system that only QGIS knows. The view is a virtual raster in
memory, read like any other.
"""

from __future__ import annotations

import os

import numpy as np
from osgeo import gdal

from ...errors import InputError
from ...files.gdal_calls import attempt, short
from ...files.raster import open_raster
from ...geometry.georeference import Georeference, ground_spacing
from ...geometry.projections import centre_of, laea, on_earth, spatial_reference, transform
from .geolocation import array_points
from .snap import in_memory

_DEGREES = "EPSG:4326"
_REMEDY = "load the SAFE product or a georeferenced raster"
# Metres per pixel between which a radar image of the sea lies: beyond, numbers that fit degrees are none.
_SPACINGS_M = 1.0, 10_000.0


def located_raster(path: str, crs: str = "") -> tuple[str, str]:
    """Return what GDAL opens in a raster's place, and a note on where its place comes from.

    Parameters
    ----------
    path : str
        That GDAL opens; returned as it is where its place is plain, or where there is none to be found.
    crs : str
        Coordinate system for a raster that has none of its own; empty where nobody knows one.

    Raises
    ------
    InputError
        It has control points or arrays of coordinates, and these do not suffice.
    """
    dataset = open_raster(path)
    affine = dataset.GetGeoTransform(can_return_null=True)
    if affine and on_earth(dataset.GetProjection()):
        return path, ""
    if dataset.GetGCPCount():
        return _by_control_points(path, dataset, crs)
    # (0, 0) is where pictures begin that were merely saved with an affine.
    corner = (affine[0], affine[3]) if affine and not dataset.GetProjection() else (0.0, 0.0)
    if crs and corner != (0.0, 0.0) and _fits(crs, *corner):
        view = _view(path)
        view.SetProjection(spatial_reference(crs).ExportToWkt())
        return _finished(view, path), "Coordinate system: as set in the project, as the file has none."
    if dataset.GetMetadata("GEOLOCATION"):
        points, wkt = array_points(path, dataset)
        return _with_points(path, points, wkt), "Place: by the file's arrays of coordinates."
    return path, ""


def _fits(crs: str, x: float, y: float) -> bool:
    """Tell whether x and y can be in a system: QGIS may have given a layer degrees for want of another."""
    if not on_earth(crs):
        return False
    return not spatial_reference(crs).IsGeographic() or (abs(x) <= 360 and abs(y) <= 90)


def _by_control_points(path: str, dataset: gdal.Dataset, crs: str) -> tuple[str, str]:
    points, own = list(dataset.GetGCPs()), dataset.GetGCPProjection()
    if own and not on_earth(own):
        raise InputError(
            f"The control points of {short(path)} are in a system of no place on earth; {_REMEDY}."
        )
    if own and len(points) > 3:
        return path, ""
    notes = []
    wkt = own
    if not wkt:
        chosen = next((c for c in (_DEGREES, crs) if c and all(_fits(c, p.GCPX, p.GCPY) for p in points)), "")
        if not chosen:
            raise InputError(
                f"{short(path)} has control points, but not in which coordinate system; {_REMEDY}."
            )
        wkt = spatial_reference(chosen).ExportToWkt()
        how = (
            "all fit degrees, taken for EPSG:4326" if chosen == _DEGREES else "in that of the project's layer"
        )
        notes = [f"Control points without a coordinate system: {how}."]
    if len(points) <= 3:
        points, wkt = _corners(path, dataset, points, wkt)
        notes.append("Place: by three control points, as a plane; it may be off by a kilometre.")
    return _with_points(path, points, wkt), " ".join(notes)


def _corners(
    path: str, dataset: gdal.Dataset, points: list[gdal.GCP], wkt: str
) -> tuple[list[gdal.GCP], str]:
    """Return control points at the corners of a raster, and their system, by the plane through three."""
    # In metres around the scene: in degrees, of which those of longitude shrink polewards, it is bent.
    own = spatial_reference(wkt)
    rows = np.array([(1.0, point.GCPPixel, point.GCPLine) for point in points])
    x, y = (np.array([getattr(point, name) for point in points]) for name in ("GCPX", "GCPY"))
    longitudes, latitudes = transform(own, spatial_reference(_DEGREES), x, y)
    if len(points) < 3 or not np.isfinite(longitudes).all() or abs(np.linalg.det(rows)) < 1:
        raise InputError(f"{short(path)} has too few control points, or all in one line; {_REMEDY}.")
    metres = laea(*centre_of(longitudes, latitudes))
    plane = np.linalg.solve(rows, np.column_stack(transform(own, metres, x, y)))
    corners = [(s, t) for t in (0, dataset.RasterYSize) for s in (0, dataset.RasterXSize)]
    located = np.array([(1.0, s, t) for s, t in corners]) @ plane
    return [
        gdal.GCP(float(east), float(north), 0.0, float(s), float(t))
        for (east, north), (s, t) in zip(located, corners)
    ], metres.ExportToWkt()


def _with_points(path: str, points: list[gdal.GCP], wkt: str) -> str:
    """Return a view with control points, whose pixels have to have sizes that a radar image can have."""
    view = _view(path)
    view.SetGCPs(points, wkt)
    georeference = Georeference.from_dataset(view)
    spacings_m = (
        ground_spacing(georeference, (view.RasterYSize, view.RasterXSize)) if georeference.known else ()
    )
    if not spacings_m or not _SPACINGS_M[0] <= min(spacings_m) <= max(spacings_m) <= _SPACINGS_M[1]:
        raise InputError(f"{short(path)} has coordinates that are no place of a radar image; {_REMEDY}.")
    return _finished(view, path)


def _view(path: str) -> gdal.Dataset:
    # A virtual raster in memory finds files by their whole paths only.
    dataset = open_raster(os.path.abspath(path) if os.path.exists(path) else path)
    view = attempt(gdal.GetDriverByName("VRT").CreateCopy, in_memory(path), dataset)
    if view is None:
        raise InputError(f"{short(path)} cannot be read together with its coordinates; {_REMEDY}.")
    return view


def _finished(view: gdal.Dataset, path: str) -> str:
    view.FlushCache()
    return in_memory(path)
