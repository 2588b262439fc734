"""What the pixels of a plain raster are: its band, its polarisation, its units."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from osgeo import gdal

from .errors import InputError, OptionError
from .incidence import angle_band
from .raster import is_integer, is_scaled, nodata_of, read_lines, sample, short

UNITS = ("auto", "linear", "db", "dn", "roughness")
QUANTITY_KEY = "METOCEAN_QUANTITY"
QUANTITY = "sqrt_roughness"
# The square root of roughness that networks were trained on goes up to this: larger values are ships and
# land. Integers carry it over the whole range of their type.
LARGEST = 2.0
_POLARISATION = re.compile(r"(?<![A-Za-z])(VV|HH|VH|HV)(?![A-Za-z])", re.IGNORECASE)
_REMEDY = "set UNITS to linear, db, dn or roughness"
# Between the noise of the sensor and the brightest of scenes.
_MEDIANS_DB = (-45.0, 5.0)
# Read at a time where a thinned view of a band shows nothing.
_LINES = 256
HH_WARNING = "HH is brought to VV with Thompson's polarisation ratio, which is experimental."


@dataclass(frozen=True)
class BandView:
    """What can be seen of a band: its texts, its type, a sample of its valid values."""

    file: str
    description: str
    integer: bool
    largest: float
    values: np.ndarray
    georeferenced: bool

    @property
    def roughness_scale(self) -> float:
        """What brings values that are roughness to the range 0 to 2."""
        return LARGEST / self.largest if self.integer else 1.0


def polarisation_of(dataset: gdal.Dataset, band: int) -> str:
    """Return VV, HH, VH or HV as band or file are named, or an empty text."""
    for text in (dataset.GetRasterBand(band).GetDescription(), short(dataset.GetDescription())):
        found = {p.upper() for p in _POLARISATION.findall(text)}
        if len(found) == 1:
            return found.pop()
    return ""


def choose_band(dataset: gdal.Dataset, wanted: int) -> tuple[int, str]:
    """Return the number of the band to use and the reason; VH and HV are refused.

    Parameters
    ----------
    wanted : int
        0 looks for VV, then HH, by the bands' names.
    """
    count = dataset.RasterCount
    if wanted > count or wanted < 0:
        raise OptionError(f"There is no band {wanted}: {short(dataset.GetDescription())} has {count}.")
    band, reason = (wanted, "as chosen") if wanted else _automatic(dataset)
    if polarisation_of(dataset, band) in ("VH", "HV"):
        raise InputError(
            f"{short(dataset.GetDescription())}: {polarisation_of(dataset, band)} does not show the sea's "
            "processes; choose the VV (or HH) image."
        )
    return band, reason


def _automatic(dataset: gdal.Dataset) -> tuple[int, str]:
    if dataset.RasterCount == 1:
        return 1, "the only one"
    _refuse_photo(dataset)
    angle = angle_band(dataset)
    bands = [i for i in range(1, dataset.RasterCount + 1) if i != angle]
    for wanted in ("VV", "HH"):
        for band in bands:
            if polarisation_of(dataset, band) == wanted:
                return band, f"{wanted} by its name"
    unnamed = [i for i in bands if not polarisation_of(dataset, i)]
    return (unnamed or bands)[0], "the first; bands have no polarisation in their names"


def _refuse_photo(dataset: gdal.Dataset) -> None:
    """Let grey pictures stored as three equal bands pass, colour pictures not."""
    colours = [dataset.GetRasterBand(i + 1) for i in range(min(3, dataset.RasterCount))]
    bytes_only = all(b.DataType == gdal.GDT_Byte for b in colours)
    if len(colours) < 3 or not bytes_only or any(b.GetDescription() for b in colours):
        return
    red, green, blue = (sample(b) for b in colours)
    if not (np.array_equal(red, green) and np.array_equal(red, blue)):
        raise InputError(
            f"{short(dataset.GetDescription())} is a colour picture, not radar backscatter; "
            "choose a radar image."
        )


def view_band(dataset: gdal.Dataset, band: int) -> BandView:
    """Look at a band; `InputError` where it can be no radar image or holds nothing."""
    name, chosen = short(dataset.GetDescription()), dataset.GetRasterBand(band)
    if gdal.DataTypeIsComplex(chosen.DataType):
        raise InputError(f"{name} has complex pixels (SLC); use the GRD product of the same acquisition.")
    _refuse_palette(chosen, name)
    values = _known_values(chosen)
    if not values.size:
        raise InputError(f"{name} holds no valid pixel in band {band}: all are nodata.")
    integer = is_integer(chosen) and not is_scaled(chosen)
    largest = float(np.iinfo(values.dtype).max) if integer else 1.0
    georeferenced = bool(dataset.GetProjection() or dataset.GetGCPCount())
    return BandView(name, chosen.GetDescription(), integer, largest, values, georeferenced)


def _known_values(band: gdal.Band) -> np.ndarray:
    """Return the pixels of a thinned view that say something, or of the first lines that have any."""
    values = _known(band, sample(band))
    for first in range(0, band.YSize, _LINES):
        # Zero is what clipping and warping leave around a scene; alone it says something, too.
        if values.any():
            return values[values != 0]
        lines = _known(band, read_lines(band, first, min(_LINES, band.YSize - first)))
        values = lines if lines.any() or not values.size else values
    return values[values != 0] if values.any() else values


def _known(band: gdal.Band, values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    if nodata_of(band) is not None:
        known &= values != nodata_of(band)
    return values[known]


def _refuse_palette(band: gdal.Band, name: str) -> None:
    table = band.GetColorTable()
    if table is None:
        return
    entries = [table.GetColorEntry(i)[:3] for i in range(table.GetCount())]
    if any(entry != (i, i, i) for i, entry in enumerate(entries)):
        raise InputError(
            f"{name} is a picture with a colour palette, not radar backscatter; choose a radar image."
        )


def choose_units(view: BandView, option: str) -> tuple[str, str]:
    """Return linear, db, dn or roughness, and the reason; an option the values contradict is an error."""
    option = option.strip().lower() or "auto"
    if option not in UNITS:
        raise OptionError(f"There is no unit {option!r}; choose one of {', '.join(UNITS)}.")
    units, reason = _guess(view) if option == "auto" else (_checked(view, option), "as chosen")
    median = float(np.median(view.values))
    if units == "db" and not _MEDIANS_DB[0] <= median <= _MEDIANS_DB[1]:
        raise InputError(
            f"{view.file} has a median of {median:.4g}, which is no backscatter in decibels; store the scale "
            "of scaled integers (gdal_translate -a_scale 0.01), or choose other UNITS."
        )
    return units, reason


def _checked(view: BandView, option: str) -> str:
    """Return the option unless the values contradict it."""
    median, low = float(np.median(view.values)), float(view.values.min())
    contradictions = {
        "db": low > 0,
        "linear": median < 0 or (view.integer and median > 5),
        "dn": median < 0,
        "roughness": median < 0 or (not view.integer and median > 2 * LARGEST),
    }
    if contradictions[option]:
        raise InputError(
            f"{view.file} cannot be in {option}: its median is {median:.3g} and its least value {low:.3g}; "
            "choose other UNITS."
        )
    return option


def _guess(view: BandView) -> tuple[str, str]:
    median = float(np.median(view.values))
    texts = f"{view.file} {view.description}".lower()
    if "gamma0" in texts or "beta0" in texts:
        raise InputError(
            f"{view.file} is gamma0 or beta0; calibrate to sigma0, or set UNITS to use it as it is."
        )
    if median < 0:
        return "db", "most values are negative"
    if not view.georeferenced:
        return _guess_imagette(view, median)
    if not view.integer and "sigma0" in texts:
        return "linear", "sigma0 by its name"
    if view.integer and view.largest > 255 and median > 20:
        return "dn", "large whole numbers"
    raise InputError(f"What the values of {view.file} are cannot be told (median {median:.3g}); {_REMEDY}.")


def _guess_imagette(view: BandView, median: float) -> tuple[str, str]:
    """Without coordinates a raster is taken for an imagette, whose pixels already are roughness."""
    if view.integer and view.largest > 255 and np.percentile(view.values, 99) < 0.1 * view.largest:
        raise InputError(
            f"{view.file} looks like uncalibrated radar numbers without coordinates; load the SAFE product, "
            f"or {_REMEDY}."
        )
    if view.integer or 0.2 < median < LARGEST:
        return "roughness", "an imagette without coordinates"
    raise InputError(f"What the values of {view.file} are cannot be told (median {median:.3g}); {_REMEDY}.")
