# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters that ESA's SNAP writes: BEAM-DIMAP, and GeoTIFF whose names of bands GDAL does not see.

A `.dim` file describes bands in the folder `.data` beside it; GeoTIFF holds the same text in a tag of its
own. Either becomes a virtual raster in memory with names, units and places, read like any other.
Source: SNAP's documentation of the BEAM-DIMAP format.
"""

from __future__ import annotations

import hashlib
import os
import re

from osgeo import gdal

from ...errors import InputError
from ...files.archive import archive_root, names_in
from ...files.gdal_calls import exists, is_folder, short
from ...files.raster import open_raster
from ...files.tiff_tag import read_text_tag
from ...files.xml_file import load, parse
from .dimap import ROOT, Dimap

# SNAP keeps the text of a .dim file in this private tag of its GeoTIFFs. GDAL does not look there, so that
# the names of the bands seem lost.
TAG = 65000


def snap_raster(path: str) -> str:
    """Return what GDAL opens in the place of a file of SNAP's; any other path as it is.

    Parameters
    ----------
    path : str
        A ``.dim`` file, its ``.data`` folder, a band in this (then no other band is offered), or a GeoTIFF.
    """
    root = archive_root(path)
    document, band = (_document_in(path, root), "") if root else _document(path)
    if document:
        # In memory: nothing is left beside the user's file, and folders may be read-only.
        target = in_memory(document)
        Dimap.read(document).write(target, band)
        return target
    return _named(path) if path.lower().endswith((".tif", ".tiff")) else path


def _document_in(path: str, root: str) -> str:
    """Return the .dim file in an archive, the last thing that is looked for in one."""
    found = [f"{root}/{name}" for name in names_in(root) if name.lower().endswith(".dim")]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"{short(path)} holds {len(found)} products of SNAP ({', '.join(map(short, found[:3]))}, …); "
            f"choose one of them by its path, such as {found[0]}."
        )
    raise InputError(
        f"{short(path)} is an archive without a product of Sentinel-1, HyP3 or SNAP; unpack it and choose "
        "the image."
    )


def _document(path: str) -> tuple[str, str]:
    """Return the .dim file that a path belongs to, and the band it is; empty where there is none."""
    if path.lower().endswith(".dim"):
        return (path, "") if load(path).name == ROOT else ("", "")
    match = re.fullmatch(r"(.*)\.data(?:[/\\]([^/\\]+)\.(?:img|hdr))?", path.rstrip("/\\"), re.IGNORECASE)
    if not match:
        return "", ""
    if exists(f"{match[1]}.dim"):
        return f"{match[1]}.dim", match[2] or ""
    if not match[2] and is_folder(path):
        raise InputError(
            f"{short(path)} needs the file {short(match[1])}.dim beside it, which says what its bands are; "
            "put it back, under this name."
        )
    return "", ""


def in_memory(path: str) -> str:
    """Return where the virtual raster of a file goes: its name stays, for messages and times."""
    # Files of the same name from different folders may be open at once.
    folder = hashlib.sha256(os.path.abspath(path).encode()).hexdigest()[:16]
    # Variables of netCDF have quotation marks and colons in their names.
    return f"/vsimem/metocean/{folder}/{re.sub('[:' + chr(34) + ']+', '_', short(path))}"


def _named(path: str) -> str:
    """Give the bands of a GeoTIFF the names that SNAP stored."""
    text = read_text_tag(path, TAG)
    if f"<{ROOT}" not in text:
        return path
    # A virtual raster in memory finds files by their whole paths only.
    dataset = open_raster(os.path.abspath(path) if os.path.exists(path) else path)
    names = [
        info.get("BAND_NAME")
        for info in parse(text, path).all("Image_Interpretation/Spectral_Band_Info")
        if not any(virtual.text == "true" for virtual in info.all("VIRTUAL_BAND"))
    ]
    # Names that GDAL does see were given after SNAP's, by somebody who knew. After bands were taken out or
    # put in, nobody knows which name is whose.
    if dataset.GetRasterBand(1).GetDescription() or len(names) != dataset.RasterCount:
        return path
    target = in_memory(path)
    view = gdal.GetDriverByName("VRT").CreateCopy(target, dataset)
    for number, name in enumerate(names, 1):
        view.GetRasterBand(number).SetDescription(name)
    view.FlushCache()
    return target
