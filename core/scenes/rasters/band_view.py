"""What can be seen of a plain raster: its band, its polarisation, what its values look like."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from osgeo import gdal

from ...errors import InputError, OptionError
from ...files.raster import is_integer, is_scaled, sample, short
from ...geometry.projections import on_earth
from ...quantity import LARGEST
from .fill_values import KnownPixels
from .incidence import angle_band

_POLARISATION = re.compile(r"(?<![A-Za-z])(VV|HH|VH|HV)(?![A-Za-z])", re.IGNORECASE)
# Of the pixels of a scene in decibels these at least are negative.
_MOST = 0.8
# Read at a time where a thinned view of a band shows nothing.
_LINES = 256


@dataclass(frozen=True)
class BandView:
    """What can be seen of a band: its texts, its type, a sample of its valid values.

    ``unit`` is what the file says of it, ``bands`` are the names of all bands beside it.
    """

    file: str
    description: str
    unit: str
    bands: tuple[str, ...]
    integer: bool
    largest: float
    values: np.ndarray
    georeferenced: bool

    @property
    def median(self) -> float:
        """Median of the sample."""
        return float(np.median(self.values))

    @property
    def negative(self) -> bool:
        """True where all but some are negative, as decibels are; of parts of complex pixels half are."""
        return float(np.mean(self.values < 0)) > _MOST

    @property
    def is_byte(self) -> bool:
        """True for 8-bit pictures, whose stretch is unknown."""
        return self.integer and self.largest <= 255

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
        raise InputError(
            f"{name} has complex pixels (SLC) and no annotation beside it; load the whole SAFE product."
        )
    _refuse_palette(chosen, name)
    values = _known_values(chosen)
    if not values.size:
        raise InputError(f"{name} holds no valid pixel in band {band}: all are nodata.")
    integer = is_integer(chosen) and not is_scaled(chosen)
    largest = float(np.iinfo(values.dtype).max) if integer else 1.0
    georeferenced = on_earth(dataset.GetProjection()) or dataset.GetGCPCount() > 0
    return BandView(
        file=name,
        description=chosen.GetDescription(),
        unit=chosen.GetUnitType(),
        bands=tuple(dataset.GetRasterBand(i + 1).GetDescription() for i in range(dataset.RasterCount)),
        integer=integer,
        largest=largest,
        values=values,
        georeferenced=georeferenced,
    )


def _known_values(band: gdal.Band) -> np.ndarray:
    """Return the pixels of a thinned view that say something, or of the first lines that have any."""
    pixels = KnownPixels(band)
    values, zero = _known(*pixels.sample()), pixels.zero
    for first in range(0, band.YSize, _LINES):
        # Zero is what clipping and warping leave around a scene; alone it says something, too.
        if (values != zero).any():
            return values[values != zero]
        lines = _known(*pixels.lines(first, min(_LINES, band.YSize - first)))
        values = lines if (lines != zero).any() or not values.size else values
    return values[values != zero] if (values != zero).any() else values


def _known(values: np.ndarray, known: np.ndarray) -> np.ndarray:
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
