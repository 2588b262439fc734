"""What the pixels of a plain raster are in: as chosen, as metadata say, or as values leave no doubt."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

import numpy as np

from ...errors import InputError, OptionError
from ...quantity import LARGEST
from .band_view import BandView
from .hyp3 import hyp3_units


class Units(NamedTuple):
    """A quantity, and what pixels are of its power.

    Attributes
    ----------
    quantity : {"sigma0", "gamma0", "dn", "roughness"}
        dn: what the radar counts, uncalibrated; roughness: `metocean.core.quantity.LARGEST` is white.
    law : {"power", "db", "amplitude"}
    """

    quantity: str
    law: str


UNITS = {
    "linear": Units("sigma0", "power"),
    "db": Units("sigma0", "db"),
    "amplitude": Units("sigma0", "amplitude"),
    "gamma0": Units("gamma0", "power"),
    "gamma0_db": Units("gamma0", "db"),
    "gamma0_amplitude": Units("gamma0", "amplitude"),
    "dn": Units("dn", "amplitude"),
    "intensity": Units("dn", "power"),
    "roughness": Units("roughness", "amplitude"),
}
CHOICES = ("auto", *UNITS)
_BACKSCATTER = ("sigma0", "gamma0")
# Names of bands as SNAP, the Copernicus Browser and others write them.
_QUANTITIES = {
    "sigma0": "sigma[ _]?(?:0|nought)",
    "gamma0": "gamma[ _]?(?:0|nought)",
    "beta0": "beta[ _]?(?:0|nought)",
}
_DECIBELS = re.compile(r"(?<![a-z])(?:db|decibels?)(?![a-z])")
# SNAP's names of what is not calibrated yet.
_UNCALIBRATED = re.compile(r"(?<![a-z])(amplitude|intensity)_(?:vv|hh)")
# SNAP's names of what has no meaning alone: real and imaginary parts, phases.
_PART = re.compile(r"^[iq]_|phase", re.IGNORECASE)
# Between the noise of the sensor and the brightest of scenes.
_MEDIANS_DB = (-45.0, 5.0)
# Whole numbers with a higher median are the radar's own; backscatter is lower.
_LEAST_DN, _LARGEST_POWER = 20, 5
_REMEDY = f"set UNITS to one of {', '.join(UNITS)}"


def choose_units(view: BandView, option: str) -> tuple[str, str]:
    """Return a key of `UNITS`, and the reason for it.

    Parameters
    ----------
    option : str
        One of `CHOICES`.

    Raises
    ------
    InputError
        The values contradict the option or the metadata, or leave doubts.
    OptionError
        There is no such unit.
    """
    option = option.strip().lower() or "auto"
    if option not in CHOICES:
        raise OptionError(f"There is no unit {option!r}; choose one of {', '.join(CHOICES)}.")
    name, reason = (option, "as chosen") if option != "auto" else _by_metadata(view) or _by_values(view)
    _check(view, name, reason)
    return name, reason


def _check(view: BandView, name: str, reason: str) -> None:
    """Refuse units that the values contradict."""
    units, median, low = UNITS[name], view.median, float(view.values.min())
    if units.quantity in _BACKSCATTER and view.is_byte:
        raise InputError(
            f"{view.file} is a picture of 8 bits, not {units.quantity}; export it as 32-bit floating point."
        )
    contradictions = {
        "db": not view.negative,
        "power": median < 0 or (view.integer and median > _LARGEST_POWER and units.quantity != "dn"),
        "amplitude": median < 0,
    }
    too_rough = units.quantity == "roughness" and not view.integer and median > 2 * LARGEST
    if contradictions[units.law] or too_rough:
        raise InputError(
            f"{view.file} cannot be in {name} ({reason}): its median is {median:.3g} and its least value "
            f"{low:.3g}; set UNITS to what it is, {_likely(view)} perhaps."
        )
    if units.law == "db" and not _MEDIANS_DB[0] <= median <= _MEDIANS_DB[1]:
        raise InputError(
            f"{view.file} has a median of {median:.4g}, which is no backscatter in decibels; store the scale "
            "of scaled integers (gdal_translate -a_scale 0.01), or choose other UNITS."
        )


def _likely(view: BandView) -> str:
    if view.negative:
        return "db"
    return "roughness" if view.is_byte else "dn" if view.integer else "linear"


def _by_metadata(view: BandView) -> Optional[tuple[str, str]]:
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
    quantity = next((name for name, text in _QUANTITIES.items() if re.search(text, _texts(view))), "")
    if quantity == "beta0":
        raise InputError(f"{view.file} is beta0; calibrate to sigma0, or set UNITS to use it as it is.")
    decibels = bool(_DECIBELS.search(f"{_texts(view)} {view.unit.lower()}"))
    return (_key(quantity, decibels or view.negative), f"{quantity} by its name") if quantity else None


def _of_earth_engine(view: BandView) -> Optional[tuple[str, str]]:
    if view.integer or "angle" not in view.bands or view.description not in ("VV", "HH"):
        return None
    collection = "S1_GRD" if view.negative else "S1_GRD_FLOAT"
    return _key("sigma0", view.negative), f"bands as in Earth Engine's {collection}"


# Tried in this order.
_RECOGNISERS = (_of_part, _of_hyp3, _of_uncalibrated, _of_named, _of_earth_engine)


def _texts(view: BandView) -> str:
    return f"{view.file} {view.description}".lower()


def _key(quantity: str, decibels: bool) -> str:
    wanted = Units(quantity, "db" if decibels else "power")
    return next(name for name, units in UNITS.items() if units == wanted)


def _by_values(view: BandView) -> tuple[str, str]:
    """Return what values leave no doubt of."""
    if view.negative:
        return "db", "most values are negative"
    if not view.georeferenced:
        return _of_imagette(view)
    if view.integer and not view.is_byte and view.median > _LEAST_DN:
        return "dn", "large whole numbers"
    raise InputError(
        f"What the values of {view.file} are cannot be told (median {view.median:.3g}); {_REMEDY}."
    )


def _of_imagette(view: BandView) -> tuple[str, str]:
    """Without coordinates a raster is taken for an imagette, whose pixels already are roughness."""
    if view.integer and not view.is_byte and np.percentile(view.values, 99) < 0.1 * view.largest:
        raise InputError(
            f"{view.file} looks like uncalibrated radar numbers without coordinates; load the SAFE product, "
            f"or {_REMEDY}."
        )
    if view.integer or 0.2 < view.median < LARGEST:
        return "roughness", "an imagette without coordinates"
    raise InputError(
        f"What the values of {view.file} are cannot be told (median {view.median:.3g}); {_REMEDY}."
    )
