# SPDX-License-Identifier: GPL-2.0-or-later
"""Shapes that the phenomena are built of: lines, blobs, regions, and what moves them about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ...core.arrays import Array
from .draws import Draws
from .fields import Grid, red_field


def sample(field: Array, x_m: Array, y_m: Array, grid: Grid) -> Array:
    """Return a periodic ``field`` at points in metres, bilinear."""
    where = np.stack(np.broadcast_arrays(y_m / grid.spacing_m, x_m / grid.spacing_m))
    values: Array = ndimage.map_coordinates(field, where, order=1, mode="grid-wrap")
    return values


def distorted(rng: Draws, grid: Grid, amount_m: float, scale_m: float) -> tuple[Array, Array]:
    """Return coordinates displaced by a smooth random field: straight things become natural ones."""
    x, y = grid.coordinates()
    dx = red_field(rng, grid, -2.5, scale_m, scale_m / 8) * np.float32(amount_m)
    dy = red_field(rng, grid, -2.5, scale_m, scale_m / 8) * np.float32(amount_m)
    return x + dx, y + dy


@dataclass(frozen=True)
class Stirring:
    """Eddies that carry things about: outer and inner scale, how far they carry, and in how many steps."""

    outer_m: float
    inner_m: float
    path_m: float
    steps: int = 10


def stirred(rng: Draws, grid: Grid, stirring: Stirring) -> tuple[Array, Array]:
    """Return where the water (or air) of each pixel came from, x and y in metres.

    Followed backwards through a steady random flow without divergence, as eddies draw a tracer out into
    filaments and wind them up; the flow is on a coarse grid and periodic.
    """
    step = max(1, int(stirring.inner_m / 4 / grid.spacing_m))
    coarse = Grid((-(-grid.shape[0] // step), -(-grid.shape[1] // step)), grid.spacing_m * step)
    stream = red_field(rng, coarse, -5.0, stirring.outer_m, stirring.inner_m)
    # Whatever the stream function, velocities along its contours neither gather water nor thin it.
    along_y, along_x = np.gradient(stream)
    speed = max(float(np.sqrt((along_x**2 + along_y**2).mean())), 1e-9)
    scale = stirring.path_m / stirring.steps / coarse.spacing_m / speed
    flow = np.stack([-along_x, along_y]).astype(np.float32) * np.float32(scale)  # rows, columns
    start = np.indices(coarse.shape).astype(np.float32)
    place = start.copy()
    for _ in range(stirring.steps):
        place -= np.stack([ndimage.map_coordinates(part, place, order=1, mode="grid-wrap") for part in flow])
    row, column = (_smoothly_enlarged(part, step, grid.shape) for part in (place - start) * coarse.spacing_m)
    x, y = grid.coordinates()
    return x + column, y + row


def _smoothly_enlarged(field: Array, step: int, shape: tuple[int, int]) -> Array:
    if step > 1:
        field = ndimage.zoom(field, step, order=2, grid_mode=True, mode="grid-wrap", prefilter=False)
    return field[: shape[0], : shape[1]]


def meander(
    rng: Draws, grid: Grid, swing_m: float, scale_m: float, angle: float | None = None
) -> tuple[Array, Array]:
    """Return the signed distance to a meandering line, and the coordinate along it, in metres.

    Parameters
    ----------
    rng : Draws
    grid : Grid
    swing_m : float
        Deviation of the line from a straight one.
    scale_m : float
        Of its meanders.
    angle : float, optional
        Direction of the straight line, radians from +x; drawn if not given.
    """
    x, y = distorted(rng, grid, 0.12 * swing_m, 0.4 * scale_m)
    angle = rng.uniform(0, 2 * np.pi) if angle is None else angle
    x0, y0 = (c * grid.spacing_m * rng.uniform(0.25, 0.75) for c in (grid.shape[1], grid.shape[0]))
    along = (x - x0) * np.cos(angle) + (y - y0) * np.sin(angle)
    across = -(x - x0) * np.sin(angle) + (y - y0) * np.cos(angle)
    step = scale_m / 16
    reach = np.hypot(*grid.shape) * grid.spacing_m + 4 * swing_m
    knots = np.arange(-reach, reach, step)
    line = ndimage.gaussian_filter1d(rng.standard_normal(knots.size), 3.0, mode="wrap")
    line += 2.5 * ndimage.gaussian_filter1d(rng.standard_normal(knots.size), 9.0, mode="wrap")
    line *= swing_m / line.std()
    steepness = np.sqrt(1 + np.interp(along, knots, np.gradient(line, step)) ** 2)
    return ((across - np.interp(along, knots, line)) / steepness).astype(np.float32), along.astype(np.float32)


def contour(rng: Draws, grid: Grid, scale_m: float, stirring: Stirring) -> Array:
    """Return about the signed distance (metres) to the edge between two waters that eddies have drawn out."""
    field = red_field(rng, grid, -4.0, scale_m, scale_m / 6)
    field = sample(field - np.float32(np.median(field)), *stirred(rng, grid, stirring), grid)
    down, right = np.gradient(field, grid.spacing_m)
    steepness = ndimage.gaussian_filter(np.hypot(down, right), 400.0 / grid.spacing_m)
    values: Array = (field / np.maximum(steepness, 1e-7)).astype(np.float32)
    return values


def blob(rng: Draws, grid: Grid, centre: tuple[float, float], radius_m: float, roughness: float) -> Array:
    """Return r / R(azimuth) of a round shape whose radius varies with azimuth: 1 on its outline.

    Parameters
    ----------
    rng : Draws
    grid : Grid
    centre : (x, y)
        Metres.
    radius_m : float
    roughness : float
        Relative deviation of the radius by the first harmonic; the others follow as one over their number.
    """
    x, y = grid.coordinates()
    dx, dy = x - centre[0], y - centre[1]
    azimuth = np.arctan2(dy, dx)
    outline = np.ones_like(azimuth)
    for harmonic in range(1, 9):
        weight = roughness * rng.standard_normal() / harmonic
        outline += np.float32(weight) * np.cos(harmonic * azimuth + rng.uniform(0, 2 * np.pi))
    values: Array = np.hypot(dx, dy) / (radius_m * np.clip(outline, 0.35, 2.0))
    return values


def region(rng: Draws, grid: Grid, share: float, scale_m: float, slope: float) -> Array:
    """Return a red field shifted so that it is positive over a share of the grid (unit deviation).

    Parameters
    ----------
    rng : Draws
    grid : Grid
    share : float
    scale_m, slope : float
        Outer scale of the field, and slope of its spectrum along a line.
    """
    # Every fourth pixel is enough to know a quantile by.
    field = red_field(rng, grid, slope, scale_m)
    return field - np.float32(np.quantile(field[::4, ::4], 1 - share))
