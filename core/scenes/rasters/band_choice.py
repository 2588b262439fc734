# SPDX-License-Identifier: GPL-2.0-or-later
"""Which band of a plain raster shows the sea, and in which polarisation."""

from __future__ import annotations

import numpy as np
from osgeo import gdal

from ...errors import InputError, OptionError
from ...files.gdal_calls import short
from ...files.raster import sample
from .band_names import band_name, image_in, names_no_image, polarisation_in


def polarisation_of(dataset: gdal.Dataset, band: int) -> str:
    """Return VV, HH, VH or HV as band or file are named, or an empty text."""
    # The band's own name first: the file's may list all polarisations, and then decides nothing.
    own = polarisation_in(band_name(dataset, band))
    return own or polarisation_in(short(dataset.GetDescription()))


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
        The band is VH or HV, or several could be meant.
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
    if _grey_picture(dataset):
        return 1, "the first of equal ones"
    names = {i: band_name(dataset, i) for i in range(1, dataset.RasterCount + 1)}
    # Earth Engine and SNAP put the angle among the bands, where it would pass for the first unnamed one.
    images = {i: name for i, name in names.items() if not names_no_image(name) and not _alpha(dataset, i)}
    for wanted in ("VV", "HH"):
        found = {i: name for i, name in images.items() if polarisation_in(name) == wanted}
        if found:
            return _only_image(dataset, found), f"{wanted} by its name"
    # The file's name is no help here: it says of none of the bands that they are what it is named after.
    unnamed = [i for i, name in images.items() if not polarisation_in(name)]
    if len(unnamed) == 1:
        return unnamed[0], "the only one of an image"
    if not unnamed and images:
        return next(iter(images)), "the first"
    raise InputError(
        f"Which of the {dataset.RasterCount} bands of {short(dataset.GetDescription())} shows the sea in VV "
        "(or HH) cannot be told from their names; choose the band.",
        option="band",
    )


def _only_image(dataset: gdal.Dataset, bands: dict[int, str]) -> int:
    """Return the first of bands of one image, {number: name}, or ask which of several images is meant."""
    # Bands of one image in several measures, as SNAP keeps them, differ in nothing else. Other dates, orbits
    # or statistics of them are other images, and any choice among those would be a wrong map for somebody.
    if len({image_in(name) for name in bands.values()}) > 1 or len(set(bands.values())) < len(bands):
        listed = ", ".join(f"{number} {name}" for number, name in list(bands.items())[:6])
        more = ", …" if len(bands) > 6 else ""
        raise InputError(
            f"{short(dataset.GetDescription())} holds several images of one polarisation ({listed}{more}), "
            "as of several dates or orbits; choose the band.",
            option="band",
        )
    return next(iter(bands))


def _alpha(dataset: gdal.Dataset, band: int) -> bool:
    return bool(dataset.GetRasterBand(band).GetColorInterpretation() == gdal.GCI_AlphaBand)


def _grey_picture(dataset: gdal.Dataset) -> bool:
    """Tell grey pictures stored as three equal bands, as quick-looks may be; refuse colour pictures."""
    colours = [dataset.GetRasterBand(i + 1) for i in range(min(3, dataset.RasterCount))]
    bytes_only = all(b.DataType == gdal.GDT_Byte for b in colours)
    if len(colours) < 3 or not bytes_only or any(b.GetDescription() for b in colours):
        return False
    # Files side by side in a virtual raster have names of their own.
    if len({band_name(dataset, i) for i in (1, 2, 3)}) > 1:
        return False
    red, green, blue = (sample(b) for b in colours)
    if not (np.array_equal(red, green) and np.array_equal(red, blue)):
        raise InputError(
            f"{short(dataset.GetDescription())} is a colour picture, not radar backscatter; "
            "choose a radar image."
        )
    return True
