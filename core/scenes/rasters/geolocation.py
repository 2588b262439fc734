# SPDX-License-Identifier: GPL-2.0-or-later
"""Control points out of arrays of longitude and latitude, one for each pixel or each few (GEOLOCATION).

Source: GDAL's RFC 4, "Geolocation Arrays"; netCDF's arrays by the CF conventions come in the same form.
"""

from __future__ import annotations

import os
import re

import numpy as np
from osgeo import gdal

from ...arrays import Array
from ...errors import InputError
from ...files.gdal_calls import short
from ...files.raster import nodata_of, open_raster, read_lines
from ...geometry.projections import on_earth, spatial_reference

# Of rows and of columns. The effort of the thin-plate spline through the points grows with the cube of their
# number; ESA's own products have some two hundred.
_POINTS_A_SIDE = 18
# A file by its path, or a variable in one: NETCDF:"/folder/file.nc":lon
_VARIABLE = re.compile(r'(?:NETCDF|HDF5|ZARR):"?(?P<file>.+?)"?:[\w/]+', re.IGNORECASE)


def array_points(path: str, dataset: gdal.Dataset) -> tuple[list[gdal.GCP], str]:
    """Return control points on a lattice over a raster's arrays of coordinates, and their system.

    Raises
    ------
    InputError
        The arrays lie in another folder, do not fit each other, or hold no coordinates.
    """
    items = dataset.GetMetadata("GEOLOCATION")
    try:
        offsets = [float(items.get(f"{side}_OFFSET", 0)) for side in ("LINE", "PIXEL")]
        steps = [float(items.get(f"{side}_STEP", 1)) for side in ("LINE", "PIXEL")]
        x, y = (_Axis(path, items, name) for name in ("X", "Y"))
    except (KeyError, ValueError):
        raise InputError(_useless(path)) from None
    wkt = items.get("SRS") or spatial_reference("EPSG:4326").ExportToWkt()
    if not on_earth(wkt) or min(steps) <= 0:
        raise InputError(_useless(path))
    # Two rows of coordinates that are the same for all lines are stored once.
    if min(x.shape) == min(y.shape) == 1:
        shape = max(y.shape), max(x.shape)
    elif x.shape == y.shape:
        shape = x.shape
    else:
        raise InputError(_useless(path))
    rows, columns = (
        np.unique(np.linspace(0, n - 1, min(n, _POINTS_A_SIDE)).round().astype(int)) for n in shape
    )
    # Values are those at centres, by CF's rule, unless the file says that they are at the upper left corners.
    # The difference is half a pixel.
    half = 0.0 if items.get("GEOREFERENCING_CONVENTION") == "TOP_LEFT_CORNER" else 0.5
    points = [
        gdal.GCP(
            float(east),
            float(north),
            0.0,
            offsets[1] + (c + half) * steps[1],
            offsets[0] + (r + half) * steps[0],
        )
        for r, easts, norths in zip(rows, x.lattice(rows, columns, 1), y.lattice(rows, columns, 0))
        for c, east, north in zip(columns, easts, norths)
        if np.isfinite(east) and np.isfinite(north)
    ]
    degrees = spatial_reference(wkt).IsGeographic()
    if len(points) < 4 or (degrees and any(abs(p.GCPX) > 360 or abs(p.GCPY) > 90 for p in points)):
        raise InputError(_useless(path))
    return points, wkt


class _Axis:
    """One of the two arrays: X (longitude) or Y (latitude)."""

    def __init__(self, path: str, items: dict[str, str], name: str) -> None:
        file = _beside(path, items[f"{name}_DATASET"])
        # GDAL frees a band with its data set: keep that.
        self._dataset = open_raster(file)
        number = int(items.get(f"{name}_BAND", 1))
        if not 1 <= number <= self._dataset.RasterCount:
            raise ValueError
        self._band = self._dataset.GetRasterBand(number)
        self.shape = (self._band.YSize, self._band.XSize)

    def lattice(self, rows: Array, columns: Array, axis: int) -> Array:
        """Return values (rows, columns), NaN where unknown; a single row or column goes along ``axis``."""
        nodata = nodata_of(self._band)
        if min(self.shape) == 1:
            line = np.concatenate([read_lines(self._band, i, 1).ravel() for i in range(self.shape[0])])
            line = line.astype(float)[columns if axis else rows]
            values = np.broadcast_to(line if axis else line[:, None], (rows.size, columns.size))
        else:
            values = np.stack([read_lines(self._band, int(r), 1)[0, columns] for r in rows]).astype(float)
        return values if nodata is None else np.where(values == nodata, np.nan, values)


def _beside(path: str, name: str) -> str:
    """Return the name that GDAL opens an array by, where it lies in the raster's own folder."""
    # The file may come from elsewhere: it must not make us open other folders, archives or servers.
    ours, theirs = _VARIABLE.fullmatch(path), _VARIABLE.fullmatch(name)
    folder = os.path.realpath(os.path.dirname(os.path.abspath(ours["file"] if ours else path)))
    file = theirs["file"] if theirs else name
    whole = os.path.realpath(os.path.join(folder, file))
    if not os.path.isfile(whole) or os.path.dirname(whole) != folder:
        raise InputError(
            f"The coordinates of {short(path)} lie outside its folder, in {short(file)}; put both into one "
            "folder."
        )
    return name.replace(file, whole) if theirs else whole


def _useless(path: str) -> str:
    return (
        f"The arrays of coordinates of {short(path)} do not say where it lies; load the SAFE product or a "
        "georeferenced raster."
    )
