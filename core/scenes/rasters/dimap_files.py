# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a BEAM-DIMAP product: none but those in its own folder, and none but ENVI's format."""

from __future__ import annotations

import os
import re

from osgeo import gdal

from ...arrays import Array
from ...errors import InputError
from ...files.formats import check_source
from ...files.gdal_calls import exists, short
from ...files.member import open_member
from ...files.raster import read_lines
from ...files.xml_file import Node

AGAIN = "write the product again in SNAP"
# Tie points in a file. It comes from elsewhere, so what it claims is limited before it is read.
_MOST_TIE_POINTS = 4_000_000


def open_image(path: str) -> gdal.Dataset:
    """Open an image of the product: an ENVI file, also to GDAL when it reads the whole as one raster."""
    dataset = open_member(path, "ENVI")
    check_source(path, ("ENVI",))
    return dataset


def small_band(path: str) -> Array:
    """Return the tie points, (rows, columns), in an image of the product."""
    # GDAL frees a band with its data set: keep that.
    dataset = open_image(path)
    band = dataset.GetRasterBand(1)
    if band.XSize * band.YSize > _MOST_TIE_POINTS:
        raise InputError(f"{short(path)} is too large for tie points; {AGAIN}.")
    return read_lines(band, 0, band.YSize)


def files_named(nodes: list[Node], path: str, index: str, document: str) -> dict[str, str]:
    """Return the rasters that a document names, below its own folder, by their index in it."""
    found, folder = {}, os.path.dirname(document)
    for node in (node for node in nodes if node.all(path)):
        href = node.all(path)[0].attribute("href").replace("\\", "/")
        # A document from elsewhere must not make us read files outside its product.
        if ".." in href.split("/") or href.startswith("/") or ":" in href:
            raise InputError(f"{href} lies outside the product; {AGAIN}.")
        # SNAP finds the folder by the name of the .dim file, so that people rename both and change no text.
        files = [
            f"{folder}/{href}",
            re.sub(r"\.dim$", ".data/", document, flags=re.I) + href.partition("/")[2],
        ]
        if not any(map(exists, files)):
            raise InputError(
                f"{short(document)} describes {href}, which is not there; put the folder "
                f"{short(files[1].partition('.data/')[0])}.data beside it."
            )
        file = next(filter(exists, files))
        found[node.get(index)] = re.sub(r"\.hdr$", ".img", file, flags=re.IGNORECASE)
    return found
