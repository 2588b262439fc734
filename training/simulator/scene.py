"""Draws what meets what: one imagette with exact masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...core.classes import CLASSES, class_index
from ...core.cmod5n import vv_over_hh
from . import convection, distractors, fronts, ice, icebergs, low_wind, rain, slicks, streaks
from .draws import Draws, Range, choose, skewed, uniform
from .fields import Grid, smooth_step
from .labels import leave_unlabelled
from .sea import UNLABELLED, Sea, calm_sea
from .sensor import EXTRA_WIDE, INTERFEROMETRIC, WAVE_MODE, Sensor, observe, roughness
from .shapes import meander
from .visibility import leave_to_plain_water
from .waves import clean_sigma0, draw_waves


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
class Mode:
    """A mode of acquisition: how often it is drawn, its incidence and sensor, and how often it is HH.

    Wave mode has two incidences (`STEEP` says how often the first), the others a range.
    """

    share: float
    incidence_deg: Range
    sensor: Sensor
    hh: float = 0.0


MODES = {
    "WV": Mode(0.5, (23.8, 36.8), WAVE_MODE),
    "IW": Mode(0.3, (29.0, 46.0), INTERFEROMETRIC),
    "EW": Mode(0.2, (19.0, 47.0), EXTRA_WIDE, hh=0.5),
}


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


# Wind speed (m/s) under which each process is seen, high ones seldom.
WIND: dict[str, Range] = {
    "AF": (3.5, 17.0),
    "BS": (2.6, 7.5),
    "IB": (2.8, 17.0),
    "LWA": (2.9, 8.0),
    "MCC": (3.5, 18.0),
    "OF": (2.9, 10.0),
    "POW": (2.9, 22.0),
    "RC": (2.9, 15.0),
    "SI": (2.8, 17.0),
    "WS": (4.5, 22.0),
}
# Share of each class's wave-mode imagettes at the steeper incidence, milder than in the real set.
STEEP = {"POW": 0.7, "MCC": 0.3}

# How often each class is what an imagette is made for. Plain water comes with all of them besides.
PRIMARY = {
    "AF": 1.0,
    "BS": 1.1,
    "IB": 0.9,
    "LWA": 1.0,
    "MCC": 1.2,
    "OF": 1.0,
    "POW": 1.2,
    "RC": 1.1,
    "SI": 1.2,
    "WS": 1.2,
}
# What the water between them looks like.
BACKGROUND = {"plain": 0.6, "streaks": 0.2, "cells": 0.2}
# What often comes along with what an imagette is made for.
COMPANIONS = {
    "AF": {"RC": 0.5, "LWA": 0.2, "OF": 0.3},
    "BS": {"LWA": 0.6, "OF": 0.4},
    "IB": {"SI": 0.7, "OF": 0.3},
    "LWA": {"BS": 0.4, "RC": 0.4, "OF": 0.2},
    "MCC": {"RC": 0.5, "AF": 0.3, "OF": 0.2},
    "OF": {"BS": 0.4, "LWA": 0.3, "AF": 0.3},
    "POW": {"OF": 0.3, "IB": 0.2, "AF": 0.2, "RC": 0.3},
    "RC": {"AF": 0.4, "LWA": 0.4, "RC": 0.2},
    "SI": {"IB": 0.5, "LWA": 0.2, "AF": 0.3},
    "WS": {"AF": 0.4, "RC": 0.3, "OF": 0.3},
}
DISTRACTORS: dict[str, tuple[float, Callable[[Sea, Draws], None]]] = {
    "ships": (0.22, icebergs.ships),
    "internal waves": (0.22, distractors.internal_waves),
    "gravity waves": (0.16, distractors.gravity_waves),
    "seam": (0.12, distractors.seam),
    "scalloping": (0.1, distractors.scalloping),
    "land": (0.11, distractors.land),
    "interference": (0.07, distractors.interference),
}

Apply = Callable[[Sea, Draws, "np.ndarray | float"], object]
PROCESSES: dict[str, Apply] = {
    "WS": streaks.apply,
    "MCC": convection.apply,
    "LWA": low_wind.apply,
    "RC": rain.apply,
    "BS": slicks.apply,
    "OF": fronts.oceanic,
    "AF": fronts.atmospheric,
    "SI": ice.apply,
    "IB": lambda sea, rng, weight: icebergs.apply(sea, rng),
}


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
        Whether every parameter comes from the slices that training never sees; see
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
    sigma0 = observe(rng, clean_sigma0(sea, waves), grid.spacing_m, mode.sensor, sea.noise_db)
    leave_to_plain_water(sea, sigma0)
    tag = _tag(sea.labels, primary)
    if rng.random() < ranges.unclear:
        leave_unlabelled(rng, sea.labels, uniform(rng, ranges.unclear_share))
    return Sample(roughness(sigma0, sea.incidence_deg), sea.labels, tag, grid.spacing_m)


def _tag(labels: np.ndarray, primary: str) -> int:
    """Return what an image is named for: plain water only where there is nothing else."""
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
