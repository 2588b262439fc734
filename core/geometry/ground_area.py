# SPDX-License-Identifier: GPL-2.0-or-later
"""How much of the ground the pixels of a raster cover, whatever its projection does."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from .georeference import Georeference
from .lattice import lattice_degrees
from .projections import centre_of, laea, spatial_reference, transform


def pixel_areas_km2(georeference: Georeference, shape: tuple[int, int]) -> Array:
    """Return (lines, samples) ground areas of a raster's pixels, which lie somewhere on earth.

    Between the nodes of the georeference's lattice, a few kilometres apart, all are alike; beyond the edge of
    what a projection can show they are the mean of the others.
    """
    # A scale at the scene's centre would do for UTM, not for the maps that people load: Mercator's pixels at
    # 66° N have two thirds of the area of those at 60° N, in the same raster.
    longitude, latitude = lattice_degrees(georeference, shape)
    seen = np.isfinite(longitude) & np.isfinite(latitude)
    # Lambert's projection keeps areas.
    equal_area = laea(*centre_of(longitude[seen], latitude[seen]))
    x, y = transform(spatial_reference("EPSG:4326"), equal_area, longitude, latitude)
    with np.errstate(invalid="ignore"):
        falling = x[1:, 1:] - x[:-1, :-1], y[1:, 1:] - y[:-1, :-1]
        rising = x[1:, :-1] - x[:-1, 1:], y[1:, :-1] - y[:-1, 1:]
        # Half the cross product of the diagonals.
        meshes_km2 = np.abs(falling[0] * rising[1] - falling[1] * rising[0]) / 2e6
    shown = np.isfinite(meshes_km2)
    meshes_km2 = np.where(shown, meshes_km2, meshes_km2[shown].mean())
    rows, columns = (((np.arange(n) + 0.5) * m / n).astype(int) for n, m in zip(shape, meshes_km2.shape))
    areas_km2: Array = meshes_km2[np.ix_(rows, columns)] * (meshes_km2.size / (shape[0] * shape[1]))
    return areas_km2
