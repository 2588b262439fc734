"""Draws what meets what: one imagette with exact masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.classes import CLASSES, class_index
from ....core.cmod5n import vv_over_hh
from ..draws import Draws, Range, choose, skewed, uniform
from ..fields import Grid, smooth_step
from ..processes import convection, streaks
from ..sea import UNLABELLED, Sea, calm_sea
from ..sensor import WAVE_MODE, observe, roughness
from ..shapes import meander
from ..waves import clean_sigma0, draw_waves
from .labels import leave_unlabelled
from .mixture import BACKGROUND, COMPANIONS, DISTRACTORS, MODES, PRIMARY, PROCESSES, STEEP, WIND, Mode
from .swath import Swath
from .visibility import leave_to_plain_water


@dataclass(frozen=True)
class Sample:
    """A simulated imagette.

    Attributes
    ----------
    roughness : (H, W) float32
        sqrt roughness, 0 to 2.
    labels : (H, W) uint8
        0 unlabelled, else 1 + class.
    tag : int
        1 + the class the imagette was made for: what a categorizer is to say.
    spacing_m : float
    """

    roughness: np.ndarray
    labels: np.ndarray
    tag: int
    spacing_m: float


@dataclass(frozen=True)
class ImagetteRanges:
    """Size and spacing of imagettes, and how often things come together.

    ``unclear`` is how often annotators leave part of an imagette unlabelled, and ``unclear_share`` how much.
    """

    size: int = 512
    spacing_m: Range = (38.0, 51.0)
    two_regimes: float = 0.2
    second: float = 0.25
    distractor: float = 0.3
    unclear: float = 0.28
    unclear_share: Range = (0.08, 0.3)


def simulate(
    seed: int,
    primary: str | None = None,
    held_out: bool = False,
    ranges: ImagetteRanges = ImagetteRanges(),
) -> Sample:
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
    if rng.random() < mode.hh:
        sea.solid_db = 10 * np.log10(vv_over_hh(incidence_deg))
    _compose(sea, rng, primary, ranges)
    waves = draw_waves(rng, sea, strength=1.3 if primary == "POW" else 1.0)
    # In HH the receiver's noise is no water either.
    noise_db = sea.noise_db + sea.solid_db
    sigma0 = observe(rng, clean_sigma0(sea, waves), grid.spacing_m, mode.sensor, noise_db)
    return annotated(rng, sea, sigma0, primary, ranges)


def annotated(
    rng: Draws, scene: Sea | Swath, sigma0: np.ndarray, primary: str, ranges: ImagetteRanges
) -> Sample:
    """Return a scene made for a class as it is seen, ``sigma0``, and as people would label and name it."""
    leave_to_plain_water(scene, sigma0)
    tag = _tag(scene.labels, primary)
    if rng.random() < ranges.unclear:
        leave_unlabelled(rng, scene.labels, uniform(rng, ranges.unclear_share))
    return Sample(roughness(sigma0, scene.incidence_deg), scene.labels, tag, scene.grid.spacing_m)


def _tag(labels: np.ndarray, primary: str) -> int:
    """Return what an image made for a class is named for: plain water only where there is nothing else."""
    plain, wanted = class_index("POW") + 1, class_index(primary) + 1
    counts = np.bincount(labels.ravel(), minlength=len(CLASSES) + 1)
    if wanted != plain and counts[wanted]:
        return wanted
    # What it was made for may have fallen outside, or be covered: then the image is of what fills it.
    counts[[UNLABELLED, plain]] = 0
    return int(counts.argmax()) if counts.any() else plain


def _incidence_deg(rng: Draws, primary: str, mode: Mode) -> float:
    if mode.sensor is not WAVE_MODE:
        return uniform(rng, mode.incidence_deg)
    steep, flat = mode.incidence_deg
    return steep if rng.random() < STEEP.get(primary, 0.5) else flat


def _compose(sea: Sea, rng: Draws, primary: str, ranges: ImagetteRanges) -> None:
    place: np.ndarray | float = 1.0
    if rng.random() < ranges.two_regimes:
        distance, _ = meander(rng, sea.grid, 1500.0, 12_000.0)
        place = smooth_step(distance, uniform(rng, (400.0, 5000.0)))
    if primary not in ("WS", "MCC", "POW"):
        _background(sea, rng)
    elif rng.random() < 0.15:
        _background(sea, rng, 1 - place)
    if primary == "POW":
        _faint(sea, rng)
    else:
        PROCESSES[primary](sea, rng, place)
    if rng.random() < ranges.second:
        _second(sea, rng, primary)
    if rng.random() < ranges.distractor:
        kind = choose(rng, {name: share for name, (share, _) in DISTRACTORS.items()})
        DISTRACTORS[kind][1](sea, rng)


def _background(sea: Sea, rng: Draws, weight: np.ndarray | float = 1.0) -> None:
    kind = choose(rng, BACKGROUND)
    if kind == "streaks":
        streaks.apply(sea, rng, weight)
    elif kind == "cells":
        convection.apply(sea, rng, weight)
    elif rng.random() < 0.5:
        _faint(sea, rng)


def _faint(sea: Sea, rng: Draws) -> None:
    kind = rng.integers(0, 3)
    if kind == 1:
        streaks.apply(sea, rng, 1.0, streaks.FAINT, label=False)
    elif kind == 2:
        convection.apply(sea, rng, 1.0, convection.FAINT, label=False)


def _second(sea: Sea, rng: Draws, primary: str) -> None:
    second = choose(rng, COMPANIONS[primary])
    frozen = sea.labels == class_index("SI") + 1
    bergs = sea.labels == class_index("IB") + 1
    ice_before = sea.gain_db.copy() if frozen.any() else None
    PROCESSES[second](sea, rng, (~frozen).astype(np.float32))
    if ice_before is not None and second != "IB":
        sea.gain_db[frozen] = ice_before[frozen]
        sea.label(frozen, "SI")
    # They stay as bright over whatever came to lie around them.
    sea.label(bergs, "IB")
