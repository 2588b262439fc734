"""What is drawn how often: modes, processes, and what comes along with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..draws import Draws, Range
from ..processes import convection, distractors, fronts, ice, icebergs, low_wind, rain, slicks, streaks
from ..sea import Sea
from ..sensor import EXTRA_WIDE, INTERFEROMETRIC, WAVE_MODE, Sensor


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
