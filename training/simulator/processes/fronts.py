# SPDX-License-Identifier: GPL-2.0-or-later
"""Atmospheric fronts (AF): the wind changes across a line. Oceanic fronts (OF): a line in the water.

Atmospheric: denser air pushes under lighter air; speed and direction of the wind step across a line with
lobes and clefts, and the sea with them (Young, Sikora & Winstead, Weather Forecast. 20, 2005). One side often
has rolls or cells of its own.

Oceanic: currents converge along the border of two waters, ripples pile up or films gather there, and a thin
bright, or dark, line meanders through the image (Johannessen et al., J. Geophys. Res. 110, C07017, 2005). The
water on either side differs little in roughness.

Ranges: contrasts go down to what an eye can just see, as weak fronts were what a first network missed. Masks
are as wide as people draw them, some two to three kilometres, not as wide as the change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from ..draws import Draws, Range, log_uniform, uniform
from ..fields import red_field, smooth_step
from ..sea import Sea
from ..shapes import Stirring, contour, meander
from . import convection, streaks


@dataclass(frozen=True)
class AtmosphericRanges:
    """Relative step of the wind, width of the line, its crest, turn of the wind, half-width of the mask.

    ``lobes_m`` is how far the denser air bulges between the clefts of its edge.
    """

    step: Range = (0.09, 0.65)
    width_m: Range = (60.0, 900.0)
    crest: Range = (0.0, 0.28)
    turn_deg: Range = (0.0, 60.0)
    swing_m: Range = (200.0, 2500.0)
    scale_m: Range = (4000.0, 25_000.0)
    lobes_m: Range = (40.0, 900.0)
    mask_m: Range = (900.0, 1500.0)
    decay_m: Range = (2500.0, 25_000.0)


def atmospheric(
    sea: Sea,
    rng: Draws,
    weight: Array | float = 1.0,
    ranges: AtmosphericRanges = AtmosphericRanges(),
) -> None:
    """Step the wind across a meandering line, often with rolls or cells on one side of it.

    Parameters are those of every process; see `metocean.training.simulator.processes`.
    """
    distance, _ = meander(rng, sea.grid, log_uniform(rng, ranges.swing_m), log_uniform(rng, ranges.scale_m))
    width_m = log_uniform(rng, ranges.width_m)
    lobes_m = log_uniform(rng, ranges.lobes_m)
    ragged = distance + lobes_m * np.abs(red_field(rng, sea.grid, -2.6, max(4 * lobes_m, 800.0), 100.0))
    ragged = ragged + uniform(rng, (0.1, 0.5)) * width_m * red_field(rng, sea.grid, -2.2, 2500.0)
    side = smooth_step(ragged, width_m)
    # The step fades away from the line: fronts are not two uniform halves.
    fade = np.exp(-np.abs(distance) / log_uniform(rng, ranges.decay_m))
    step = log_uniform(rng, ranges.step)
    crest = uniform(rng, ranges.crest) * np.exp(-((ragged / (1.5 * width_m)) ** 2))
    factor = 1 + (step * (side - 0.5) * (0.15 + 0.85 * fade) + crest) * weight
    sea.scale_wind(np.clip(factor, 0.3, 2.2).astype(np.float32))
    _turn(sea, side * np.radians(rng.choice((-1, 1)) * uniform(rng, ranges.turn_deg)) * weight)
    # Half of the fronts have a texture on one side.
    texture = int(rng.integers(0, 4))
    if texture == 0:
        streaks.apply(sea, rng, side * weight)
    elif texture == 1:
        convection.apply(sea, rng, side * weight)
    sea.label(np.abs(distance) < uniform(rng, ranges.mask_m), "AF", weight)


def _turn(sea: Sea, angle: Array) -> None:
    cosine, sine = np.cos(angle), np.sin(angle)
    wind_x, wind_y = sea.wind_x, sea.wind_y
    sea.wind_x = (wind_x * cosine - wind_y * sine).astype(np.float32)
    sea.wind_y = (wind_x * sine + wind_y * cosine).astype(np.float32)


@dataclass(frozen=True)
class OceanicRanges:
    """Filament contrast (dB) and width, share of dark ones, roughness step, half-width of the mask.

    Some fronts meander; the others are edges of water that eddies (``eddy_m``, ``path_m``) have drawn out.
    """

    contrast_db: Range = (0.8, 4.5)
    width_m: Range = (80.0, 320.0)
    dark_share: float = 0.33
    step: Range = (-0.16, 0.16)
    swing_m: Range = (300.0, 4500.0)
    scale_m: Range = (5000.0, 25_000.0)
    drawn_out: float = 0.5
    eddy_m: Range = (5000.0, 20_000.0)
    path_m: Range = (400.0, 2500.0)
    mask_m: Range = (1200.0, 2000.0)
    patchiness: Range = (0.2, 0.9)


def oceanic(
    sea: Sea,
    rng: Draws,
    weight: Array | float = 1.0,
    ranges: OceanicRanges = OceanicRanges(),
) -> None:
    """Draw a convergence line between two water masses of slightly different roughness.

    Parameters are those of every process; see `metocean.training.simulator.processes`.
    """
    distance = _water_edge(sea, rng, ranges)
    width_m = log_uniform(rng, ranges.width_m)
    patchy = np.clip(
        1 + uniform(rng, ranges.patchiness) * red_field(rng, sea.grid, -2.2, 5000.0, 600.0), 0.15, 2
    )
    wobbling = distance + 0.4 * width_m * red_field(rng, sea.grid, -1.8, 1500.0)
    contrast = log_uniform(rng, ranges.contrast_db) * (-1 if rng.random() < ranges.dark_share else 1)
    line = np.exp(-0.5 * (wobbling / (width_m * np.clip(patchy, 0.5, 1.6))) ** 2)
    sea.gain_db += (contrast * line * patchy * weight).astype(np.float32)
    step = uniform(rng, ranges.step) * smooth_step(distance, uniform(rng, (300.0, 3000.0)))
    sea.scale_wind((1 + step * weight).astype(np.float32))
    sea.label(np.abs(distance) < uniform(rng, ranges.mask_m), "OF", weight)


def _water_edge(sea: Sea, rng: Draws, ranges: OceanicRanges) -> Array:
    scale_m = log_uniform(rng, ranges.scale_m)
    if rng.random() < ranges.drawn_out:
        eddies = Stirring(log_uniform(rng, ranges.eddy_m), 2500.0, log_uniform(rng, ranges.path_m))
        return contour(rng, sea.grid, 25_000.0, eddies)
    return meander(rng, sea.grid, log_uniform(rng, ranges.swing_m), scale_m)[0]
