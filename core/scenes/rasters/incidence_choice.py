# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the incidence angles of a plain raster come from: as the user, or names of bands and files, say."""

from __future__ import annotations

import re
from typing import Optional, Union

import numpy as np
from osgeo import gdal

from ...errors import InputError, OptionError
from ...files.gdal_calls import exists, short
from ...files.raster import open_raster
from ...geometry.projections import open_metric
from .band_names import band_name, names_local_angle
from .hyp3 import hyp3_angles
from .incidence import EdgeIncidence, Incidence, RasterIncidence, angle_band

# Digits of ASCII alone: Python's \d and float() also take those of other scripts.
_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_CHOICES = (
    "auto, none, degrees such as 38.5, left:right edges such as 30.5:46.0, band:3, or the path of a raster"
)


def choose_incidence(path: str, option: str, image: int = 0) -> tuple[Optional[Incidence], str]:
    """Return the source of incidence of a raster that has no annotation, and the reason for it.

    Parameters
    ----------
    path : str
        Of the raster.
    option : str
        ``auto``, ``none``, degrees, ``left:right``, ``band:n`` or a path. Of the edges the smaller angle is
        that of the first sample where the raster is as the radar saw it.
    image : int
        Number of the band whose angles are wanted, from 1; 0 where none is known.

    Raises
    ------
    InputError
        What holds the angles does not, or lies elsewhere.
    OptionError
        The option is none of these.
    """
    text = option.strip()
    if text.lower() in ("auto", "", "none"):
        # Names are asked of the raster as it is stored: warping takes some of them away.
        stored = open_raster(path)
        band = angle_band(stored, image) if text.lower() != "none" else 0
        if band:
            return RasterIncidence.from_band(path, band), _by_name(band, band_name(stored, band))
        beside = hyp3_angles(path) if text.lower() != "none" else ""
        return _raster(path, beside, "beside the image") if beside else (None, "none")
    chosen = _constant(text) or _band(path, text)
    if isinstance(chosen, EdgeIncidence) and _as_radar_sees(open_metric(path)):
        # The first sample is the nearest to the radar, on whichever side a map shows it.
        chosen = EdgeIncidence(*sorted((chosen.left_deg, chosen.right_deg)))
    if chosen is not None:
        return chosen, f"as chosen: {text}"
    if not exists(text):
        raise OptionError(f"Incidence {text!r} is neither a file nor one of: {_CHOICES}.", option="incidence")
    return _raster(path, text, "as chosen")


def _by_name(band: int, name: str) -> str:
    # Over the sea, which is flat, the local angle is the one to the ellipsoid.
    local = " (the local angle, to the terrain)" if names_local_angle(name) else ""
    return f"band {band} of the raster, by its name{local}"


def _as_radar_sees(dataset: gdal.Dataset) -> bool:
    # Control points without an affine: lines follow the flight, samples the range.
    return dataset.GetGCPCount() > 0 and not dataset.GetGeoTransform(can_return_null=True)


def _raster(path: str, other: str, reason: str) -> tuple[Incidence, str]:
    _check_extent(path, other)
    return RasterIncidence.from_band(other, 1), f"raster {short(other)}, {reason}"


def _constant(text: str) -> Optional[EdgeIncidence]:
    match = re.fullmatch(rf"({_NUMBER})(?::({_NUMBER}))?", text)
    if not match:
        return None
    # A comma is how half of Europe writes a decimal point.
    left, right = (float((match.group(i) or match.group(1)).replace(",", ".")) for i in (1, 2))
    if not (10 <= left <= 70 and 10 <= right <= 70):
        raise OptionError(f"Incidence {text} is not between 10 and 70 degrees.", option="incidence")
    return EdgeIncidence(left, right)


def _band(path: str, text: str) -> Optional[Union[RasterIncidence, EdgeIncidence]]:
    match = re.fullmatch(r"band:([0-9]+)", text, re.IGNORECASE)
    if not match:
        return None
    band, count = int(match.group(1)), open_metric(path).RasterCount
    if not 1 <= band <= count:
        raise OptionError(
            f"Incidence {text}: {short(path)} has {count} band(s); choose one of them.", option="incidence"
        )
    return RasterIncidence.from_band(path, band)


def _check_extent(path: str, other: str) -> None:
    """Both rasters have to cover the same area; without coordinates, to have the same proportions."""
    ours, theirs = open_metric(path), open_metric(other)
    a, b = (d.GetGeoTransform(can_return_null=True) for d in (ours, theirs))
    if a and b and ours.GetProjection() and theirs.GetProjection():
        corners = [
            (t[0], t[3], t[0] + t[1] * d.RasterXSize, t[3] + t[5] * d.RasterYSize)
            for t, d in ((a, ours), (b, theirs))
        ]
        far = np.abs(np.diff(corners, axis=0)).max()
        # Resampling moves an edge by up to a pixel; what lies farther off is another scene or another part.
        same = bool(far < 2 * max(abs(a[1]), abs(b[1])))
    else:
        ratio = (ours.RasterXSize * theirs.RasterYSize) / (ours.RasterYSize * theirs.RasterXSize)
        same = abs(ratio - 1) < 0.02
    if not same:
        raise InputError(
            f"The incidence raster {short(other)} does not cover the same area as {short(path)}.",
            option="incidence",
        )
