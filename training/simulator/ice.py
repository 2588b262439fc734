"""Sea ice (SI): floes, leads, ridges and brash, and the edge where it meets the water."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fields import (
    Range,
    cells,
    choose,
    distorted,
    log_uniform,
    red_field,
    region,
    sample,
    smooth_step,
    streaky_field,
    uniform,
    unit,
)
from .sea import Sea


@dataclass(frozen=True)
class IceRanges:
    """Level of the ice against 10 m/s sea and its spread (dB), floe size, texture, leads and ridges."""

    level_db: Range = (-7.0, 4.0)
    spread_db: Range = (0.4, 2.4)
    texture_db: Range = (0.2, 1.3)
    floe_m: Range = (300.0, 7000.0)
    ridge_db: Range = (1.5, 7.0)
    lead_db: Range = (-9.0, -2.0)
    waves: Range = (0.0, 0.25)
    edge_share: float = 0.4


def apply(
    sea: Sea, rng: np.random.Generator, weight: np.ndarray | float = 1.0, ranges: IceRanges = IceRanges()
) -> np.ndarray:
    """Cover the sea, or what lies on one side of an ice edge, with ice; returns the ice mask."""
    cover = np.broadcast_to(np.asarray(weight, np.float32), sea.grid.shape)
    if rng.random() < ranges.edge_share:
        cover = cover * _edge(sea, rng)
    kind = choose(rng, {"floes": 0.35, "pack": 0.38, "brash": 0.15, "bands": 0.12})
    surface_db = {"floes": _floes, "pack": _pack, "brash": _brash, "bands": _bands}[kind](sea, rng, ranges)
    surface_db += uniform(rng, ranges.texture_db) * red_field(rng, sea.grid, -1.2, 1500.0)
    surface_db += uniform(rng, ranges.level_db) + 0.8 * red_field(rng, sea.grid, -2.5, 20_000.0)
    # Ice takes the place of the water: its level does not depend on the wind.
    sea.gain_db = (sea.gain_db * (1 - cover)).astype(np.float32)
    _replace_wind(sea, cover)
    sea.gain_db += (surface_db * cover).astype(np.float32)
    sea.wave_gain *= 1 - cover * (1 - np.float32(uniform(rng, ranges.waves)))
    mask = cover > 0.5
    sea.label(mask, "SI")
    return mask


def _replace_wind(sea: Sea, cover: np.ndarray) -> None:
    # 10 m/s at 45°, in the quadrant of the wind: opposite vectors would cancel along the edge.
    reference = np.float32(10 * np.sqrt(0.5))
    sea.wind_x = sea.wind_x * (1 - cover) + reference * np.sign(sea.wind_x.mean()) * cover
    sea.wind_y = sea.wind_y * (1 - cover) + reference * np.sign(sea.wind_y.mean()) * cover


def _edge(sea: Sea, rng: np.random.Generator) -> np.ndarray:
    place = region(
        rng,
        sea.grid,
        uniform(rng, (0.3, 0.8)),
        uniform(rng, (10_000.0, 40_000.0)),
        uniform(rng, (-4.0, -2.2)),
    )
    return smooth_step(place, log_uniform(rng, (0.05, 0.6)))


def _floes(sea: Sea, rng: np.random.Generator, ranges: IceRanges) -> np.ndarray:
    """Return rounded floes of several sizes, each at its own level, with brash or water between."""
    size_m = log_uniform(rng, ranges.floe_m)
    cell = cells(rng, sea.grid, size_m, uniform(rng, (1.0, 1.6)), rng.uniform(0, np.pi), 0.22 * size_m)
    level = uniform(rng, ranges.spread_db) * rng.standard_normal(cell.count + 1)[cell.identity]
    if rng.random() < 0.6:
        small = cells(rng, sea.grid, max(0.35 * size_m, 250.0), 1.2, 0.0, 0.1 * size_m)
        broken = red_field(rng, sea.grid, -2.4, 8000.0) > uniform(rng, (-0.3, 1.2))
        level = np.where(
            broken,
            0.8 * uniform(rng, ranges.spread_db) * rng.standard_normal(small.count + 1)[small.identity],
            level,
        )
    gap_m = (
        uniform(rng, (0.02, 0.12))
        * size_m
        * np.clip(1 + 0.8 * red_field(rng, sea.grid, -2.0, 3000.0), 0.0, 3)
    )
    between = smooth_step(gap_m - cell.border_m, 0.5 * float(gap_m.mean()) + 30.0)
    gap_db = uniform(rng, ranges.lead_db) if rng.random() < 0.65 else uniform(rng, ranges.ridge_db)
    return level * (1 - between) + gap_db * between + _ridges(sea, rng, ranges) * (1 - between)


def _pack(sea: Sea, rng: np.random.Generator, ranges: IceRanges) -> np.ndarray:
    """Return close pack: broad provinces, a net of ridges and a few long leads."""
    provinces = uniform(rng, ranges.spread_db) * red_field(
        rng, sea.grid, -2.8, uniform(rng, (3000.0, 15_000.0))
    )
    surface = provinces + _ridges(sea, rng, ranges)
    for _ in range(int(rng.integers(0, 4))):
        surface += _lead(sea, rng, ranges)
    return surface


def _lead(sea: Sea, rng: np.random.Generator, ranges: IceRanges) -> np.ndarray:
    x, y = distorted(rng, sea.grid, log_uniform(rng, (300.0, 3000.0)), 8000.0)
    angle, (x0, y0) = rng.uniform(0, np.pi), sea.grid.random_point(rng)
    across = (x - x0) * np.sin(angle) - (y - y0) * np.cos(angle)
    width = log_uniform(rng, (60.0, 600.0)) * np.clip(1 + 0.7 * red_field(rng, sea.grid, -2.0, 5000.0), 0, 3)
    depth = uniform(rng, ranges.lead_db) if rng.random() < 0.75 else uniform(rng, ranges.ridge_db)
    return depth * smooth_step(width - np.abs(across), 80.0)


def _ridges(sea: Sea, rng: np.random.Generator, ranges: IceRanges) -> np.ndarray:
    """Return a net of thin bright lines: zero crossings of a distorted field."""
    scale_m = log_uniform(rng, (500.0, 4000.0))
    field = sample(
        red_field(rng, sea.grid, -2.6, scale_m, 80.0),
        *distorted(rng, sea.grid, 0.3 * scale_m, 2 * scale_m),
        sea.grid,
    )
    sharp = np.exp(-np.abs(field) / uniform(rng, (0.05, 0.2)))
    patchy = np.clip(0.6 + 0.8 * red_field(rng, sea.grid, -2.0, 5000.0), 0, 2)
    return uniform(rng, ranges.ridge_db) * sharp * patchy


def _brash(sea: Sea, rng: np.random.Generator, ranges: IceRanges) -> np.ndarray:
    """Return ground-up ice near the edge: speckled at every scale."""
    speckled = unit(np.abs(red_field(rng, sea.grid, -1.3, 4000.0)))
    return 1.4 * uniform(rng, ranges.spread_db) * speckled + 0.5 * _ridges(sea, rng, ranges)


def _bands(sea: Sea, rng: np.random.Generator, ranges: IceRanges) -> np.ndarray:
    """Return wisps and swirls drawn out by eddies along the edge, open water between them."""
    width_m = log_uniform(rng, (300.0, 1500.0))
    wisps = streaky_field(rng, sea.grid, 2 * width_m, uniform(rng, (3.0, 9.0)), rng.uniform(0, np.pi))
    wisps = sample(wisps, *distorted(rng, sea.grid, uniform(rng, (0.5, 2.0)) * width_m, 15_000.0), sea.grid)
    contrast = uniform(rng, ranges.ridge_db)
    return contrast * (smooth_step(wisps + red_field(rng, sea.grid, -1.8, 5000.0), 1.5) - 0.5)
