# SPDX-License-Identifier: GPL-2.0-or-later
"""A lattice over a raster: enough places to tell where all of it lies, without asking for every pixel."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from .georeference import Georeference
from .projections import spatial_reference, transform

# Nodes along each side: on a wide scene a few kilometres apart, where a projection's scale hardly changes.
_NODES = 33


def lattice(georeference: Georeference, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Return x and y, in its own coordinate system, of a (33, 33) lattice that spans a raster edge to edge.

    ``shape`` is the raster's: lines and samples.
    """
    lines, samples = np.meshgrid(*(np.linspace(0, n, _NODES) for n in shape), indexing="ij")
    return georeference.locate(samples, lines)


def lattice_degrees(georeference: Georeference, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Return longitudes and latitudes of the nodes of `lattice`; not finite where there is no such place."""
    own, degrees = spatial_reference(georeference.wkt), spatial_reference("EPSG:4326")
    return transform(own, degrees, *lattice(georeference, shape))
