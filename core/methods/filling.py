# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands where nothing is known: the sea beside it, continued.

Networks see some ten kilometres far, and a flat value there makes a front along the edge: of plain swell
every cell within 800 m of an edge was one. Sea mirrored across the edge has no step, but its swell turns, and
where the two directions meet there is a front again. So the sea is moved instead, by a step that puts crests
on crests: the one by which what is known nearby differs least from itself.
"""

from __future__ import annotations

import numpy as np
from scipy import fft
from scipy.ndimage import distance_transform_edt, gaussian_filter

from ..arrays import Array
from ..quantity import LARGEST

# Pixels, whatever their size. Steps are long enough to hold a few waves and short enough for a channel of a
# few kilometres; further out than the reach a cell at the edge hardly sees.
SHORTEST_STEP_PX, LONGEST_STEP_PX, REACH_PX = 16, 48, 96
# What can stand in for a pixel lies no further away than this.
MARGIN_PX = REACH_PX + LONGEST_STEP_PX
# Wide enough to average the swell away, narrow enough to follow a calm patch up to the edge.
_LEVEL_SIGMA_PX = 8.0
# Of the known pixels, at least so many have to meet another one before a step is judged by them.
_LEAST_OVERLAP = 0.1
_DIRECTIONS = 8
_LINES, _SAMPLES = np.indices((2 * LONGEST_STEP_PX + 1,) * 2) - LONGEST_STEP_PX


def continue_sea(values: Array, window: tuple[slice, slice], fill: float) -> Array:
    """Return a window of sqrt roughness, continued to where nothing is known.

    Parameters
    ----------
    values : (H, W)
        The window and what lies within `MARGIN_PX` around it; negative where nothing is known.
    window : (slice, slice)
        Its lines and samples in ``values``.
    fill : float
        What to show further than `REACH_PX` from anything known.
    """
    known, result = values >= 0, values[window].astype(np.float32)
    if not known.any():
        return np.full_like(result, fill)
    distance, nearest = distance_transform_edt(~known, return_indices=True)
    result[distance[window] > REACH_PX] = fill
    inside = np.zeros_like(known)
    inside[window] = True
    holes = np.nonzero(inside & ~known & (distance <= REACH_PX))
    level, beside = _level(values, known), tuple(nearest[:, holes[0], holes[1]])
    sources = _sources(holes, beside, known, best_steps(np.where(known, values / level - 1, 0), known))
    # With the level of the sea beside it: the sea a few kilometres on may be rougher.
    found = values[sources] * (level[beside] / level[sources])
    result[holes[0] - window[0].start, holes[1] - window[1].start] = np.minimum(found, LARGEST)
    return result


def _level(values: Array, known: Array) -> Array:
    """Return the mean of the known pixels nearby."""
    share = gaussian_filter(known.astype(np.float32), _LEVEL_SIGMA_PX)
    total = gaussian_filter(np.where(known, values, 0).astype(np.float32), _LEVEL_SIGMA_PX)
    level: Array = np.maximum(total, 1e-6) / np.maximum(share, 1e-6)
    return level


def best_steps(texture: Array, known: Array) -> Array:
    """Return (8, 2) steps of lines and samples: one for every 45 degrees, from growing samples to lines.

    Parameters
    ----------
    texture : (H, W)
        Zero where unknown.
    known : (H, W) bool
    """
    overlap, difference = _differences(texture, known)
    length, direction = np.hypot(_LINES, _SAMPLES), np.arctan2(_LINES, _SAMPLES)
    judged = overlap >= max(_LEAST_OVERLAP * known.sum(), 1)
    # A step that nothing can be said of is taken where there is no other.
    score = np.where(judged, difference / np.maximum(overlap, 1), np.finfo(np.float32).max)
    score[(length < SHORTEST_STEP_PX) | (length > LONGEST_STEP_PX)] = np.inf
    steps = []
    for middle in np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS):
        # 45 degrees to either side, so that neighbouring directions may agree on a step.
        away = np.abs((direction - middle + np.pi) % (2 * np.pi) - np.pi) > np.pi / 4 + 1e-9
        best = np.where(away, np.inf, score).argmin()
        steps.append((_LINES.flat[best], _SAMPLES.flat[best]))
    return np.array(steps)


def _differences(texture: Array, known: Array) -> tuple[Array, Array]:
    """Return for all steps how many known pixels meet another, and the sum of their squared differences."""
    # By Fourier transforms, as sums over products of all pairs. Padded by the longest step: else pixels at
    # one end would meet those at the other.
    size = [fft.next_fast_len(side + LONGEST_STEP_PX, real=True) for side in texture.shape]
    texture = texture.astype(np.float32)
    ones, first, second = (fft.rfft2(part, size) for part in (known.astype(np.float32), texture, texture**2))
    steps = np.arange(-LONGEST_STEP_PX, LONGEST_STEP_PX + 1)

    def of_steps(spectrum: Array) -> Array:
        sums: Array = fft.irfft2(spectrum, size)[np.ix_(steps, steps)]
        return sums

    squares = np.conj(second) * ones + np.conj(ones) * second
    return of_steps(np.abs(ones) ** 2), of_steps(squares - 2 * np.abs(first) ** 2)


def _sources(
    holes: tuple[Array, ...], beside: tuple[Array, ...], known: Array, steps: Array
) -> tuple[Array, Array]:
    """Return lines and samples of the pixels that stand in for holes.

    Parameters
    ----------
    holes, beside : tuple of (n,) int
        Lines and samples of unknown pixels, and of the known ones nearest to each.
    known : (H, W) bool
    steps : (8, 2) int
        From `best_steps`.
    """
    down, along = (there - here for there, here in zip(beside, holes))
    direction = np.rint(np.arctan2(down, along) * (_DIRECTIONS / (2 * np.pi))).astype(int) % _DIRECTIONS
    step_down, step_along = steps[direction].T
    # Where steps lead nowhere, as beside a rock of sea in the land, the nearest pixel has to do.
    lines, samples = np.array(beside[0]), np.array(beside[1])
    todo = np.arange(lines.size)
    # The shortest step at 67.5 degrees to the way to the edge comes 6 px nearer.
    for count in range(1, REACH_PX // 6 + 1):
        there = holes[0][todo] + count * step_down[todo], holes[1][todo] + count * step_along[todo]
        within = np.logical_and.reduce([(at >= 0) & (at < side) for at, side in zip(there, known.shape)])
        hit = within.copy()
        hit[within] = known[there[0][within], there[1][within]]
        lines[todo[hit]], samples[todo[hit]] = there[0][hit], there[1][hit]
        todo = todo[~hit]
    return lines, samples
