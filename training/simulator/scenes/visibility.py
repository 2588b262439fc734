# SPDX-License-Identifier: GPL-2.0-or-later
"""What annotators can see of streaks and cells: noise, waves and turbulence hide the faint ones.

What is drawn is known, so what is seen can be held against it: averaged over as much as an eye does, an image
in which a process stands out goes up and down with it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from ....core.arrays import Array
from ....core.classes import value_of
from ..fields import Grid
from ..sea import Sea
from .wide_scene import WideScene

# Likeness of a scene to what was drawn, under which people see none of it: simulated imagettes were looked at
# in the order of it. People who tagged real imagettes named cells that were no plainer.
LEAST = 0.5
# Pixels to compare, and deviations of the eye's averages: the best of them counts.
BLOCK_M = 200.0
AVERAGED_M = (100.0, 200.0, 400.0, 800.0)
# Averages are held against their surroundings, so many times as wide: fronts and rain spoil theirs alone.
SURROUNDINGS = 5.0
# Noise that was subtracted leaves less than nothing in places.
FAINTEST = 1e-5


def leave_to_plain_water(scene: Sea | WideScene, sigma0: Array) -> None:
    """Give streaks and cells that cannot be seen to the plain water they look like.

    Parameters
    ----------
    scene : Sea or WideScene
        Its labels are changed.
    sigma0 : (rows, columns)
        The scene as it is seen.
    """
    for code, drawn in scene.gusts.items():
        there = scene.labels == value_of(code)
        if there.any() and likeness(drawn, sigma0, there, scene.grid) < LEAST:
            scene.labels[there] = value_of("POW")


def likeness(drawn: Array, sigma0: Array, there: Array, grid: Grid) -> float:
    """Return how well a scene follows what was drawn: up to 1.

    It is the largest over `AVERAGED_M` of the mean correlation in the surroundings of a pixel, where most was
    drawn counting most.

    Parameters
    ----------
    drawn : (rows, columns)
        What a process made of the wind, factors.
    sigma0 : (rows, columns)
        The scene as it is seen, linear.
    there : (rows, columns) bool
        Where the process is.
    grid : Grid
    """
    side = max(round(BLOCK_M / grid.spacing_m), 1)
    inside = (_blocks(there, side) > 0.5).astype(np.float32)
    # In the logarithm a factor on the wind is a step of the same size in dark and in bright water.
    seen = np.log(np.maximum(_blocks(sigma0, side), FAINTEST))
    pair = (_blocks(drawn, side), seen)
    return max(_likeness(pair, inside, average_m / BLOCK_M) for average_m in AVERAGED_M)


def _blocks(values: Array, side: int) -> Array:
    rows, columns = (length // side for length in values.shape)
    cut = values[: rows * side, : columns * side]
    result: Array = cut.reshape(rows, side, columns, side).mean((1, 3), dtype=np.float32)
    return result


def _likeness(pair: tuple[Array, Array], inside: Array, average_px: float) -> float:
    eye, surroundings = (_mean_over(inside, width_px) for width_px in (average_px, SURROUNDINGS * average_px))
    one, other = (eye(values) for values in pair)
    one, other = one - one.mean(), other - other.mean()  # for the sake of rounding
    mean, mean_seen = surroundings(one), surroundings(other)
    varied = np.maximum(surroundings(one * one) - mean * mean, 0)
    varied_seen = np.maximum(surroundings(other * other) - mean_seen * mean_seen, 0)
    together: Array = surroundings(one * other) - mean * mean_seen
    correlation = together / np.sqrt(np.maximum(varied * varied_seen, 1e-12))
    weight = inside * np.sqrt(varied)
    return float((weight * correlation).sum() / max(weight.sum(), 1e-12))


def _mean_over(inside: Array, deviation_px: float) -> Callable[[Array], Array]:
    """Return a function that takes Gaussian means of what is inside."""
    share = np.maximum(ndimage.gaussian_filter(inside, deviation_px, truncate=3.0), 1e-6)
    return lambda values: ndimage.gaussian_filter(values * inside, deviation_px, truncate=3.0) / share
