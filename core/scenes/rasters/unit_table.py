"""The units that pixels of plain rasters can be in: what they measure, and how numbers are stored."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Measure(Enum):
    """What the power of pixels is a measure of."""

    SIGMA0 = "sigma0"
    GAMMA0 = "gamma0"
    DN = "what the radar counts, uncalibrated"
    ROUGHNESS = "roughness"


class Law(Enum):
    """What stored numbers are of power."""

    POWER = "power"
    DECIBEL = "ten times its decimal logarithm"
    AMPLITUDE = "its square root"


class Units(NamedTuple):
    """What pixels measure, and by which law they are stored."""

    measure: Measure
    law: Law


# By what users choose; in integers that are roughness the largest number of their type is
# `metocean.core.quantity.LARGEST`.
UNITS = {
    "linear": Units(Measure.SIGMA0, Law.POWER),
    "db": Units(Measure.SIGMA0, Law.DECIBEL),
    "amplitude": Units(Measure.SIGMA0, Law.AMPLITUDE),
    "gamma0": Units(Measure.GAMMA0, Law.POWER),
    "gamma0_db": Units(Measure.GAMMA0, Law.DECIBEL),
    "gamma0_amplitude": Units(Measure.GAMMA0, Law.AMPLITUDE),
    "dn": Units(Measure.DN, Law.AMPLITUDE),
    "intensity": Units(Measure.DN, Law.POWER),
    "roughness": Units(Measure.ROUGHNESS, Law.AMPLITUDE),
}
