"""Draws what meets what: one imagette with exact masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.classes import CLASS_VALUES, value_of
from ....core.cmod5n import vv_over_hh
from ..draws import Draws, Range, choose, skewed, uniform
from ..fields import Grid, smooth_step
from ..processes import convection, streaks
from ..sea import UNLABELLED, Sea, calm_sea
from ..sensor import WAVE_MODE, observe, roughness
from ..shapes import meander
from ..waves import clean_sigma0, draw_waves
from .labels import leave_unlabelled
from .mixture import (
    BACKGROUND,
    COMPANIONS,
    DISTRACTORS,
    MODES,
    PRIMARY,
    PROCESSES,
    STEEP,
    WIND,
    AcquisitionMode,
    Background,
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
    # Networks get imagettes of 20 km resized to 512 pixels, 39 m each, and maps at 50 m: either must do.
    spacing_m: Range = (38.0, 51.0)
    two_regimes: float = 0.2
    second: float = 0.25
    distractor: float = 0.3
    unclear: float = 0.28
    unclear_share: Range = (0.08, 0.3)


def simulate_imagette(
    seed: int,
    primary: str | None = None,
    held_out: bool = False,
    ranges: ImagetteRanges = ImagetteRanges(),
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
    _compose(sea, rng, primary, ranges)
    # Where nothing else is to be seen, annotators name the waves: plain water has somewhat more of them.
    waves = draw_waves(rng, sea, strength=1.3 if primary == "POW" else 1.0)
    # In HH the receiver's noise is no water either.
    noise_db = sea.noise_db + sea.solid_db
    sigma0 = observe(rng, clean_sigma0(sea, waves), grid.spacing_m, mode.sensor, noise_db)
    return annotated(rng, sea, sigma0, primary, ranges)


def annotated(
    rng: Draws, scene: Sea | WideScene, sigma0: np.ndarray, primary: str, ranges: ImagetteRanges
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


def _tag(labels: np.ndarray, primary: str) -> int:
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


def _compose(sea: Sea, rng: Draws, primary: str, ranges: ImagetteRanges) -> None:
    """Draw what the imagette is made for, the water between, and at times a second process or a distractor."""
    where: np.ndarray | float = 1.0
    if rng.random() < ranges.two_regimes:
        distance, _ = meander(rng, sea.grid, 1500.0, 12_000.0)
        where = smooth_step(distance, uniform(rng, (400.0, 5000.0)))
    # Streaks and cells fill the water themselves; on the far side of a regime's border there may be others.
    if primary not in ("WS", "MCC", "POW"):
        _background(sea, rng)
    elif rng.random() < 0.15:
        _background(sea, rng, 1 - where)
    if primary == "POW":
        _faint(sea, rng)
    else:
        PROCESSES[primary](sea, rng, where)
    if rng.random() < ranges.second:
        _second(sea, rng, primary)
    if rng.random() < ranges.distractor:
        kind = choose(rng, {name: share for name, (share, _) in DISTRACTORS.items()})
        DISTRACTORS[kind][1](sea, rng)


def _background(sea: Sea, rng: Draws, weight: np.ndarray | float = 1.0) -> None:
    kind = choose(rng, BACKGROUND)
    if kind is Background.STREAKS:
        streaks.apply(sea, rng, weight)
    elif kind is Background.CELLS:
        convection.apply(sea, rng, weight)
    elif rng.random() < 0.5:
        _faint(sea, rng)


def _faint(sea: Sea, rng: Draws) -> None:
    """Structure of the wind too weak for annotators: without it networks call any texture by a name."""
    kind = rng.integers(0, 3)
    if kind == 1:
        streaks.apply(sea, rng, 1.0, streaks.FAINT, label=False)
    elif kind == 2:
        convection.apply(sea, rng, 1.0, convection.FAINT, label=False)


def _second(sea: Sea, rng: Draws, primary: str) -> None:
    second = choose(rng, COMPANIONS[primary])
    # On ice nothing shows of wind, films or rain: it keeps its echo and its label.
    frozen = sea.labels == value_of("SI")
    bergs = sea.labels == value_of("IB")
    ice_before = sea.gain_db.copy() if frozen.any() else None
    PROCESSES[second](sea, rng, (~frozen).astype(np.float32))
    if ice_before is not None and second != "IB":
        sea.gain_db[frozen] = ice_before[frozen]
        sea.label(frozen, "SI")
    # They stay as bright over whatever came to lie around them.
    sea.label(bergs, "IB")
