# SPDX-License-Identifier: GPL-2.0-or-later
"""Micro-convective cells (MCC): kilometre-wide gusts on the downwind side, lulls between them.

Over water warmer than the air, plumes rise and the air between them sinks and spreads; where it spreads with
the wind the sea is rougher, where against it smoother, so that the image is mottled, brighter to one side of
each cell (Sikora, Young, Beal & Edson, Mon. Weather Rev. 123, 1995). Here cells are factors on the wind.

Ranges are wide because the class is: diameters from less than a kilometre to mesoscale cells, contrasts down
to what people tag in real imagettes. Four ways to build a cell keep networks from learning one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ....core.arrays import Array
from ..cells import cells
from ..draws import Draws, Range, choose, log_uniform, uniform
from ..fields import Elongation, red_field, ring_field, unit
from ..sea import Sea
from ..shapes import sample

# Nothing tells larger plumes from the turbulence of any wind.
LARGEST_PLUME_M = 2500.0


@dataclass(frozen=True)
class CellRanges:
    """Cell diameter, stretch along the wind, relative modulation of the wind, wobble of the cell walls.

    ``front`` is how far the gusts run ahead of themselves, relative to the cell: what makes their downwind
    edge sharp.
    """

    size_m: Range = (600.0, 9000.0)
    stretch: Range = (1.0, 3.2)
    off_wind_deg: Range = (-20.0, 20.0)
    modulation: Range = (0.034, 0.2)
    wobble: Range = (0.08, 0.3)
    texture: Range = (0.15, 1.0)
    slope: Range = (-2.6, -1.6)
    skew: Range = (0.0, 0.6)
    front: Range = (0.0, 0.22)


def apply(
    sea: Sea,
    rng: Draws,
    weight: Array | float = 1.0,
    ranges: CellRanges = CellRanges(),
    label: bool = True,
) -> None:
    """Modulate the wind by convective cells.

    Parameters are those of every process; see `metocean.training.simulator.processes`.
    """
    size_m = log_uniform(rng, ranges.size_m)
    angle = sea.wind_angle + np.radians(uniform(rng, ranges.off_wind_deg))
    along = Elongation(log_uniform(rng, ranges.stretch), angle)
    build = choose(rng, {_walled: 0.29, _billows: 0.29, _both: 0.29, _plumes: 0.13})
    field = build(sea, rng, size_m, along, ranges)
    texture = red_field(rng, sea.grid, -5 / 3, size_m, elongation=along)
    field = unit(field + uniform(rng, ranges.texture) * texture)
    field = _steepened(sea, field, uniform(rng, ranges.front) * size_m, angle)
    field = unit(np.clip(field, -2.2, 2.8))
    strength = np.clip(1 + 0.35 * red_field(rng, sea.grid, -2.5, 15_000.0, 3000.0), 0.3, 2)
    modulation = log_uniform(rng, ranges.modulation)
    factor = np.clip(1 + modulation * field * strength * weight, 0.35, 1.9).astype(np.float32)
    sea.scale_wind(factor)
    if label:
        sea.name_gusts(factor, "MCC", weight)


def _steepened(sea: Sea, field: Array, reach_m: float, angle: float) -> Array:
    """Carry gusts downwind by their own strength: strong ones catch up with the lull before them."""
    x, y = sea.grid.coordinates()
    for _ in range(2):
        carried_m = 0.5 * reach_m * field
        field = sample(field, x - carried_m * np.cos(angle), y - carried_m * np.sin(angle), sea.grid)
    return field


def _walled(sea: Sea, rng: Draws, size_m: float, along: Elongation, ranges: CellRanges) -> Array:
    """Return cells side by side: gusts on their downwind half, lulls along the walls between them."""
    angle, wobble = along.angle, uniform(rng, ranges.wobble) * size_m
    cell = cells(rng, sea.grid, size_m, along.stretch, angle, wobble)
    downwind = (cell.offset_x_m * np.cos(angle) + cell.offset_y_m * np.sin(angle)) / (0.5 * size_m)
    strength = rng.gamma(4.0, 0.25, cell.count + 1)[cell.identity]
    gust = np.tanh(1.5 * downwind) * strength
    wall = np.exp(-((cell.border_m / (0.22 * size_m)) ** 2))
    return unit(gust * (1 - 0.7 * wall) - 0.5 * wall)


def _billows(sea: Sea, rng: Draws, size_m: float, along: Elongation, ranges: CellRanges) -> Array:
    """Return relief: a mottled height field and its slope along the wind, bright to one side."""
    height = ring_field(rng, sea.grid, 1.3 * size_m, 0.6, along)
    down, right = np.gradient(height)
    slope = right * np.cos(along.angle) + down * np.sin(along.angle)
    height = unit(np.abs(height)) if rng.random() < 0.4 else unit(height)
    return unit(uniform(rng, (0.2, 0.8)) * height + unit(slope))


def _both(sea: Sea, rng: Draws, size_m: float, along: Elongation, ranges: CellRanges) -> Array:
    values: Array = _walled(sea, rng, size_m, along, ranges) + _billows(sea, rng, 0.8 * size_m, along, ranges)
    return values


def _plumes(sea: Sea, rng: Draws, size_m: float, along: Elongation, ranges: CellRanges) -> Array:
    """Return gusts of all sizes up to a cell's, drawn out along the wind, strong ones rarer than lulls."""
    size_m = min(size_m, LARGEST_PLUME_M)
    gusts = red_field(rng, sea.grid, uniform(rng, ranges.slope), 1.5 * size_m, 0.1 * size_m, along)
    return unit(gusts + uniform(rng, ranges.skew) * (gusts * gusts - 1))


FAINT = replace(CellRanges(), modulation=(0.003, 0.02))  # annotators see plain water
