# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells side by side, as convection and ice have them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from ...core.arrays import Array
from .draws import Draws
from .fields import Grid, red_field
from .shapes import distorted


@dataclass(frozen=True)
class Cells:
    """Nearest-seed cells: ``identity`` of the seed, distance to the border, offset from the seed."""

    identity: Array
    border_m: Array
    offset_x_m: Array
    offset_y_m: Array
    count: int


def cells(
    rng: Draws,
    grid: Grid,
    size_m: float,
    stretch: float = 1.0,
    angle: float = 0.0,
    rough_m: float = 0.0,
) -> Cells:
    """Return cells of the points nearest to scattered seeds (Worley, SIGGRAPH 1996).

    Where cells are large they are found on a coarser grid, as the search for the nearest seeds is slow.

    Parameters
    ----------
    rng : Draws
    grid : Grid
    size_m : float
        Mean diameter.
    stretch, angle : float
        How many times longer than wide, and in which direction, radians from +x.
    rough_m : float
        How far borders are shaken from straight ones.
    """
    step = max(1, int(size_m / 8 / grid.spacing_m))
    step = min(step, 4)
    coarse = Grid((-(-grid.shape[0] // step), -(-grid.shape[1] // step)), grid.spacing_m * step)
    x, y = distorted(rng, coarse, rough_m, 2 * size_m) if rough_m > 0 else coarse.coordinates()
    x, y = np.broadcast_arrays(x, y)
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    along = along / stretch
    low = np.array([along.min(), across.min()]) - size_m
    high = np.array([along.max(), across.max()]) + size_m
    count = max(3, int(np.prod((high - low) / size_m)))
    seeds = low + rng.random((count, 2)) * (high - low)
    tree = cKDTree(seeds)
    distance, nearest = tree.query(np.stack([along.ravel(), across.ravel()], -1), k=2, workers=1)
    first = nearest[:, 0].reshape(coarse.shape)
    offset_along = (along - seeds[first, 0]) * stretch
    offset_across = across - seeds[first, 1]
    fields = (
        (distance[:, 1] - distance[:, 0]).reshape(coarse.shape),
        offset_along * np.cos(angle) - offset_across * np.sin(angle),
        offset_along * np.sin(angle) + offset_across * np.cos(angle),
    )
    border, offset_x, offset_y = (_enlarge(f, step, grid.shape) for f in fields)
    identity = _jagged(rng, first, step, grid)
    return Cells(identity, border, offset_x, offset_y, count)


def _jagged(rng: Draws, identity: Array, step: int, grid: Grid) -> Array:
    """Return cell numbers of the fine grid, outlines shaken: else the coarse grid's steps would show."""
    if step == 1:
        return identity[: grid.shape[0], : grid.shape[1]]
    shake = [0.6 * red_field(rng, grid, -1.5, 6 * step * grid.spacing_m) for _ in range(2)]
    rows, columns = np.indices(grid.shape, dtype=np.float32)
    where = [(rows - (step - 1) / 2) / step + shake[0], (columns - (step - 1) / 2) / step + shake[1]]
    row, column = (np.clip(np.round(w).astype(int), 0, n - 1) for w, n in zip(where, identity.shape))
    values: Array = identity[row, column]
    return values


def _enlarge(field: Array, step: int, shape: tuple[int, int]) -> Array:
    if step > 1:
        field = ndimage.zoom(field.astype(np.float32), step, order=1, grid_mode=True, mode="nearest")
    return field[: shape[0], : shape[1]].astype(np.float32)
