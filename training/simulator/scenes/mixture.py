# SPDX-License-Identifier: GPL-2.0-or-later
"""What is drawn how often: modes, processes, and what comes along with them.

Every process must appear over every background and with every neighbour: networks trained on pure cases
called windy water and slicks over convection sea ice, and plain water slicks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ....core.arrays import Array
from ..draws import Draws, Range
from ..processes import convection, distractors, fronts, ice, icebergs, low_wind, rain, slicks, streaks
from ..sea import Sea
from ..sensor import EXTRA_WIDE, INTERFEROMETRIC, WAVE_MODE, Sensor


class ModeName(Enum):
    """Modes of Sentinel-1, by ESA's abbreviations: wave, interferometric wide swath, extra wide swath."""

    WV = "WV"
    IW = "IW"
    EW = "EW"


class Background(Enum):
    """What the water between processes looks like."""

    PLAIN = "plain"
    STREAKS = "streaks"
    CELLS = "cells"


class Distractor(Enum):
    """What else is in scenes and is none of the ten classes."""

    SHIPS = "ships"
    INTERNAL_WAVES = "internal waves"
    GRAVITY_WAVES = "gravity waves"
    SEAM = "seam"
    SCALLOPING = "scalloping"
    LAND = "land"
    INTERFERENCE = "interference"


@dataclass(frozen=True)
class AcquisitionMode:
    """A mode of acquisition and how often it is drawn.

    Attributes
    ----------
    share : float
        Of imagettes.
    incidence_deg : range
        Wave mode has these two (`STEEP` says how often the first), the others all between them.
    sensor : Sensor
    hh_share : float
        Of the mode's imagettes that are HH instead of VV: over ice and in cold seas EW often is.
    """

    share: float
    incidence_deg: Range
    sensor: Sensor
    hh_share: float = 0.0


MODES = {
    ModeName.WV: AcquisitionMode(0.5, (23.8, 36.8), WAVE_MODE),
    ModeName.IW: AcquisitionMode(0.3, (29.0, 46.0), INTERFEROMETRIC),
    ModeName.EW: AcquisitionMode(0.2, (19.0, 47.0), EXTRA_WIDE, hh_share=0.5),
}


# Wind speed (m/s) under which each process is seen, high ones seldom. Slicks are torn and mixed down by
# stronger wind, and low wind areas need wind around them to be dark against; streaks need some to form.
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
# Share of each class's wave-mode imagettes at the steeper incidence. In the real set it is 93 % for plain
# water and 8 % for cells; milder here, so that each is learnt at both.
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
# How often the water between them looks how.
BACKGROUND = {Background.PLAIN: 0.6, Background.STREAKS: 0.2, Background.CELLS: 0.2}
# What often comes along with what an imagette is made for, by nature: bergs near ice, films where the wind is
# low, rain along fronts.
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
# How often each distractor is the one that an imagette with a distractor has, and what draws it.
DISTRACTORS: dict[Distractor, tuple[float, Callable[[Sea, Draws], None]]] = {
    Distractor.SHIPS: (0.22, icebergs.ships),
    Distractor.INTERNAL_WAVES: (0.22, distractors.internal_waves),
    Distractor.GRAVITY_WAVES: (0.16, distractors.gravity_waves),
    Distractor.SEAM: (0.12, distractors.seam),
    Distractor.SCALLOPING: (0.1, distractors.scalloping),
    Distractor.LAND: (0.11, distractors.land),
    Distractor.INTERFERENCE: (0.07, distractors.interference),
}

# What changes a sea, and its labels, where a weight of 0 to 1 says; plain water is what they leave.
Process = Callable[[Sea, Draws, "Array | float"], object]
PROCESSES: dict[str, Process] = {
    "WS": streaks.apply,
    "MCC": convection.apply,
    "LWA": low_wind.apply,
    "RC": rain.apply,
    "BS": slicks.apply,
    "OF": fronts.oceanic,
    "AF": fronts.atmospheric,
    "SI": ice.apply,
    # Bergs drift through any water: a weight would cut them in two.
    "IB": lambda sea, rng, weight: icebergs.apply(sea, rng),
}
