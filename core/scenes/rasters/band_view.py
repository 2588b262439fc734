# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be seen of a band of a plain raster: its texts, its type, what its values look like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from osgeo import gdal

from ...arrays import Array
from ...errors import InputError
from ...files.gdal_calls import short
from ...files.raster import is_integer, is_scaled
from ...geometry.projections import on_earth
from ...quantity import LARGEST
from .fill_values import KnownPixels, Range, outside, repeated_fill

# Of the pixels of a scene in decibels at least this share is negative: only the brightest targets reach
# sigma0 = 1, which is 0 dB. Of real or imaginary parts of complex pixels it is a half.
_MOST = 0.8
# In decibels: the least spread of a sea, whose speckle alone has more after averaging 1,000 looks (0.14 dB),
# and what its median is below. Linear sigma0 below zero, where too much noise was subtracted, has neither.
_LEAST_SPREAD_DB, _BRIGHTEST_DB = 0.05, -1.0
# Lines that are read at a time where a thinned view of a band shows nothing.
_LINES = 256


@dataclass(frozen=True)
class BandView:
    """What can be seen of a band: its texts, its type, a sample of its values.

    Attributes
    ----------
    file, description : str
        Names of the file and of the band.
    unit : str
        What the file says that the band is in; most say nothing.
    bands : tuple of str
        Names of all bands of the file, in their order.
    integer : bool
        Whole numbers that no scale turns into others.
    largest : float
        Of the type of such numbers; else 1.
    values : (n,)
        Some of the known values, fill left out.
    georeferenced : bool
        The file says where on earth it lies.
    fill : tuple of Range
        Values that say nothing, though the file does not declare them.
    """

    file: str
    description: str
    unit: str
    bands: tuple[str, ...]
    integer: bool
    largest: float
    values: Array
    georeferenced: bool
    fill: tuple[Range, ...] = ()

    @property
    def median(self) -> float:
        """Median of the sample."""
        # Unlike a mean it does not follow ships, land and what fill has been overlooked.
        return float(np.median(self.values))

    @property
    def negative(self) -> bool:
        """True where all but some are negative, as decibels are; of parts of complex pixels half are."""
        return float(np.mean(self.values < 0)) > _MOST

    @property
    def spread(self) -> float:
        """From the twentieth darkest to the twentieth brightest of a hundred values of the sample."""
        low, high = np.percentile(self.values, (5, 95))
        return float(high - low)

    @property
    def like_decibels(self) -> bool:
        """True where nothing but decibels looks so: negative, far below zero, and spread as a sea is."""
        return self.negative and self.median < _BRIGHTEST_DB and self.spread > _LEAST_SPREAD_DB

    @property
    def below_zero_linear(self) -> bool:
        """True for powers that are negative because too much noise was subtracted from them."""
        # Values that are all the same are nobody's scene, and say nothing against decibels.
        return (
            self.median < 0
            and not self.integer
            and (self.median > _BRIGHTEST_DB / 10 or 0 < self.spread <= _LEAST_SPREAD_DB)
        )

    @property
    def is_byte(self) -> bool:
        """True for 8-bit pictures, whose stretch is unknown."""
        return self.integer and self.largest <= 255

    @property
    def roughness_scale(self) -> float:
        """What brings values that are roughness to the range 0 to 2."""
        return LARGEST / self.largest if self.integer else 1.0


def view_band(dataset: gdal.Dataset, band: int, nodata: tuple[Range, ...] = ()) -> BandView:
    """Look at a band; `InputError` where it can be no radar image or holds nothing.

    ``nodata`` are values that a user declares to say nothing.
    """
    name, chosen = short(dataset.GetDescription()), dataset.GetRasterBand(band)
    if gdal.DataTypeIsComplex(chosen.DataType):
        raise InputError(
            f"{name} has complex pixels (SLC) and no annotation beside it; load the whole SAFE product."
        )
    _refuse_palette(chosen, name)
    values, fill = _known_values(chosen, nodata)
    if not values.size:
        raise InputError(f"{name} holds no valid pixel in band {band}: all are nodata.")
    # Scaled integers are decibels in 16 bits, as archives store them: read with their scale they are floats.
    integer = is_integer(chosen) and not is_scaled(chosen)
    largest = float(np.iinfo(values.dtype).max) if integer else 1.0
    # Coordinates of a local system are those of no place on earth.
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
        fill=fill,
    )


def _known_values(band: gdal.Band, nodata: tuple[Range, ...]) -> tuple[Array, tuple[Range, ...]]:
    """Return the pixels of a thinned view that say something, or of the first lines that have any.

    And the values that say nothing, though the file does not declare them.
    """
    sampled, known = KnownPixels(band, nodata).sample()
    values: Array = sampled[known]
    # Whole numbers are counts, 8-bit pictures or decibels that lost their scale: their lowest say nothing.
    undeclared = () if is_integer(band) and not is_scaled(band) else repeated_fill(values)
    fill = (*nodata, *undeclared)
    values = values[outside(values, undeclared)]
    pixels = KnownPixels(band, fill)
    zero = pixels.zero
    # A thinned view takes every n-th line and sample. It shows nothing of a sea that is a strip of a few
    # lines between land or fill, and then the file would be refused for holding none: lines are read until
    # some do.
    for first in range(0, band.YSize, _LINES):
        # Zero is what clipping and warping leave around a scene; alone it says something, too.
        if (values != zero).any():
            break
        read, known = pixels.lines(first, min(_LINES, band.YSize - first))
        lines = read[known]
        values = lines if (lines != zero).any() or not values.size else values
    sea: Array = values[values != zero]
    return (sea if sea.size else values), fill


def _refuse_palette(band: gdal.Band, name: str) -> None:
    table = band.GetColorTable()
    # A palette of nothing but greys in their order, as some grey pictures have, changes no value.
    if table is None:
        return
    entries = [table.GetColorEntry(i)[:3] for i in range(table.GetCount())]
    if any(entry != (i, i, i) for i, entry in enumerate(entries)):
        raise InputError(
            f"{name} is a picture with a colour palette, not radar backscatter; choose a radar image."
        )
