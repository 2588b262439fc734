"""What the pixels of a plain raster are: its band, its units, and the way from them to linear power."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

import numpy as np
from osgeo import gdal

from .errors import InputError, OptionError
from .incidence import Incidence, angle_band
from .projections import open_metric
from .raster import is_integer, read_lines, sample, short
from .resampling import Grid, Lines, cell_means

UNITS = ("auto", "linear", "db", "dn", "roughness")
QUANTITY_KEY = "METOCEAN_QUANTITY"
QUANTITY = "sqrt_roughness"
# Integers carry the square root of roughness, 0 to 2, over the whole range of their type.
_ROUGHNESS_RANGE = 2.0
_POLARISATION = re.compile(r"(?<![A-Za-z])(VV|HH|VH|HV)(?![A-Za-z])", re.IGNORECASE)
_REMEDY = "set UNITS to linear, db, dn or roughness"


@dataclass(frozen=True)
class BandView:
    """What can be seen of a band: its texts, its type, a sample of its valid values."""

    file: str
    description: str
    integer: bool
    largest: float
    values: np.ndarray
    georeferenced: bool


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
    values = sample(chosen).ravel()
    valid = np.isfinite(values)
    if chosen.GetNoDataValue() is not None:
        valid &= values != chosen.GetNoDataValue()
    if not valid.any():
        raise InputError(f"{name} holds no valid pixel in band {band}: all are nodata.")
    integer = is_integer(chosen)
    largest = float(np.iinfo(values.dtype).max) if integer else 1.0
    georeferenced = bool(dataset.GetProjection() or dataset.GetGCPCount())
    return BandView(name, chosen.GetDescription(), integer, largest, values[valid], georeferenced)


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
    if option == "auto":
        return _guess(view)
    median, low = float(np.median(view.values)), float(view.values.min())
    contradictions = {
        "db": median > 5 or low > 0,
        "linear": median < 0 or (view.integer and median > 5),
        "dn": median < 0,
        "roughness": median < 0 or (not view.integer and median > 2 * _ROUGHNESS_RANGE),
    }
    if contradictions[option]:
        raise InputError(
            f"{view.file} cannot be in {option}: its median is {median:.3g} and its least value {low:.3g}; "
            "choose other UNITS."
        )
    return option, "as chosen"


def _guess(view: BandView) -> tuple[str, str]:
    median = float(np.median(view.values))
    texts = f"{view.file} {view.description}".lower()
    if median < 0:
        return "db", "most values are negative"
    if not view.georeferenced:
        return _guess_imagette(view, median)
    if "gamma0" in texts or "beta0" in texts:
        raise InputError(
            f"{view.file} is gamma0 or beta0; calibrate to sigma0, or set UNITS to use it as it is."
        )
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
    if view.integer or 0.2 < median < _ROUGHNESS_RANGE:
        return "roughness", "an imagette without coordinates"
    raise InputError(f"What the values of {view.file} are cannot be told (median {median:.3g}); {_REMEDY}.")


@dataclass(frozen=True)
class BandSource:
    """A band in known units; where these are roughness, ``scale`` brings it to the range 0 to 2."""

    path: str
    band: int
    units: str
    scale: float
    incidence: Optional[Incidence]

    @classmethod
    def of(
        cls, path: str, band: int, view: BandView, units: str, incidence: Optional[Incidence]
    ) -> BandSource:
        """Return the source of a band that was looked at."""
        scale = _ROUGHNESS_RANGE / view.largest if view.integer else 1.0
        return cls(path, band, units, scale, incidence)

    def reader(self, grid: Grid) -> BandReader:
        """Return what computes the rows of a working grid."""
        return BandReader(self, grid)


class BandReader:
    """Rows of power: sigma0, DN² or roughness, by the units of the band."""

    def __init__(self, source: BandSource, grid: Grid) -> None:
        self._source, self._grid = source, grid
        self._dataset = open_metric(source.path)
        self._band = self._dataset.GetRasterBand(source.band)
        self._nodata = self._band.GetNoDataValue()

    def rows(self, start: int, stop: int) -> tuple[np.ndarray, Optional[np.ndarray]]:
        """Return power (NaN where unknown) and incidence in degrees, both (rows, columns); None without."""
        power = np.maximum(cell_means(self._read, self._grid, start, stop), 0.0)
        incidence = self._source.incidence
        return power, incidence.rows(self._grid, start, stop) if incidence else None

    def _read(self, first: int, count: int) -> Lines:
        values = read_lines(self._band, first, count)
        valid = np.isfinite(values)
        if self._nodata is not None:
            valid &= values != self._nodata
        # Zero is what processors leave outside a swath; negative sigma0 is what noise subtraction leaves.
        if self._source.units in ("linear", "dn"):
            valid &= values != 0
        if self._source.units == "roughness":
            valid &= values >= 0
        power = self._power(np.where(valid, values, 0).astype(np.float64))
        return np.where(valid, power, 0), None if valid.all() else valid

    def _power(self, values: np.ndarray) -> np.ndarray:
        if self._source.units == "db":
            return 10.0 ** (values / 10.0)
        if self._source.units == "linear":
            return values
        return (values * (self._source.scale if self._source.units == "roughness" else 1.0)) ** 2
