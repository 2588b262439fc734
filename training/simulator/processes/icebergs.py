# SPDX-License-Identifier: GPL-2.0-or-later
"""Icebergs (IB): bright, sharp-edged targets, sometimes with a lee; and ships, which look alike.

Their edges and crevasses scatter back far more than the sea (Wesche & Dierking, J. Glaciol. 58, 2012, show
what they look like in C-band); behind large ones the sea is calmer. At 100 m most are a pixel or two. People
mark a disc rather than the berg, so masks reach 200 m at least: marks of single pixels would be lost in cells
of 400 m.

Known to be missing: the shadow beside a large berg, its ghosts along the track, and melt water about it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ....core.arrays import Array
from ..draws import Draws, Range, log_uniform, uniform
from ..fields import Grid
from ..sea import UNLABELLED, Sea
from ..shapes import blob


@dataclass(frozen=True)
class IcebergRanges:
    """Number (1 + Poisson), size, sigma0 (dB), share with a lee, radius of the mask.

    ``least`` is how many times brighter than 10 m/s sea they are at least: fainter ones nobody sees.
    """

    mean_count: float = 3.0
    size_m: Range = (80.0, 1600.0)
    level_db: Range = (-9.0, 4.0)
    least: float = 3.0
    lee_share: float = 0.5
    lee_db: float = -2.0
    mask_m: float = 200.0


def apply(
    sea: Sea,
    rng: Draws,
    where: Array | None = None,
    ranges: IcebergRanges = IcebergRanges(),
) -> None:
    """Scatter icebergs, over the pixels of a boolean mask ``where`` it is given."""
    for _ in range(1 + int(rng.poisson(ranges.mean_count))):
        x0, y0 = _position(rng, sea.grid, where)
        # Sizes follow a power law: many growlers, few tabular bergs.
        size_m = min(ranges.size_m[0] * max(1 - rng.share(), 0.01) ** -0.8, ranges.size_m[1])
        rows, columns, grid = _window(sea.grid, x0, y0, 3 * size_m + 3 * ranges.mask_m)
        centre = (x0 - columns.start * sea.grid.spacing_m, y0 - rows.start * sea.grid.spacing_m)
        shape = _berg(rng, grid, centre, size_m)
        cover = np.clip((1 - shape) * size_m / 2 / grid.spacing_m + 0.5, 0, 1)
        texture = rng.gamma(6.0, 1 / 6.0, grid.shape)
        level_db = sea.solid(uniform(rng, ranges.level_db))[columns]
        # Levels are drawn as sigma0, whatever the sea; but what is no brighter than it nobody would mark.
        bright = np.maximum(10 ** (level_db / 10), ranges.least) * cover * texture
        sea.targets[rows, columns] = np.maximum(sea.targets[rows, columns], bright)
        sea.wave_gain[rows, columns] *= (1 - cover).astype(np.float32)
        if rng.random() < ranges.lee_share:
            _lee(sea, grid, (rows, columns), centre, size_m, ranges.lee_db)
        sea.label_window(rows, columns, _mask(grid, centre, cover >= 0.5, size_m, ranges.mask_m), "IB")


def _mask(grid: Grid, centre: tuple[float, float], berg: Array, size_m: float, mask_m: float) -> Array:
    """Return what annotators mark: a berg and a rim, and around its middle no less than a radius.

    Parameters
    ----------
    grid : Grid
    centre : (x, y)
        Metres.
    berg : (rows, columns) bool
    size_m : float
    mask_m : float
        The radius.
    """
    x, y = grid.coordinates()
    mask = np.hypot(x - centre[0], y - centre[1]) <= mask_m
    if berg.any():  # no pixel is that full of a small one between two of them
        mask |= berg | (ndimage.distance_transform_edt(~berg) * grid.spacing_m <= mask_m - size_m / 4)
    return mask


def ships(sea: Sea, rng: Draws) -> None:
    """Put a few ships on the sea, unlabelled because nothing tells them from small icebergs."""
    for _ in range(1 + int(rng.poisson(1.5))):
        x0, y0 = sea.grid.random_point(rng)
        rows, columns, grid = _window(sea.grid, x0, y0, 600.0)
        x, y = grid.coordinates()
        dx, dy = x - x0 + columns.start * grid.spacing_m, y - y0 + rows.start * grid.spacing_m
        angle, length = rng.uniform(0, np.pi), uniform(rng, (60.0, 300.0))
        along, across = dx * np.cos(angle) + dy * np.sin(angle), -dx * np.sin(angle) + dy * np.cos(angle)
        hull = np.exp(-0.5 * ((along / (0.35 * length)) ** 2 + (across / 25.0) ** 2))
        sea.targets[rows, columns] += (log_uniform(rng, (3.0, 60.0)) * hull).astype(np.float32)
        sea.labels[rows, columns][np.hypot(dx, dy) < 300.0] = UNLABELLED


def _position(rng: Draws, grid: Grid, where: Array | None) -> tuple[float, float]:
    if where is None or not where.any():
        return grid.random_point(rng)
    position = np.unravel_index(int(rng.choice(np.flatnonzero(where))), grid.shape)
    return float(position[1]) * grid.spacing_m, float(position[0]) * grid.spacing_m


def _window(grid: Grid, x0: float, y0: float, reach_m: float) -> tuple[slice, slice, Grid]:
    """Rows, columns and grid of the surroundings of a point: a berg is small, the scene is not."""
    reach = int(reach_m / grid.spacing_m) + 2
    column, row = int(x0 / grid.spacing_m), int(y0 / grid.spacing_m)
    rows = slice(max(0, row - reach), min(grid.shape[0], row + reach + 1))
    columns = slice(max(0, column - reach), min(grid.shape[1], column + reach + 1))
    return rows, columns, Grid((rows.stop - rows.start, columns.stop - columns.start), grid.spacing_m)


def _berg(rng: Draws, grid: Grid, centre: tuple[float, float], size_m: float) -> Array:
    """Relative distance to the outline of an angular, elongated shape."""
    shape = blob(rng, grid, centre, size_m / 2, 0.15)
    x, y = grid.coordinates()
    for _ in range(int(rng.integers(1, 4))):
        angle = rng.uniform(0, 2 * np.pi)
        side = (x - centre[0]) * np.cos(angle) + (y - centre[1]) * np.sin(angle)
        shape = np.maximum(shape, side / (uniform(rng, (0.45, 0.9)) * size_m / 2))
    return shape


def _lee(
    sea: Sea,
    grid: Grid,
    window: tuple[slice, slice],
    centre: tuple[float, float],
    size_m: float,
    lee_db: float,
) -> None:
    """Calm the sea downwind of a berg.

    Parameters
    ----------
    sea : Sea
    grid : Grid
        Of the window.
    window : (rows, columns)
        Surroundings of the berg in the sea.
    centre : (x, y)
        Of the berg in the window, metres.
    size_m : float
    lee_db : float
        Change of sigma0 right behind it.
    """
    x, y = grid.coordinates()
    angle = sea.wind_angle
    along = (x - centre[0]) * np.cos(angle) + (y - centre[1]) * np.sin(angle)
    across = -(x - centre[0]) * np.sin(angle) + (y - centre[1]) * np.cos(angle)
    wake = np.exp(-((across / (0.6 * size_m)) ** 2) - along / (2 * size_m)) * (along > 0)
    sea.gain_db[window] += (lee_db * np.clip(wake, 0, 1)).astype(np.float32)
