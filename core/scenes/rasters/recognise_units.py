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

# Names of bands as SNAP, the Copernicus Browser and others write them.
_MEASURES = {
    Measure.SIGMA0: "sigma[ _]?(?:0|nought)",
    Measure.GAMMA0: "gamma[ _]?(?:0|nought)",
}
_BETA0 = re.compile("beta[ _]?(?:0|nought)")
_DECIBELS = re.compile(r"(?<![a-z])(?:db|decibels?)(?![a-z])")
# SNAP's names of what is not calibrated yet.
_UNCALIBRATED = re.compile(r"(?<![a-z])(amplitude|intensity)_(?:vv|hh)")
# SNAP's names of what has no meaning alone: real and imaginary parts, phases.
_PART = re.compile(r"^[iq]_|phase", re.IGNORECASE)
# Whole numbers with a higher median are the radar's own; backscatter is lower.
_LEAST_DN = 20
_REMEDY = f"say that it is one of {', '.join(UNITS)}"


def units_by_metadata(view: BandView) -> Optional[tuple[str, str]]:
    """Return what file and bands say of themselves, None where they say nothing."""
    return next((found for found in (recognise(view) for recognise in _RECOGNISERS) if found), None)


def _of_hyp3(view: BandView) -> Optional[tuple[str, str]]:
    name = hyp3_units(view.file)
    return (name, "by its name, as ASF's HyP3 gives them") if name else None


def _of_part(view: BandView) -> Optional[tuple[str, str]]:
    if _PART.search(view.description):
        raise InputError(
            f"{view.description} of {view.file} is part of complex pixels, not backscatter; choose the band "
            "of the intensity or of sigma0, or make one with SNAP."
        )
    return None


def _of_uncalibrated(view: BandView) -> Optional[tuple[str, str]]:
    match = _UNCALIBRATED.search(_texts(view))
    if not match:
        return None
    return "dn" if match[1] == "amplitude" else "intensity", "not calibrated, by its name"


def _of_named(view: BandView) -> Optional[tuple[str, str]]:
    text = _texts(view)
    measure = next((measure for measure, name in _MEASURES.items() if re.search(name, text)), None)
    if measure is None and _BETA0.search(text):
        raise InputError(
            f"{view.file} is beta0; calibrate to sigma0, or choose units to use it as it is.", option="units"
        )
    if measure is None:
        return None
    decibels = bool(_DECIBELS.search(f"{text} {view.unit.lower()}"))
    return _key(measure, decibels or view.negative), f"{measure.value} by its name"


def _of_earth_engine(view: BandView) -> Optional[tuple[str, str]]:
    if view.integer or "angle" not in view.bands or view.description not in ("VV", "HH"):
        return None
    collection = "S1_GRD" if view.negative else "S1_GRD_FLOAT"
    return _key(Measure.SIGMA0, view.negative), f"bands as in Earth Engine's {collection}"


# Tried in this order.
_RECOGNISERS = (_of_part, _of_hyp3, _of_uncalibrated, _of_named, _of_earth_engine)


def _texts(view: BandView) -> str:
    return f"{view.file} {view.description}".lower()


def _key(measure: Measure, decibels: bool) -> str:
    wanted = Units(measure, Law.DECIBEL if decibels else Law.POWER)
    return next(name for name, units in UNITS.items() if units == wanted)


def units_by_values(view: BandView) -> tuple[str, str]:
    """Return what values leave no doubt of."""
    if view.negative:
        return "db", "most values are negative"
    if not view.georeferenced:
        return _of_imagette(view)
    if view.integer and not view.is_byte and view.median > _LEAST_DN:
        return "dn", "large whole numbers"
    raise InputError(
        f"What the values of {view.file} are cannot be told (median {view.median:.3g}); {_REMEDY}.",
        option="units",
    )


def _of_imagette(view: BandView) -> tuple[str, str]:
    """Without coordinates a raster is taken for an imagette, whose pixels already are roughness."""
    if view.integer and not view.is_byte and np.percentile(view.values, 99) < 0.1 * view.largest:
        raise InputError(
            f"{view.file} looks like uncalibrated radar numbers without coordinates; load the SAFE product, "
            f"or {_REMEDY}.",
            option="units",
        )
    if view.integer or 0.2 < view.median < LARGEST:
        return "roughness", "an imagette without coordinates"
    raise InputError(
        f"What the values of {view.file} are cannot be told (median {view.median:.3g}); {_REMEDY}.",
        option="units",
    )
