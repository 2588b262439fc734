# SPDX-License-Identifier: GPL-2.0-or-later
"""Recognise the units of a plain raster: by what it says of itself, or by values that leave no doubt."""

from __future__ import annotations

import re
from typing import Optional

import numpy as np

from ...errors import InputError
from ...quantity import LARGEST
from .band_view import BandView
from .hyp3 import hyp3_units
from .unit_table import UNITS, Law, Measure, Units

# Names of bands or files as SNAP (`Sigma0_VV_db`), the Copernicus Browser (`VV_-_Decibel_Gamma0`) and others
# write them.
_MEASURES = {
    Measure.SIGMA0: "sigma[ _]?(?:0|nought)",
    Measure.GAMMA0: "gamma[ _]?(?:0|nought)",
}
_BETA0 = re.compile("beta[ _]?(?:0|nought)")
_DECIBELS = re.compile(r"(?:(?<![a-z])|(?<=[vh]{2}))(?:db|decibels?)(?![a-z])")
# SNAP's names of what is not calibrated yet: `Amplitude_VV`, `Intensity_VV`.
_UNCALIBRATED = re.compile(r"(?<![a-z])(amplitude|intensity)_(?:vv|hh)")
# SNAP's names of what has no meaning alone: real and imaginary parts, phases.
_PART = re.compile(r"^[iq]_|phase", re.IGNORECASE)
# Earth Engine's bands, with what toBands puts before them and reducers put behind: `0_VV`, `VV_median`.
_EARTH_ENGINE = re.compile(r"(\w+_)?(?:VV|HH)(_\w+)?")
# Whole numbers with a higher median are the radar's own; backscatter, as power, is far below one.
_LEAST_DN = 20
_REMEDY = f"say that it is one of {', '.join(UNITS)}"


def units_by_metadata(view: BandView) -> Optional[tuple[str, str]]:
    """Return a key of `UNITS` and the reason, by what file and bands say; None where they say nothing.

    Raises
    ------
    InputError
        They say that these are no units of ours: halves of complex pixels, beta0, a sea masked out.
    """
    return next((found for found in (recognise(view) for recognise in _RECOGNISERS) if found), None)


def _by_hyp3_name(view: BandView) -> Optional[tuple[str, str]]:
    # A virtual raster of such images has their names in its bands.
    name = hyp3_units(view.file) or hyp3_units(view.description)
    return (name, "by its name, as ASF's HyP3 gives them") if name else None


def _refuse_complex_part(view: BandView) -> Optional[tuple[str, str]]:
    # Half of their values are negative, and neither half alone has a meaning.
    if _PART.search(view.description):
        raise InputError(
            f"{view.description} of {view.file} is part of complex pixels, not backscatter; choose the band "
            "of the intensity or of sigma0, or make one with SNAP.",
            option="band",
        )
    return None


def _by_uncalibrated_name(view: BandView) -> Optional[tuple[str, str]]:
    match = _UNCALIBRATED.search(_texts(view))
    if not match:
        return None
    return "dn" if match[1] == "amplitude" else "intensity", "not calibrated, by its name"


def _by_measure_name(view: BandView) -> Optional[tuple[str, str]]:
    text = _texts(view)
    measure = next((measure for measure, name in _MEASURES.items() if re.search(name, text)), None)
    if measure is None and _BETA0.search(text):
        raise InputError(
            f"{view.file} is beta0; calibrate to sigma0, or choose units to use it as it is.", option="units"
        )
    if measure is None:
        return None
    # Names without "dB" may be decibels all the same: what the values show decides then. The other way round,
    # "dB" over values that are not negative, is found by `metocean.core.scenes.rasters.units`.
    decibels = bool(_DECIBELS.search(f"{text} {view.unit.lower()}"))
    return _key(measure, decibels or view.like_decibels), f"{measure.value} by its name"


def _by_earth_engine_bands(view: BandView) -> Optional[tuple[str, str]]:
    # Its exports are doubles, as bands of several types become one type, and have VV, VH and `angle`; what
    # reducers and toBands put before or behind these is the same for all of one image. Without the angle
    # these names are anybody's, and gamma0 would pass for sigma0.
    image = _EARTH_ENGINE.fullmatch(view.description)
    if view.integer or not image or f"{image[1] or ''}angle{image[2] or ''}" not in view.bands:
        return None
    collection = "S1_GRD" if view.like_decibels else "S1_GRD_FLOAT"
    return _key(Measure.SIGMA0, view.like_decibels), f"bands as in Earth Engine's {collection}"


# Tried in this order: what is refused first, then the names that say most. To recognise another export, put a
# function here that returns a key of `UNITS` and the reason, or None.
_RECOGNISERS = (
    _refuse_complex_part,
    _by_hyp3_name,
    _by_uncalibrated_name,
    _by_measure_name,
    _by_earth_engine_bands,
)


def _texts(view: BandView) -> str:
    return f"{view.file} {view.description}".lower()


def _key(measure: Measure, decibels: bool) -> str:
    wanted = Units(measure, Law.DECIBEL if decibels else Law.POWER)
    return next(name for name, units in UNITS.items() if units == wanted)


def units_by_values(view: BandView) -> tuple[str, str]:
    """Return a key of `UNITS` and the reason, where values leave no doubt.

    Raises
    ------
    InputError
        They do: linear sigma0, gamma0, amplitudes and roughness have much the same range.
    """
    # Sigma0 rather than gamma0: the most common, and the two differ by 0.6 dB at 30 degrees and by 1.6 dB at
    # 46.
    if view.like_decibels:
        return "db", "most values are negative"
    if not view.georeferenced:
        return _units_of_imagette(view)
    if view.integer and not view.is_byte and view.median > _LEAST_DN:
        return "dn", "large whole numbers"
    raise InputError(
        f"What the values of {view.file} are cannot be told (median {view.median:.3g}); {_REMEDY}.",
        option="units",
    )


def _units_of_imagette(view: BandView) -> tuple[str, str]:
    """Without coordinates a raster is taken for an imagette, whose pixels already are roughness."""
    # Imagettes use the whole range of their integers. Raw numbers of a swath that lost its place lie at the
    # low end of 16 bits; as roughness they would all be near zero.
    if view.integer and not view.is_byte and np.percentile(view.values, 99) < 0.1 * view.largest:
        raise InputError(
            f"{view.file} looks like uncalibrated radar numbers without coordinates; load the SAFE product, "
            f"or {_REMEDY}.",
            option="units",
        )
    # Roughness of a plain sea is about one; linear sigma0 is far lower.
    if view.integer or 0.2 < view.median < LARGEST:
        return "roughness", "an imagette without coordinates"
    raise InputError(
        f"What the values of {view.file} are cannot be told (median {view.median:.3g}); {_REMEDY}.",
        option="units",
    )
