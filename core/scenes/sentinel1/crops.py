# SPDX-License-Identifier: GPL-2.0-or-later
"""Which part of a product's image a measurement shows, and how coarsely.

People cut or decimate measurements and put them back. Tables and positions of the product count in the pixels
of the image as it was; the control points within the measurement keep their places when it is cut, and tell
where these pixels are. Without them a few pixels less look like a decimated image, kilometres off.
"""

from __future__ import annotations

from typing import Optional

import numpy as np
from osgeo import gdal
from scipy.spatial import cKDTree

from ...arrays import Array
from ...errors import InputError
from ...files.gdal_calls import short
from ...geometry.projections import spatial_reference
from .grid_completion import directions
from .part import Part
from .product import Product

# Control points of a measurement are the annotation's own: digits may be lost, other points are kilometres
# off, and those of another product are somewhere else.
_SAME_PLACE_M, _SAME_SCENE_M = 50.0, 20_000.0
_EARTH_RADIUS_M = 6.371e6
_FEWEST_POINTS = 4
# Sides that are decimated alike differ by rounding, and by this.
_ASPECT_TOLERANCE = 0.02
# Nobody makes an image coarser by less than this: one that is a little smaller was cut, nobody
# knows where.
_LEAST_COARSER = 1.5
# Of the image: where points lie in it varies by a half with who writes them.
_POSITION_TOLERANCE = 1.0


def part_of(dataset: gdal.Dataset, product: Product) -> Part:
    """Return what of the product's image a measurement shows; an `InputError` where that cannot be told."""
    shape = dataset.RasterYSize, dataset.RasterXSize
    stretch = product.shape[0] / shape[0], product.shape[1] / shape[1]
    whole = min(stretch) >= 1 and abs(stretch[0] / stretch[1] - 1) <= _ASPECT_TOLERANCE
    told = _from_control_points(dataset, product)
    if told is None:
        if not whole or 1 < max(stretch) < _LEAST_COARSER:
            raise _other_size(shape, product)
        return Part(stretch)
    moved = max(abs(start) for start in told.start)
    rescaled = max(abs(a - b) * side for a, b, side in zip(told.stretch, stretch, shape))
    # What the sizes say is exact to the pixel, where it is not contradicted.
    if whole and moved <= _POSITION_TOLERANCE * max(stretch) and rescaled <= 2 * max(stretch):
        return Part(stretch)
    if min(told.stretch) < 0.99 or abs(told.stretch[0] / told.stretch[1] - 1) > _ASPECT_TOLERANCE:
        raise _other_size(shape, product)
    return told


def _other_size(shape: tuple[int, int], product: Product) -> InputError:
    return InputError(
        f"{short(product.measurement)} has {shape[1]} x {shape[0]} pixels where the annotation says "
        f"{product.shape[1]} x {product.shape[0]}; use the product's own image."
    )


def _from_control_points(dataset: gdal.Dataset, product: Product) -> Optional[Part]:
    """Return what the control points of a measurement tell; None where it has none to compare."""
    points = np.array([(p.GCPLine, p.GCPPixel, p.GCPX, p.GCPY) for p in dataset.GetGCPs()], float)
    if len(points) < _FEWEST_POINTS or not _in_degrees(dataset):
        return None
    # In the annotation, points are of the same places: each is looked up there by where it lies on Earth.
    grid = product.grid
    annotated = np.column_stack([v.ravel() for v in np.meshgrid(grid.lines, grid.samples, indexing="ij")])
    tree = cKDTree(directions(grid.longitudes, grid.latitudes).reshape(-1, 3))
    apart, which = tree.query(directions(points[:, 2], points[:, 3]))
    apart_m = apart * _EARTH_RADIUS_M
    if apart_m.min() > _SAME_SCENE_M:
        raise InputError(
            f"{short(product.measurement)} lies elsewhere than its annotation says; use the product's own "
            "image."
        )
    same = apart_m < _SAME_PLACE_M
    if same.sum() < _FEWEST_POINTS:
        return None
    lines, samples = (_fit(annotated[which[same], axis], points[same, axis], product) for axis in (0, 1))
    return Part((lines[0], samples[0]), (lines[1], samples[1]), cut=True)


def _in_degrees(dataset: gdal.Dataset) -> bool:
    definition = dataset.GetGCPProjection()
    return bool(definition) and bool(spatial_reference(definition).IsGeographic())


def _fit(annotated: Array, found: Array, product: Product) -> tuple[float, float]:
    """Return annotated pixels in each of the raster, and where the raster begins, along one axis."""
    scale, shift = np.polyfit(annotated, found, 1) if np.ptp(annotated) else (0.0, 0.0)
    if scale <= 0 or np.abs(scale * annotated + shift - found).max() > _POSITION_TOLERANCE:
        raise InputError(
            f"The control points of {short(product.measurement)} contradict its annotation; use the "
            "product's own image."
        )
    return float(1 / scale), float(-shift / scale)
