# SPDX-License-Identifier: GPL-2.0-or-later
"""Biological slicks (BS): surface films drawn out and wound up by eddies.

Films of natural oils damp ripples of the radar's wavelength and with them the echo, by a few to ten dB (Gade,
Alpers, Hühnerfuss, Masuko & Kobayashi, J. Geophys. Res. 103, 1998). Currents gather them in convergences and
draw them out: dark, thin, curved filaments and spirals, where streaks of the wind are straight,
quasi-periodic and both bright and dark. They are seen in weak wind only; stronger wind breaks and mixes them.

Here patches of film are carried by a random flow without divergence. Known to be missing: fields of dozens of
filaments of 0.3 to 1.5 km spacing, for which films of 1.2 km and eddies of as much are too thick and too few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ....core.arrays import Array
from ..draws import Draws, Range, log_uniform, uniform
from ..fields import Grid, red_field, smooth_step, streaky_field
from ..sea import Sea
from ..shapes import Stirring, region, sample, stirred


@dataclass(frozen=True)
class SlickRanges:
    """Size of the films before stirring, their damping, the eddies, how much of the sea the films cover."""

    source_m: Range = (1200.0, 6000.0)
    damping_db: Range = (1.0, 9.0)
    eddy_m: Range = (4000.0, 20_000.0)
    smallest_eddy_m: Range = (1200.0, 3000.0)
    path_m: Range = (3500.0, 16_000.0)
    cover: Range = (0.06, 0.32)
    patch: Range = (0.3, 1.0)
    slope: Range = (-4.0, -2.4)
    raggedness: Range = (0.03, 0.3)
    softness: Range = (0.25, 0.9)
    drawn_along: float = 0.4  # share of films that lie in windrows
    wave_damping: Range = (0.0, 0.5)  # films still ripples, not swell


def apply(sea: Sea, rng: Draws, weight: Array | float = 1.0, ranges: SlickRanges = SlickRanges()) -> None:
    """Damp the sea along wound filaments.

    Parameters are those of every process; see `metocean.training.simulator.processes`.
    """
    films = _films(sea, rng, ranges)
    patch = smooth_step(region(rng, sea.grid, uniform(rng, ranges.patch), 12_000.0, -2.6), 0.8) * weight
    threshold = np.quantile(films[::4, ::4], 1 - uniform(rng, ranges.cover))
    film = smooth_step(films - threshold, uniform(rng, ranges.softness)) * patch
    sea.gain_db += (-log_uniform(rng, ranges.damping_db) * film).astype(np.float32)
    sea.wave_gain *= (1 - uniform(rng, ranges.wave_damping) * film).astype(np.float32)
    # Thin filaments fade over a pixel or two: the mask takes them from a third of their strength on.
    sea.label(_closed(film > 0.35, sea.grid), "BS", weight, least=0.3)


def _films(sea: Sea, rng: Draws, ranges: SlickRanges) -> Array:
    """Return the concentration of film: patches and windrows, carried off by eddies."""
    smallest_m = log_uniform(rng, ranges.smallest_eddy_m)
    eddies = Stirring(log_uniform(rng, ranges.eddy_m), smallest_m, log_uniform(rng, ranges.path_m))
    x, y = stirred(rng, sea.grid, eddies)
    source_m = log_uniform(rng, ranges.source_m)
    if rng.random() < ranges.drawn_along:
        source = streaky_field(rng, sea.grid, source_m, uniform(rng, (3.0, 14.0)), rng.uniform(0, np.pi))
    else:
        source = red_field(rng, sea.grid, uniform(rng, ranges.slope), 2 * source_m, 150.0)
    ragged = uniform(rng, ranges.raggedness) * red_field(rng, sea.grid, -2.0, 2000.0)
    values: Array = sample(source, x, y, sea.grid) + ragged
    return values


def _closed(mask: Array, grid: Grid, reach_m: float = 500.0) -> Array:
    """Fill gaps narrower than ``reach_m``, on a coarser grid for speed: annotators draw areas."""
    step = max(1, round(100.0 / grid.spacing_m))
    coarse = ndimage.uniform_filter(mask.astype(np.float32), step)[::step, ::step] > 0.3
    reach = max(1, round(reach_m / 2 / (grid.spacing_m * step)))
    padded = np.pad(coarse, reach, mode="edge")
    near = ndimage.distance_transform_edt(~padded) <= reach
    inner = (ndimage.distance_transform_edt(near) > reach)[reach:-reach, reach:-reach] | coarse
    values: Array = inner.repeat(step, 0).repeat(step, 1)[: mask.shape[0], : mask.shape[1]]
    return values
