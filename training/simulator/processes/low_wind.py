# SPDX-License-Identifier: GPL-2.0-or-later
"""Low wind areas (LWA): below about 2 m/s nothing roughens the sea and it goes dark.

Ripples of the radar's wavelength need a least wind to grow against the water's viscosity (Donelan & Pierson,
J. Geophys. Res. 92, 1987); below it Bragg scattering stops and the image shows the receiver's noise. The mask
ends where people see the dark end, at 2.9 m/s, which is somewhat above the wind where ripples die.

Ranges: edges from crisp to kilometres wide, because real ones fade and a prototype's were too crisp; up to
the whole scene, since a calm may be larger than an imagette.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from ..draws import Draws, Range, log_uniform, uniform
from ..fields import red_field, smooth_step
from ..sea import Sea
from ..shapes import Stirring, region, sample, stirred


@dataclass(frozen=True)
class LowWindRanges:
    """Share of the scene, wind inside, size and slope of the region's field, edge, most wind in the mask."""

    share: Range = (0.1, 1.0)
    inside_speed: Range = (0.4, 1.9)
    scale_m: Range = (8000.0, 40_000.0)
    slope: Range = (-4.5, -2.6)
    edge: Range = (0.1, 1.6)
    path_m: Range = (400.0, 6000.0)
    eddy_m: Range = (3000.0, 12_000.0)
    gusts: Range = (0.05, 0.35)
    limit_speed: float = 2.9


def apply(
    sea: Sea,
    rng: Draws,
    weight: Array | float = 1.0,
    ranges: LowWindRanges = LowWindRanges(),
) -> None:
    """Let the wind die inside an irregular region whose edges the air has drawn out into wisps.

    Parameters are those of every process; see `metocean.training.simulator.processes`.
    """
    eddies = Stirring(log_uniform(rng, ranges.eddy_m), 900.0, log_uniform(rng, ranges.path_m))
    depth = region(
        rng, sea.grid, uniform(rng, ranges.share), uniform(rng, ranges.scale_m), uniform(rng, ranges.slope)
    )
    depth = sample(depth, *stirred(rng, sea.grid, eddies), sea.grid)
    inside = smooth_step(depth, log_uniform(rng, ranges.edge)) * weight
    gusts = red_field(rng, sea.grid, uniform(rng, (-3.0, -1.8)), uniform(rng, (2000.0, 9000.0)), 300.0)
    calm = uniform(rng, ranges.inside_speed) * np.clip(1 + uniform(rng, ranges.gusts) * gusts, 0.2, 2)
    speed = np.maximum(sea.speed, 0.3)
    # Blended in the logarithm: a wind that dies does so by equal shares, not by equal steps.
    wanted = np.exp((1 - inside) * np.log(speed) + inside * np.log(np.maximum(calm, 0.3)))
    sea.scale_wind((wanted / speed).astype(np.float32))
    sea.label((wanted < ranges.limit_speed) & (inside > 0.5), "LWA")
