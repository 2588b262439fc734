# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of a Sentinel-1 product's files, and the folder that a path belongs to.

Names are ESA's (``s1a-iw-grd-vv-…-001.tiff``), those of cloud-optimised products (``…-001-cog.tiff``) or
those of the archive on AWS (``iw-vv.tiff``); images and their annotations are matched by what all three say:
swath, polarisation and, where there is one, the number of the image.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

from osgeo import gdal

from ...files.raster import attempt, exists, is_folder, short

MANIFEST = "manifest.safe"
# What else people save beside an image has other names.
IMAGE_NAME = re.compile(r"^(?:.*-\d{3}(?:-cog)?|[a-z0-9]+-(?:vv|hh|vh|hv)(?:-\d{3})?)\.tiff?$", re.IGNORECASE)
_POLARISATION = re.compile(r"(?:^|[-_])(vv|hh|vh|hv)(?=[-_.])", re.IGNORECASE)
_SWATH = re.compile(r"(?:^|-)((?:iw|ew|wv|s|n)\d?)(?=-)", re.IGNORECASE)
_NUMBER = re.compile(r"-(\d{3})(?=\D|$)")


class Key(NamedTuple):
    """What the names of an image and of its annotation share; ``number`` is 0 where a name has none."""

    number: int
    swath: str
    polarisation: str


def key_of_name(name: str) -> Optional[Key]:
    """Return what the name of an image, or of what describes one, says of it; None where it says nothing."""
    polarisation, swath = _POLARISATION.search(name), _SWATH.search(name)
    if not polarisation:
        return None
    # The number is the last of its kind: orbits and datatakes come before it.
    number = int([0, *_NUMBER.findall(name)][-1])
    return Key(number, swath.group(1).upper() if swath else "", polarisation.group(1).upper())


def find_safe(path: str) -> str:
    """Return the product's folder a path belongs to (``/vsizip/…`` in an archive), empty where there is none.

    The path is the folder, its manifest, an archive of it, or one of its images; an image that was copied out
    of its product is looked for in the products beside it.
    """
    path = path.rstrip("/\\")
    if path.lower().endswith(".zip"):
        return _in_archive(path)
    if short(path).lower() == MANIFEST:
        return parent(path)
    if _is_product(path):
        return path
    if not IMAGE_NAME.match(short(path)):
        return ""
    folder = parent(parent(path))
    if short(parent(path)).lower() == "measurement" and _is_product(folder):
        return folder
    return _beside(path)


def parent(path: str) -> str:
    """Return the folder of a path, with either kind of slash, on whatever system."""
    # GDAL's paths into archives have forward slashes on Windows, too, and are mixed with the user's.
    return re.sub(r"[/\\]?[^/\\]*$", "", path) or ("/" if path.startswith("/") else ".")


def _is_product(folder: str) -> bool:
    # Archives on AWS are often copied without the manifest; what else is missing is said later.
    return exists(f"{folder}/{MANIFEST}") or (
        is_folder(f"{folder}/annotation") and is_folder(f"{folder}/measurement")
    )


def _beside(path: str) -> str:
    """Return the product whose image of the same name lies in a folder beside the path."""
    key = key_of_name(short(path))
    # Names without a number are the same in all products.
    if not key or not key.number:
        return ""
    folder = parent(path)
    for name in attempt(gdal.ReadDir, folder) or []:
        if name.upper().endswith(".SAFE") and exists(f"{folder}/{name}/measurement/{short(path)}"):
            return f"{folder}/{name}"
    return ""


def _in_archive(path: str) -> str:
    # Read in place by GDAL. The product lies at the top of a zip, or in its one folder.
    inside = path if path.startswith("/vsi") else f"/vsizip/{path}"
    for name in ["", *(attempt(gdal.ReadDir, inside) or [])]:
        folder = f"{inside}/{name}".rstrip("/")
        if exists(f"{folder}/{MANIFEST}"):
            return folder
    return ""
