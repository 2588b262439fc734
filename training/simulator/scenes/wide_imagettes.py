# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts imagettes out of wide scenes: parts of what is larger than an imagette, and of where it fades out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..draws import Draws, Range, skewed, uniform
from ..fields import Grid
from ..sensor import INTERFEROMETRIC, observe
from .composition import ImagetteRanges
from .imagette import Imagette, annotated
from .mixture import Distractor
from .wide_scene import WIDE_PROCESSES, SceneContent, simulate_wide_scene

# Imagettes down and across a scene.
DOWN, ACROSS = 3, 4
IMAGETTES = DOWN * ACROSS
IMAGETTE = ImagetteRanges()


@dataclass(frozen=True)
class WideRanges:
    """Mean wind, incidence at the near edge and its growth, and how often each process is there."""

    speed: Range = (3.0, 18.0)
    near_deg: Range = (29.0, 38.5)
    # IW sees 29 to 46 degrees over 250 km.
    growth_deg_per_m: float = 17 / 250_000
    process: float = 0.7
    distractor: float = 0.5


def simulate_wide_imagettes(
    seed: int, held_out: bool = False, ranges: WideRanges = WideRanges()
) -> Iterator[Imagette]:
    """Yield the `IMAGETTES` imagettes of the wide scene of a seed, an IW scene in VV.

    One sensor observes the whole scene, so that noise and speckle go on from one imagette to the next. Each
    is named for what has most of it besides plain water. ``held_out`` is that of
    `metocean.training.simulator.scenes.imagette.simulate_imagette`.
    """
    rng, size = Draws(seed, held_out), IMAGETTE.size
    grid = Grid((DOWN * size, ACROSS * size), uniform(rng, IMAGETTE.spacing_m))
    across_m = grid.spacing_m * np.arange(grid.shape[1])
    incidence_deg = uniform(rng, ranges.near_deg) + ranges.growth_deg_per_m * across_m
    clean = simulate_wide_scene(rng, grid, incidence_deg, _content(rng, ranges))
    sigma0 = observe(rng, clean.sigma0, grid.spacing_m, INTERFEROMETRIC, clean.noise_db)
    seen = replace(clean, sigma0=sigma0)
    for top in range(0, grid.shape[0], size):
        for left in range(0, grid.shape[1], size):
            part = seen.part(slice(top, top + size), slice(left, left + size))
            yield annotated(rng, part, part.sigma0, "POW", IMAGETTE)


def _content(rng: Draws, ranges: WideRanges) -> SceneContent:
    processes = tuple(code for code in WIDE_PROCESSES if rng.random() < ranges.process)
    drawn = rng.random() < ranges.distractor
    every = tuple(Distractor)
    distractors = (every[int(rng.integers(len(every)))],) if drawn else ()
    return SceneContent(skewed(rng, ranges.speed), processes, distractors)
