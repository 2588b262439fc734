# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the pixels, positions and tables of a product fit each other: contradictions are told."""

from __future__ import annotations

import numpy as np
from osgeo import gdal

from ...arrays import Array
from ...errors import InputError
from ...files.gdal_calls import short
from ...files.raster import open_raster
from ...geometry.georeference import ground_spacing
from .product import Product

# Sentinel-1 looks at the sea from 18 to 47 degrees.
_INCIDENCES_DEG = 10.0, 60.0
# Tables reach to the ends of an image, or end so many of their steps before or behind.
_STEPS_BEYOND = 2.0
# Spacings are nominal: in azimuth they are off by a few per cent, and so are positions in mountains.
_SPACING_TOLERANCE = 0.25


def check_tables(product: Product) -> None:
    """Refuse pixels, positions and calibration that contradict each other."""
    dataset = open_raster(product.measurement)
    is_complex = bool(gdal.DataTypeIsComplex(dataset.GetRasterBand(1).DataType))
    if is_complex != (product.kind == "SLC"):
        held = "complex pixels" if is_complex else "no complex pixels"
        raise InputError(
            f"{short(product.measurement)} holds {held}, yet is annotated as {product.kind}; use the product "
            "as it was downloaded."
        )
    grid, calibration = product.grid, product.calibration
    for name, axis, positions in (
        ("geolocation grid", 0, grid.lines),
        ("geolocation grid", 1, grid.samples),
        ("calibration", 0, calibration.lines),
        *(("calibration", 1, samples) for samples in calibration.samples),
    ):
        _check_reach(name, ("line", "sample")[axis], positions, product.shape[axis])
    least, most = _INCIDENCES_DEG
    # Near range comes first; single points on mountains may be out of order, their columns are not.
    towards_far = np.diff(grid.incidences_deg.mean(axis=0))
    if grid.incidences_deg.min() < least or grid.incidences_deg.max() > most or (towards_far <= 0).any():
        raise InputError("The incidence angles of the product are impossible; download the product again.")
    if product.kind == "GRD":
        _check_spacing(product)


def _check_reach(name: str, unit: str, positions: Array, size: int) -> None:
    """Refuse a table whose positions, growing, are not those of an image with so many lines or samples."""
    if positions.size < 2:
        return
    slack = _STEPS_BEYOND * float(np.median(np.diff(positions)))
    first, last = positions[0], positions[-1]
    if first > slack or first < -slack or abs(last - (size - 1)) > slack:
        raise InputError(
            f"The {name} of the product reaches from {unit} {first:g} to {last:g} of an image of {size:g}; "
            "download the product again."
        )


def _check_spacing(product: Product) -> None:
    found = ground_spacing(product.grid.georeference(), product.shape)
    for unit, said, there in zip(("lines", "samples"), product.spacing_m, found):
        if abs(there / said - 1) > _SPACING_TOLERANCE:
            raise InputError(
                f"The annotation says {said:g} m between {unit} where its positions are {there:.3g} m apart; "
                "download the product again."
            )
