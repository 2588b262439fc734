# SPDX-License-Identifier: GPL-2.0-or-later
"""Sea ice (SI): floes, pack with ridges and leads, brash and bands, and the edge where it meets the water.

Ice scatters from its rough surface and, the older it is, from its volume: its echo does not depend on the
wind and falls off with the angle more slowly than that of the sea (Onstott, in Microwave Remote Sensing of
Sea Ice, AGU Geophysical Monograph 68, 1992). So the same ice is dark against windy water in the near range
and bright in the far; ridges and rims are bright lines, leads dark ones, or bright where wind roughens their
water.

Ranges of the level are wide enough for either; what tells ice from water is its pattern, and that it shows no
waves. Real ice is more filamentary than cells side by side, hence nets of ridges over all of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from ..cells import Cells, cells
from ..draws import Draws, Range, choose, log_uniform, uniform
from ..fields import red_field, smooth_step, streaky_field, unit
from ..sea import Sea
from ..shapes import Stirring, distorted, region, sample, stirred


@dataclass(frozen=True)
class IceRanges:
    """Level of the ice (sigma0 at 35°, dB), its fall by degree and its spread, floes, texture, leads, ridges.

    Its echo falls off with the angle half as fast as the sea's: dark against it in the near range, bright in
    the far. ``round`` is how far floes keep from their neighbours, relative to their size: 0 touches.
    """

    level_db: Range = (-20.0, -8.0)
    fall_db: Range = (0.16, 0.26)
    spread_db: Range = (0.3, 2.4)
    texture_db: Range = (0.2, 1.3)
    floe_m: Range = (500.0, 9000.0)
    smaller: Range = (0.25, 0.55)
    crowded: Range = (0.35, 0.98)
    round: Range = (0.02, 0.3)
    rim_db: Range = (0.0, 2.5)
    ridge_db: Range = (0.8, 6.0)
    lead_db: Range = (-9.0, -2.0)
    lead_m: Range = (60.0, 700.0)
    waves: Range = (0.0, 0.3)
    edge_share: float = 0.4


def apply(sea: Sea, rng: Draws, weight: Array | float = 1.0, ranges: IceRanges = IceRanges()) -> Array:
    """Cover the sea, or what lies on one side of an ice edge, with ice; return the ice mask.

    Parameters are those of every process; see `metocean.training.simulator.processes`.
    """
    cover = np.broadcast_to(np.asarray(weight, np.float32), sea.grid.shape)
    if rng.random() < ranges.edge_share:
        cover = cover * _edge(sea, rng)
    build = choose(rng, {_floes: 0.41, _pack: 0.41, _brash: 0.06, _bands: 0.12})
    surface_db = build(sea, rng, ranges)
    surface_db += uniform(rng, ranges.texture_db) * red_field(
        rng, sea.grid, uniform(rng, (-1.4, -0.6)), 1500.0
    )
    surface_db += _level_db(sea, rng, ranges) + uniform(rng, (0.0, 1.0)) * red_field(
        rng, sea.grid, -3.0, 20_000.0
    )
    # Ice takes the place of the water: its level does not depend on the wind.
    sea.gain_db = (sea.gain_db * (1 - cover)).astype(np.float32)
    _replace_wind(sea, cover)
    sea.gain_db += (surface_db * cover).astype(np.float32)
    sea.wave_gain *= 1 - cover * (1 - np.float32(uniform(rng, ranges.waves)))
    mask = cover > 0.5
    sea.label(mask, "SI")
    return mask


def _level_db(sea: Sea, rng: Draws, ranges: IceRanges) -> Array:
    """Return the ice's level against 10 m/s sea, dB by column."""
    fall_db = uniform(rng, ranges.fall_db) * (sea.incidence_deg - 35.0)
    return sea.solid(uniform(rng, ranges.level_db) - fall_db)


def _replace_wind(sea: Sea, cover: Array) -> None:
    # Levels of ice are relative to such a sea, so the wind under ice is made that everywhere.
    # 10 m/s at 45°, in the quadrant of the wind: opposite vectors would cancel along the edge.
    reference = np.float32(10 * np.sqrt(0.5))
    sea.wind_x = sea.wind_x * (1 - cover) + reference * np.sign(sea.wind_x.mean()) * cover
    sea.wind_y = sea.wind_y * (1 - cover) + reference * np.sign(sea.wind_y.mean()) * cover


def _edge(sea: Sea, rng: Draws) -> Array:
    """Return the cover of one side of an edge, often drawn out by eddies."""
    size_m, slope = uniform(rng, (10_000.0, 40_000.0)), uniform(rng, (-4.5, -2.4))
    inward = region(rng, sea.grid, uniform(rng, (0.3, 0.8)), size_m, slope)
    if rng.random() < 0.6:
        eddies = Stirring(log_uniform(rng, (4000.0, 15_000.0)), 1200.0, log_uniform(rng, (500.0, 6000.0)))
        inward = sample(inward, *stirred(rng, sea.grid, eddies), sea.grid)
    return smooth_step(inward, log_uniform(rng, (0.03, 0.6)))


def _floes(sea: Sea, rng: Draws, ranges: IceRanges) -> Array:
    """Return floes of several sizes, large ones lying over the small, with brash or water between."""
    between_db = uniform(rng, ranges.lead_db) if rng.random() < 0.7 else uniform(rng, ranges.ridge_db)
    surface = 0.5 * red_field(rng, sea.grid, -2.0, 5000.0) + between_db
    largest_m, smaller = log_uniform(rng, ranges.floe_m), uniform(rng, ranges.smaller)
    rim_db, spread_db = uniform(rng, ranges.rim_db), uniform(rng, ranges.spread_db)
    for generation in (2, 1, 0):
        size_m = max(largest_m * smaller**generation, 4 * sea.grid.spacing_m)
        floe = cells(rng, sea.grid, size_m, uniform(rng, (1.0, 1.7)), rng.uniform(0, np.pi), 0.15 * size_m)
        there = (rng.random(floe.count + 1) < uniform(rng, ranges.crowded))[floe.identity]
        inside = smooth_step(floe.border_m - uniform(rng, ranges.round) * size_m, 40.0) * there
        level = spread_db * rng.standard_normal(floe.count + 1)[floe.identity] + _rim(floe, rim_db, size_m)
        surface = surface * (1 - inside) + level * inside
    return surface + 0.5 * _ridges(sea, rng, ranges)


def _rim(floe: Cells, rim_db: float, size_m: float) -> Array:
    """Return the rim that floes grind up against each other."""
    values: Array = rim_db * np.exp(-floe.border_m / max(0.12 * size_m, 60.0))
    return values


def _pack(sea: Sea, rng: Draws, ranges: IceRanges) -> Array:
    """Return close pack: frozen-together floes, ridges along and across them, and a few long leads."""
    size_m = log_uniform(rng, ranges.floe_m)
    floe = cells(rng, sea.grid, size_m, uniform(rng, (1.0, 2.0)), rng.uniform(0, np.pi), 0.2 * size_m)
    surface: Array = 0.7 * uniform(rng, ranges.spread_db) * rng.standard_normal(floe.count + 1)[floe.identity]
    seams = np.exp(-floe.border_m / 60.0) * np.clip(red_field(rng, sea.grid, -2.0, 3000.0) + 0.3, 0, 2)
    surface = surface + uniform(rng, ranges.ridge_db) * seams + _ridges(sea, rng, ranges)
    for _ in range(int(rng.integers(0, 5))):
        surface += _lead(sea, rng, ranges)
    return surface


def _lead(sea: Sea, rng: Draws, ranges: IceRanges) -> Array:
    x, y = distorted(rng, sea.grid, log_uniform(rng, (100.0, 2000.0)), 8000.0)
    angle, (x0, y0) = rng.uniform(0, np.pi), sea.grid.random_point(rng)
    across = (x - x0) * np.sin(angle) - (y - y0) * np.cos(angle)
    varying = np.clip(0.8 + 0.8 * red_field(rng, sea.grid, -2.4, 5000.0), 0, 3)
    width_m = log_uniform(rng, ranges.lead_m) * varying
    depth = uniform(rng, ranges.lead_db) if rng.random() < 0.75 else uniform(rng, ranges.ridge_db)
    return depth * smooth_step(width_m - np.abs(across), 60.0)


def _ridges(sea: Sea, rng: Draws, ranges: IceRanges) -> Array:
    """Return a net of thin bright lines, straight pieces at many angles: borders of cells, here and there."""
    size_m = log_uniform(rng, (500.0, 4000.0))
    net = cells(rng, sea.grid, size_m, uniform(rng, (1.0, 3.0)), rng.uniform(0, np.pi), 0.15 * size_m)
    patchy = np.clip(uniform(rng, (-0.4, 0.6)) + red_field(rng, sea.grid, -2.0, 2 * size_m), 0, 2)
    values: Array = (
        uniform(rng, ranges.ridge_db) * np.exp(-net.border_m / uniform(rng, (30.0, 90.0))) * patchy
    )
    return values


def _brash(sea: Sea, rng: Draws, ranges: IceRanges) -> Array:
    """Return ground-up ice near the edge: speckled at every scale."""
    speckled = unit(np.abs(red_field(rng, sea.grid, uniform(rng, (-1.8, -0.9)), 4000.0)))
    return 1.4 * uniform(rng, ranges.spread_db) * speckled + 0.5 * _ridges(sea, rng, ranges)


def _bands(sea: Sea, rng: Draws, ranges: IceRanges) -> Array:
    """Return wisps and swirls drawn out by eddies along the edge, open water between them."""
    width_m = log_uniform(rng, (500.0, 3000.0))
    wisps = streaky_field(rng, sea.grid, 2 * width_m, uniform(rng, (2.0, 9.0)), rng.uniform(0, np.pi))
    eddies = Stirring(log_uniform(rng, (4000.0, 15_000.0)), 1200.0, log_uniform(rng, (1500.0, 9000.0)))
    wisps = sample(wisps, *stirred(rng, sea.grid, eddies), sea.grid) + 0.3 * red_field(
        rng, sea.grid, -1.6, 3000.0
    )
    return 1.5 * uniform(rng, ranges.ridge_db) * (smooth_step(wisps, uniform(rng, (0.3, 1.5))) - 0.5)
