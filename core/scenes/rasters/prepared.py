# SPDX-License-Identifier: GPL-2.0-or-later
"""Roughness rasters of our own, as scenes: they are taken as they are, by what their metadata say."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Optional

from ... import metadata
from ...files.gdal_calls import short
from ...geometry.georeference import Georeference, ground_spacing
from ...geometry.projections import open_metric
from ..types.scene import Quantity, Scene
from .band_source import BandSource
from .band_view import view_band
from .unit_table import UNITS


def prepared_scene(path: str, items: dict[str, str]) -> Scene:
    """Open a roughness raster of our own, whatever CRS it was brought to since.

    ``items`` are its metadata, `metocean.core.metadata` names them.
    """
    # Users reproject what we wrote, to degrees too; cells of the working grid are metres.
    dataset = open_metric(path)
    view = view_band(dataset, 1)
    georeference = Georeference.from_dataset(dataset)
    shape = (dataset.RasterYSize, dataset.RasterXSize)
    # An imagette has no spacing, which makes it keep its customary size when it is prepared again at another
    # resolution. A raster that lost its place since has the spacing it was written at.
    spacing: Optional[tuple[float, float]] = None
    if georeference.known:
        spacing = ground_spacing(georeference, shape)
    elif not items.get(metadata.IMAGETTE):
        resolution = _number(items.get(metadata.RESOLUTION_M))
        spacing = (resolution, resolution) if resolution > 0 else None
    return Scene(
        name=os.path.splitext(short(path))[0],
        path=path,
        shape=shape,
        spacing_m=spacing,
        georeference=georeference,
        quantity=Quantity.ROUGHNESS,
        source=BandSource(path, 1, UNITS["roughness"], scale=view.roughness_scale),
        units="roughness (already prepared)",
        incidence="not needed",
        acquired=_stored_time(items.get(metadata.ACQUIRED)),
        polarisation=items.get(metadata.POLARISATION, ""),
        notes=("Already prepared: taken as it is.",),
        warnings=tuple(items.get(metadata.WARNINGS, "").splitlines()),
    )


# Metadata are text that other programs may have changed: what cannot be read is taken as not said. The raster
# is worth using without it.
def _stored_time(text: Optional[str]) -> Optional[datetime]:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: Optional[str]) -> float:
    try:
        return float(text) if text else 0.0
    except ValueError:
        return 0.0
