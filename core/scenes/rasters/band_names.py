# SPDX-License-Identifier: GPL-2.0-or-later
"""What names of bands and files say, as processors and people write them: polarisation, angle, date."""

from __future__ import annotations

import re

from osgeo import gdal

from ...files.gdal_calls import short

# Apart from other letters, or in capitals within a word: VV, vv_median, 0_VV, sigma0VHdB, VVdB. Not the hours
# of a date's pattern (yyyyMMddHHmmss).
_POLARISATION = re.compile(
    r"(?<![A-Z])(?:VV|HH(?!mm)|VH|HV)(?![A-Z])|(?<![A-Za-z])(?i:vv|hh|vh|hv)(?=(?i:db)|[^A-Za-z]|$)"
)
# Earth Engine's `angle`, with what its reducers and toBands add (`angle_median`, `0_angle`); SNAP's
# `incidenceAngleFromEllipsoid` and `localIncidenceAngle`; others' `incAngle`, `inc`, `theta`, `lia`, `ia`.
_ANGLE = re.compile(
    r"(?<![a-z])angle(?![a-z])|incidence|incangle|(?<![a-z])inc(?![a-z])|theta|(?<![a-z])l?ia(?![a-z])",
    re.IGNORECASE,
)
# Angles too, but not that between the beam and the normal of the sea.
_OTHER_ANGLE = re.compile(r"azimuth|look|elev|slope|phase|heading|sun|solar|mask|squint", re.IGNORECASE)
_LOCAL = re.compile(r"local|(?<![a-z])lia(?![a-z])", re.IGNORECASE)
# What stands beside an image in an export and is none.
_BESIDE = re.compile(
    r"^(?:latitude|longitude|lat|lon|elevation|dem|x|y|.*mask.*|.*azimuth.*angle|look.?angle)$", re.IGNORECASE
)
# Words for what a band measures and in which form: names that differ in these alone are of one image.
_MEASURE = re.compile(
    r"(?:sigma|gamma|beta)[ _]?(?:0|nought)|amplitude|intensity|(?<![a-z])[iq](?=_)|phase|d[bn](?![a-z])"
    r"|decibels?|(?:from)?ellipsoid|projected|local|incidence|angle|theta|(?<![a-z])inc|(?<![a-z])l?ia(?![a-z])",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"<SourceFilename[^>]*>([^<]*)</SourceFilename>")


def band_name(dataset: gdal.Dataset, band: int) -> str:
    """Return the name of a band, from 1: its own, or those of the files that a virtual raster shows."""
    chosen = dataset.GetRasterBand(band)
    name: str = chosen.GetDescription()
    # ``gdalbuildvrt -separate`` makes a band of each file, and gives it no name.
    return name or " ".join(dict.fromkeys(short(file) for file in sources(chosen)))


def sources(band: gdal.Band) -> list[str]:
    """Return the files that a band of a virtual raster is made of; none for other rasters."""
    items: dict[str, str] = band.GetMetadata("vrt_sources") or {}
    return [file for text in items.values() for file in _SOURCE.findall(text)]


def polarisation_in(text: str) -> str:
    """Return VV, HH, VH or HV where a text says one of them and no other; else an empty text."""
    found = {match.upper() for match in _POLARISATION.findall(text)}
    return found.pop() if len(found) == 1 else ""


def names_angle(name: str) -> bool:
    """Tell whether a band is named like an incidence angle."""
    return bool(_ANGLE.search(name)) and not _OTHER_ANGLE.search(name)


def names_local_angle(name: str) -> bool:
    """Tell whether that angle is the one to the terrain."""
    return bool(_LOCAL.search(name))


def names_no_image(name: str) -> bool:
    """Tell whether a band is named like something that only accompanies an image."""
    return names_angle(name) or bool(_BESIDE.match(name))


def image_in(name: str) -> str:
    """Return what is left of a name without polarisation and measure: the date, orbit or statistic.

    >>> image_in("0_VV"), image_in("0_angle"), image_in("Sigma0_VV_db")
    ('0', '0', '')
    """
    # Polarisations first: within a word only their capitals tell them apart (`sigma0VHdB`).
    rest = _MEASURE.sub(" ", _POLARISATION.sub(" ", name))
    return " ".join(re.findall(r"[A-Za-z0-9.]+", rest)).lower()
