# SPDX-License-Identifier: GPL-2.0-or-later
"""The units that pixels of plain rasters can be in: what they measure, and how numbers are stored."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Measure(Enum):
    """What the power of pixels is a measure of.

    sigma0 is power scattered back by a unit of ground, gamma0 by a unit of area seen from the radar; DN² is
    what neither calibration nor noise subtraction has touched, so only the relative brightness is known.
    """

    SIGMA0 = "sigma0"
    GAMMA0 = "gamma0"
    DN = "what the radar counts, uncalibrated"
    ROUGHNESS = "roughness"


class Law(Enum):
    """What stored numbers are of power."""

    # Whatever the law, pixels become power before anything is averaged: means of decibels or of amplitudes
    # lie below the mean of power, by an amount that depends on the speckle.

    POWER = "power"
    DECIBEL = "ten times its decimal logarithm"
    AMPLITUDE = "its square root"


class Units(NamedTuple):
    """What pixels measure, and by which law they are stored."""

    measure: Measure
    law: Law


# By what users choose. Roughness is stored as its square root, as the networks see it; in integers the
# largest number of their type is `metocean.core.quantity.LARGEST`, as in TenGeoP-SARwv's imagettes.
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
