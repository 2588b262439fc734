# SPDX-License-Identifier: GPL-2.0-or-later
"""What the pixels of a plain raster are in: as chosen, as metadata say, or as values leave no doubt."""

from __future__ import annotations

from ...errors import InputError, OptionError
from ...quantity import LARGEST
from .band_view import BandView
from .recognise_units import units_by_metadata, units_by_values
from .unit_table import UNITS, Law, Measure, Units

# What a user can choose. The ui offers these.
CHOICES = ("auto", *UNITS)
_BACKSCATTER = (Measure.SIGMA0, Measure.GAMMA0)
# Whole numbers with a higher median are no backscatter as power, which is far below one.
_LARGEST_POWER = 5
# Between the noise of the sensor and the brightest of scenes.
_MEDIANS_DB = (-45.0, 5.0)


def choose_units(view: BandView, option: str) -> tuple[str, str]:
    """Return a key of `UNITS`, and the reason for it.

    What a user says goes before what the file says, and this before what values look like; but whoever said
    it, values can contradict it.

    Parameters
    ----------
    view : BandView
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
        raise OptionError(f"There is no unit {option!r}; choose one of {', '.join(CHOICES)}.", option="units")
    name, reason = (
        (option, "as chosen") if option != "auto" else units_by_metadata(view) or units_by_values(view)
    )
    _check(view, name, reason)
    return name, reason


def median_power(view: BandView, units: Units) -> float:
    """Return the median of a band as power."""
    if units.law is Law.DECIBEL:
        return float(10.0 ** (view.median / 10.0))
    return view.median if units.law is Law.POWER else view.median**2


def _check(view: BandView, name: str, reason: str) -> None:
    """Refuse units that the values contradict."""
    units = UNITS[name]
    # A stretch to 8 bits is never told by the file, so that no value can be brought back to backscatter.
    if units.measure in _BACKSCATTER and view.is_byte:
        raise InputError(
            f"{view.file} is a picture of 8 bits, not {units.measure.value}; "
            "export it as 32-bit floating point."
        )
    if view.below_zero_linear and units.measure in _BACKSCATTER:
        raise InputError(
            f"Most values of {view.file} are negative and yet no decibels (median {view.median:.3g}, spread "
            f"{view.spread:.2g}): too much noise was subtracted; export sigma0 again without noise removal."
        )
    if _contradicted(view, units):
        raise InputError(
            f"{view.file} cannot be in {name} ({reason}): its median is {view.median:.3g} and its least "
            f"value {float(view.values.min()):.3g}; say in which units it is, {_likely(view)} perhaps.",
            option="units",
        )
    # Decibels times a hundred in 16-bit integers are common; without their scale they are below any noise.
    if units.law is Law.DECIBEL and not _MEDIANS_DB[0] <= view.median <= _MEDIANS_DB[1]:
        raise InputError(
            f"{view.file} has a median of {view.median:.4g}, which is no backscatter in decibels; store the "
            "scale of scaled integers (gdal_translate -a_scale 0.01), or choose other units.",
            option="units",
        )


def _contradicted(view: BandView, units: Units) -> bool:
    """Tell whether the signs or the size of the values rule some units out."""
    if units.law is Law.DECIBEL:
        return not view.negative
    if units.law is Law.POWER and view.integer and units.measure is not Measure.DN:
        return not 0 <= view.median <= _LARGEST_POWER
    # Floats far above the largest roughness are none; in integers the type says what its largest number is.
    too_rough = units.measure is Measure.ROUGHNESS and not view.integer and view.median > 2 * LARGEST
    # The median: single pixels of power are negative where noise was subtracted.
    return too_rough or view.median < 0


def _likely(view: BandView) -> str:
    if view.negative:
        return "db"
    return "roughness" if view.is_byte else "dn" if view.integer else "linear"
