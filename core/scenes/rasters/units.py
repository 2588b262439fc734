"""What the pixels of a plain raster are in: as chosen, as metadata say, or as values leave no doubt."""

from __future__ import annotations

from ...errors import InputError, OptionError
from ...quantity import LARGEST
from .band_view import BandView
from .recognise_units import units_by_metadata, units_by_values
from .unit_table import UNITS, Law, Measure

CHOICES = ("auto", *UNITS)
_BACKSCATTER = (Measure.SIGMA0, Measure.GAMMA0)
# Whole numbers with a higher median are no backscatter as power, which is far below one.
_LARGEST_POWER = 5
# Between the noise of the sensor and the brightest of scenes.
_MEDIANS_DB = (-45.0, 5.0)


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
        raise OptionError(f"There is no unit {option!r}; choose one of {', '.join(CHOICES)}.", option="units")
    name, reason = (
        (option, "as chosen") if option != "auto" else units_by_metadata(view) or units_by_values(view)
    )
    _check(view, name, reason)
    return name, reason


def _check(view: BandView, name: str, reason: str) -> None:
    """Refuse units that the values contradict."""
    units, median, low = UNITS[name], view.median, float(view.values.min())
    if units.measure in _BACKSCATTER and view.is_byte:
        raise InputError(
            f"{view.file} is a picture of 8 bits, not {units.measure.value}; "
            "export it as 32-bit floating point."
        )
    contradictions = {
        Law.DECIBEL: not view.negative,
        Law.POWER: median < 0
        or (view.integer and median > _LARGEST_POWER and units.measure is not Measure.DN),
        Law.AMPLITUDE: median < 0,
    }
    too_rough = units.measure is Measure.ROUGHNESS and not view.integer and median > 2 * LARGEST
    if contradictions[units.law] or too_rough:
        raise InputError(
            f"{view.file} cannot be in {name} ({reason}): its median is {median:.3g} and its least value "
            f"{low:.3g}; say in which units it is, {_likely(view)} perhaps.",
            option="units",
        )
    if units.law is Law.DECIBEL and not _MEDIANS_DB[0] <= median <= _MEDIANS_DB[1]:
        raise InputError(
            f"{view.file} has a median of {median:.4g}, which is no backscatter in decibels; store the scale "
            "of scaled integers (gdal_translate -a_scale 0.01), or choose other units.",
            option="units",
        )


def _likely(view: BandView) -> str:
    if view.negative:
        return "db"
    return "roughness" if view.is_byte else "dn" if view.integer else "linear"
