# SPDX-License-Identifier: GPL-2.0-or-later
"""One simulated imagette with exact masks, as a radar sees it and as annotators would name it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from ....core.classes import CLASS_VALUES, value_of
from ....core.cmod5n import vv_over_hh
from ..draws import Draws, choose, skewed, uniform
from ..fields import Grid
from ..sea import UNLABELLED, Sea, calm_sea
from ..sensor import WAVE_MODE, observe, roughness
from ..waves import clean_sigma0, draw_waves
from .composition import IMAGETTE_RANGES, ImagetteRanges, compose
from .labels import leave_unlabelled
from .mixture import (
    MODES,
    PRIMARY,
    STEEP,
    WIND,
    AcquisitionMode,
)
from .visibility import leave_to_plain_water
from .wide_scene import WideScene


@dataclass(frozen=True)
class Imagette:
    """A simulated imagette and what annotators would say of it.

    Attributes
    ----------
    roughness : (H, W) float32
        sqrt roughness, 0 to 2.
    labels : (H, W) uint8
        `UNLABELLED`, or the value of a class.
    tag : int
        Value of the class the imagette was made for: what a categorizer is to say.
    spacing_m : float
    """

    roughness: Array
    labels: Array
    tag: int
    spacing_m: float


def simulate_imagette(
    seed: int,
    primary: str | None = None,
    held_out: bool = False,
    ranges: ImagetteRanges = IMAGETTE_RANGES,
) -> Imagette:
    """Return the imagette of a seed.

    Parameters
    ----------
    seed : int
    primary : str, optional
        Code of the class it is made for; drawn if not given.
    held_out : bool
        Whether parameters come from the slices of their ranges that training never sees; see
        `metocean.training.simulator.draws`.
    ranges : ImagetteRanges
    """
    rng = Draws(seed, held_out)
    primary = primary or choose(rng, PRIMARY)
    grid = Grid((ranges.size, ranges.size), uniform(rng, ranges.spacing_m))
    mode = MODES[choose(rng, {name: mode.share for name, mode in MODES.items()})]
    incidence_deg = np.full(ranges.size, _incidence_deg(rng, primary, mode))
    sea = calm_sea(rng, grid, incidence_deg, skewed(rng, WIND[primary]))
    if rng.random() < mode.hh_share:
        sea.solid_db = 10 * np.log10(vv_over_hh(incidence_deg))
    compose(sea, rng, primary, ranges)
    # Where nothing else is to be seen, annotators name the waves: plain water has somewhat more of them.
    waves = draw_waves(rng, sea, strength=1.3 if primary == "POW" else 1.0)
    # In HH the receiver's noise is no water either.
    noise_db = sea.noise_db + sea.solid_db
    sigma0 = observe(rng, clean_sigma0(sea, waves), grid.spacing_m, mode.sensor, noise_db)
    return annotated(rng, sea, sigma0, primary, ranges)


def annotated(
    rng: Draws, scene: Sea | WideScene, sigma0: Array, primary: str, ranges: ImagetteRanges
) -> Imagette:
    """Return a scene as it is seen, and as people would label and name it.

    Parameters
    ----------
    rng : Draws
    scene : Sea or WideScene
        Its labels are changed.
    sigma0 : (rows, columns)
        Linear, with noise and speckle.
    primary : str
        Code of the class that the scene was made for.
    ranges : ImagetteRanges
    """
    leave_to_plain_water(scene, sigma0)
    tag = _tag(scene.labels, primary)
    if rng.random() < ranges.unclear:
        leave_unlabelled(rng, scene.labels, uniform(rng, ranges.unclear_share))
    return Imagette(roughness(sigma0, scene.incidence_deg), scene.labels, tag, scene.grid.spacing_m)


def _tag(labels: Array, primary: str) -> int:
    """Return what an image made for a class is named for: plain water only where there is nothing else."""
    plain, wanted = value_of("POW"), value_of(primary)
    counts = np.bincount(labels.ravel(), minlength=CLASS_VALUES.stop)
    if wanted != plain and counts[wanted]:
        return wanted
    # What it was made for may have fallen outside, or be covered: then the image is of what fills it.
    counts[[UNLABELLED, plain]] = 0
    return int(counts.argmax()) if counts.any() else plain


def _incidence_deg(rng: Draws, primary: str, mode: AcquisitionMode) -> float:
    if mode.sensor is not WAVE_MODE:
        return uniform(rng, mode.incidence_deg)
    steep, flat = mode.incidence_deg
    return steep if rng.random() < STEEP.get(primary, 0.5) else flat
