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

from ...errors import InputError
from ...files.archive import archive_root, names_in
from ...files.gdal_calls import attempt, exists, is_folder, refuse_special, short

MANIFEST = "manifest.safe"
# What else people save beside an image has other names.
IMAGE_NAME = re.compile(r"^(?:.*-\d{3}(?:-cog)?|[a-z0-9]+-(?:vv|hh|vh|hv)(?:-\d{3})?)\.tiff?$", re.IGNORECASE)
_POLARISATION = re.compile(r"(?:^|[-_])(vv|hh|vh|hv)(?=[-_.])", re.IGNORECASE)
_SWATH = re.compile(r"(?:^|-)((?:iw|ew|wv|s|n)\d?)(?=-)", re.IGNORECASE)
_NUMBER = re.compile(r"-(\d{3})(?=\D|$)")
# In the names of folders that hold a product, as ESA's of products do.
_TIME = re.compile(r"\d{8}T\d{6}", re.IGNORECASE)
# Somebody may choose a folder with all that they have.
_MOST_NAMES = 2_000


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

    The path is the folder or one that holds it, its manifest, an archive of it, or one of its files; an image
    that was copied out of its product is looked for in the products beside it.

    Raises
    ------
    InputError
        There are several products to choose from, or the archive cannot be read.
    """
    path = path.rstrip("/\\")
    refuse_special(path)
    root = archive_root(path)
    if root:
        return _the_one(path, _products_in(root))
    if short(path).lower() == MANIFEST:
        return parent(path)
    if _is_product(path):
        return path
    folder = _product_holding(path)
    if is_folder(path):
        return folder or _the_one(path, _products_below(path))
    # What else people save in a product is a raster of its own.
    if not IMAGE_NAME.match(short(path)) and not path.lower().endswith(".xml"):
        return ""
    return folder or _beside(path)


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


def _product_holding(path: str) -> str:
    """Return the product whose annotation or measurement folder a path is, or lies in."""
    folder = path
    for _ in range(3):
        inside, folder = short(folder).lower(), parent(folder)
        if inside in ("annotation", "measurement") and _is_product(folder):
            return folder
    return ""


def _products_in(root: str) -> list[str]:
    """Return the products in an archive, at any depth; many archives have no entries for their folders."""
    folders = {parent(f"{root}/{name}".rstrip("/")) for name in names_in(root)}
    folders |= {parent(folder) for folder in folders}
    # A folder in an archive is there once for all: looking for its files is no work.
    return sorted(folder for folder in folders if folder.startswith(root) and _is_product(folder))


def _products_below(folder: str) -> list[str]:
    """Return the products in a folder, or in the folders in it: programs that unpack add one."""
    found = []
    for name in sorted(attempt(gdal.ReadDir, folder, _MOST_NAMES) or []):
        inner = f"{folder}/{name}"
        if not name.upper().endswith(".SAFE") and not _TIME.search(name):
            continue
        if _is_product(inner):
            found.append(inner)
        else:
            names = attempt(gdal.ReadDir, inner, _MOST_NAMES) or []
            found += [f"{inner}/{n}" for n in sorted(names) if n.upper().endswith(".SAFE")]
    return [product for product in found if _is_product(product)]


def _the_one(path: str, products: list[str]) -> str:
    if len(products) > 1:
        names = ", ".join(short(product) for product in products[:4])
        raise InputError(
            f"{short(path)} holds {len(products)} products ({names}{', …' if len(products) > 4 else ''}); "
            f"choose one of them by its path, such as {products[0]}."
        )
    return products[0] if products else ""
