# SPDX-License-Identifier: GPL-2.0-or-later
"""Terrain-corrected products of ASF's HyP3: what their names say, and the files beside an image.

Source: ASF, Sentinel-1 RTC Product Guide, "Naming Convention". Over the sea, where the terrain is flat, such
gamma0 is sigma0 / cos(incidence), and the local incidence angle that to the ellipsoid.
"""

from __future__ import annotations

import re

from osgeo import gdal

from ...errors import InputError
from ...files.archive import archive_root, names_in
from ...files.gdal_calls import attempt, exists, is_folder, short
from ...files.member import open_member

# S1A_IW_20210119T031653_DVP_RTC30_G_gpuned_8255_VV.tif: gamma0 or sigma0; power, decibels or amplitude;
# unmasked or without water; filtered or not; the whole scene or a part; by orbit or matched to terrain.
_NAME = re.compile(
    r"S1[A-D]_(?:IW|EW|S\d|SM)_\d{8}T\d{6}_\w{3}_RTC\d+_G_(?P<quantity>[gs])(?P<law>[pda])(?P<mask>[uw])[nf][ec][dm]"
    r"_[0-9A-F]{4}(?P<image>_(?:VV|HH|VH|HV)\.tiff?)?",
    re.IGNORECASE,
)
# By the letters of quantity and law in the name: nothing inside the file says what its values are.
_UNITS = {
    "sp": "linear",
    "sd": "db",
    "sa": "amplitude",
    "gp": "gamma0",
    "gd": "gamma0_db",
    "ga": "gamma0_amplitude",
}
# The angle to the ellipsoid first, as it is that to the sea; the local one follows the terrain.
_ANGLES = ("_inc_map_ell.tif", "_inc_map.tif")


def hyp3_units(name: str) -> str:
    """Return a key of `metocean.core.scenes.rasters.unit_table.UNITS`, empty for no image of such a product.

    Raises
    ------
    InputError
        The sea was masked out of it.
    """
    match = _NAME.match(name)
    if not match or not match["image"]:
        return ""
    # All that is left is land: without this the user would be told that the scene holds no sea.
    if match["mask"].lower() == "w":
        raise InputError(f"{name} has its water masked out; order the product without a water mask.")
    return _UNITS[(match["quantity"] + match["law"]).lower()]


def hyp3_image(path: str) -> str:
    """Return the VV (or else HH) image in the folder or archive of a product; any other path as it is.

    Folder and archive may have been renamed; the names of the files in them say what they are.
    """
    # Products come as zips; GDAL reads inside them, so that nobody has to unpack any.
    folder = path if is_folder(path) else archive_root(path)
    named = bool(_NAME.match(short(path)))
    if not folder:
        return path
    # Anything may lie below a folder that somebody chose, but archives hold one product.
    names = attempt(gdal.ReadDir, folder) or [] if is_folder(path) and not named else names_in(folder)
    images = [file for file in sorted(f"{folder}/{name}" for name in names) if _image_in(file)]
    for polarisation in ("VV", "HH"):
        found = [file for file in images if polarisation in _image_in(file)]
        if len(found) > 1:
            raise InputError(
                f"{short(path)} holds {len(found)} images of HyP3 ({', '.join(map(short, found[:3]))}, …); "
                f"choose one of them by its path, such as {found[0]}."
            )
        if found:
            return found[0]
    if named or images:
        raise InputError(f"{short(path)} holds no VV or HH image; choose the image file itself.")
    return path


def _image_in(path: str) -> str:
    """Return the end of an image's name, ``_VV.TIF``; empty for other files."""
    match = _NAME.fullmatch(short(path))
    return (match["image"] or "").upper() if match else ""


def hyp3_angles(path: str) -> str:
    """Return the raster of incidence angles beside an image, empty where there is none."""
    match = _NAME.match(short(path))
    if not match or not match["image"]:
        return ""
    stem = path[: -len(match["image"])]
    found = next((stem + ending for ending in _ANGLES if exists(stem + ending)), "")
    if found:
        # Nobody named this file: whatever else GDAL would make of it is not opened.
        open_member(found)
    return found
