# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws what meets what in one imagette."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Array
from ....core.classes import value_of
from ..draws import Draws, Range, choose, uniform
from ..fields import smooth_step
from ..processes import convection, streaks
from ..sea import Sea
from ..shapes import meander
from .mixture import BACKGROUND, COMPANIONS, DISTRACTORS, PROCESSES, Background


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


IMAGETTE_RANGES = ImagetteRanges()


def compose(sea: Sea, rng: Draws, primary: str, ranges: ImagetteRanges) -> None:
    """Draw what an imagette is made for, the water between, and at times a second process or a distractor.

    Parameters
    ----------
    sea : Sea
        Without anything on it yet.
    rng : Draws
    primary : str
        Code of the class it is made for.
    ranges : ImagetteRanges
    """
    where: Array | float = 1.0
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


def _background(sea: Sea, rng: Draws, weight: Array | float = 1.0) -> None:
    kind = choose(rng, BACKGROUND)
    if kind is Background.STREAKS:
        streaks.apply(sea, rng, weight)
    elif kind is Background.CELLS:
        convection.apply(sea, rng, weight)
    elif rng.random() < 0.5:
        _faint(sea, rng)


def _faint(sea: Sea, rng: Draws) -> None:
    """Add structure of the wind too weak for annotators: else networks call any texture by a name."""
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
