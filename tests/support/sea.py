# SPDX-License-Identifier: GPL-2.0-or-later
"""One sea in all forms that rasters give it: at angles from 30° to 46°, everywhere of the same roughness."""

from __future__ import annotations

import numpy as np
from metocean.core.cmod5n import reference_sigma0
from metocean.core.feedback import Silent
from metocean.core.roughness.prepare import prepare
from metocean.core.roughness.roughness import RoughnessOptions
from rasters import MapGrid, read_raster, utm, write_geotiff

SHAPE = 60, 80
ANGLES = np.tile(np.linspace(30, 46, SHAPE[1], dtype=np.float32), (SHAPE[0], 1))
# Twice the reference sea, so that the roughness is sqrt(2) wherever it is worked out rightly.
SIGMA0 = (2 * reference_sigma0(ANGLES)).astype(np.float32)
DB = (10 * np.log10(SIGMA0)).astype(np.float32)
UTM, DEGREES = utm(32, 5e5, 5e6), MapGrid("EPSG:4326", (8.0, 1e-3, 0.0, 44.0, 0.0, -1e-3))


def raster(path, *bands, names=(), grid=UTM, nodata=None):
    """Write bands and return the path."""
    return write_geotiff(path, np.stack(bands), grid, names=names, nodata=nodata)


def roughness_of(scene, folder):
    """Return what `prepare` makes of a scene at 100 m; the file lies in ``folder``."""
    return read_raster(prepare(scene, str(folder / "roughness.tif"), RoughnessOptions(), Silent()).path)
