"""Biological slicks (BS): surface films drawn out and wound up by eddies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .fields import (
    Grid,
    Range,
    distorted,
    log_uniform,
    red_field,
    region,
    sample,
    smooth_step,
    streaky_field,
    uniform,
)
from .sea import Sea


@dataclass(frozen=True)
class SlickRanges:
    """Width and damping of the filaments, how many eddies wind them, how much of the sea they cover."""

    width_m: Range = (120.0, 450.0)
    damping_db: Range = (1.2, 9.0)
    eddies: tuple[int, int] = (1, 6)
    eddy_m: Range = (1500.0, 7000.0)
    turns: Range = (0.3, 2.2)
    cover: Range = (0.08, 0.32)
    patch: Range = (0.35, 1.0)
    wave_damping: float = 0.6


def apply(
    sea: Sea, rng: np.random.Generator, weight: np.ndarray | float = 1.0, ranges: SlickRanges = SlickRanges()
) -> None:
    """Damp the sea along wound filaments."""
    width_m = log_uniform(rng, ranges.width_m)
    x, y = _wound(rng, sea.grid, ranges)
    angle = rng.uniform(0, np.pi)
    stripes = streaky_field(rng, sea.grid, 3.0 * width_m, uniform(rng, (6.0, 16.0)), angle)
    lines = sample(stripes, x, y, sea.grid) + 0.35 * red_field(rng, sea.grid, -1.7, 1500.0)
    cover = uniform(rng, ranges.cover)
    patch = smooth_step(region(rng, sea.grid, uniform(rng, ranges.patch), 12_000.0, -2.6), 0.8) * weight
    threshold = np.quantile(lines[::4, ::4], 1 - cover)
    film = smooth_step(lines - threshold, 0.7) * patch
    sea.gain_db += (-log_uniform(rng, ranges.damping_db) * film).astype(np.float32)
    sea.wave_gain *= (1 - ranges.wave_damping * film).astype(np.float32)
    sea.label(_closed(film > 0.35, sea.grid), "BS", weight, least=0.3)


def _wound(rng: np.random.Generator, grid: Grid, ranges: SlickRanges) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates before the eddies turned: each rotates what is near it, most at its centre."""
    x, y = distorted(rng, grid, log_uniform(rng, (150.0, 1200.0)), 6000.0)
    for _ in range(int(rng.integers(ranges.eddies[0], ranges.eddies[1] + 1))):
        x0, y0 = grid.random_point(rng)
        radius = log_uniform(rng, ranges.eddy_m)
        turn = 2 * np.pi * uniform(rng, ranges.turns) * rng.choice((-1, 1))
        dx, dy = x - x0, y - y0
        angle = turn * np.exp(-np.hypot(dx, dy) / radius)
        cosine, sine = np.cos(angle), np.sin(angle)
        x, y = x0 + dx * cosine - dy * sine, y0 + dx * sine + dy * cosine
    return x, y


def _closed(mask: np.ndarray, grid: Grid, reach_m: float = 500.0) -> np.ndarray:
    """Fill gaps narrower than ``reach_m``, on a coarser grid for speed: annotators draw areas."""
    step = max(1, round(100.0 / grid.spacing_m))
    coarse = ndimage.uniform_filter(mask.astype(np.float32), step)[::step, ::step] > 0.3
    reach = max(1, round(reach_m / 2 / (grid.spacing_m * step)))
    padded = np.pad(coarse, reach, mode="edge")
    near = ndimage.distance_transform_edt(~padded) <= reach
    inner = (ndimage.distance_transform_edt(near) > reach)[reach:-reach, reach:-reach] | coarse
    return inner.repeat(step, 0).repeat(step, 1)[: mask.shape[0], : mask.shape[1]]
