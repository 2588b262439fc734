# SPDX-License-Identifier: GPL-2.0-or-later
"""Which band of a plain raster shows the sea, and in which polarisation."""

from __future__ import annotations

import re

import numpy as np
from osgeo import gdal

from ...errors import InputError, OptionError
from ...files.raster import sample, short
from .incidence import angle_band

_POLARISATION = re.compile(r"(?<![A-Za-z])(VV|HH|VH|HV)(?![A-Za-z])", re.IGNORECASE)


def polarisation_of(dataset: gdal.Dataset, band: int) -> str:
    """Return VV, HH, VH or HV as band or file are named, or an empty text."""
    # The band's own name first: the file's may list all polarisations, and then decides nothing.
    for text in (dataset.GetRasterBand(band).GetDescription(), short(dataset.GetDescription())):
        found: set[str] = {p.upper() for p in _POLARISATION.findall(text)}
        if len(found) == 1:
            return found.pop()
    return ""


def choose_band(dataset: gdal.Dataset, wanted: int) -> tuple[int, str]:
    """Return the number of the band to use, from 1, and the reason for it.

    Parameters
    ----------
    dataset : gdal.Dataset
    wanted : int
        0 looks for VV, then HH, by the bands' names.

    Raises
    ------
    InputError
        The band is VH or HV.
    OptionError
        There is no such band.
    """
    count = dataset.RasterCount
    if wanted > count or wanted < 0:
        raise OptionError(
            f"There is no band {wanted}: {short(dataset.GetDescription())} has {count}.", option="band"
        )
    band, reason = (wanted, "as chosen") if wanted else _automatic(dataset)
    # Cross-polarised echoes of the sea are weaker, and show too little of it; networks never saw any.
    if polarisation_of(dataset, band) in ("VH", "HV"):
        raise InputError(
            f"{short(dataset.GetDescription())}: {polarisation_of(dataset, band)} does not show the sea's "
            "processes; choose the VV (or HH) image.",
            # The only band of a file cannot be changed by the option.
            option="band" if dataset.RasterCount > 1 else "",
        )
    return band, reason


def _automatic(dataset: gdal.Dataset) -> tuple[int, str]:
    if dataset.RasterCount == 1:
        return 1, "the only one"
    _refuse_photo(dataset)
    # Earth Engine and SNAP put the angle among the bands, where it would pass for the first unnamed one.
    angle = angle_band(dataset)
    bands = [i for i in range(1, dataset.RasterCount + 1) if i != angle]
    for wanted in ("VV", "HH"):
        for band in bands:
            if polarisation_of(dataset, band) == wanted:
                return band, f"{wanted} by its name"
    unnamed = [i for i in bands if not polarisation_of(dataset, i)]
    return (unnamed or bands)[0], "the first; bands have no polarisation in their names"


def _refuse_photo(dataset: gdal.Dataset) -> None:
    """Let grey pictures stored as three equal bands pass, as quick-looks may be, colour pictures not."""
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
