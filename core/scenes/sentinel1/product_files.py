# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a Sentinel-1 product: its images, and what describes each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from osgeo import gdal

from ...errors import InputError, OptionError
from ...files.gdal_calls import attempt, exists, short
from ...files.xml_file import Node
from .product_names import IMAGE_NAME, Key, key_of_name, parent

OCEAN_PRODUCT = "derived ocean variables (OCN), not an image; use the GRD product of the same acquisition."
# In the order in which they are preferred: the reference sea is one of VV, HH has to be brought to it.
_CO_POLARISED = ("VV", "HH")
_XML = re.compile(r"\.xml$", re.IGNORECASE)
# What a manifest without a processor version is taken for: a recent one needs no special treatment.
_UNKNOWN_VERSION = (3, 0)


@dataclass(frozen=True)
class Choice:
    """One image of a product.

    Attributes
    ----------
    path : str
    key : Key
        What its name and that of its annotation share.
    item, items : int
        Its number, from 1, among those of the same polarisation, and how many there are.
    """

    path: str
    key: Key
    item: int
    items: int


def _files(folder: str, wanted: re.Pattern[str], kind: str = "") -> dict[Key, str]:
    """Files of a folder by what their names say, in the order of their numbers; ``kind-`` begins the name."""
    found: dict[Key, str] = {}
    for name in sorted(attempt(gdal.ReadDir, folder) or []):
        key = key_of_name(name)
        # Macs leave a "._name" beside each file on foreign drives.
        hidden = name.startswith(".")
        if key and not hidden and wanted.search(name) and (not kind or name.startswith(f"{kind}-")):
            # Products hold each image once. Of what people saved beside them the first by name is taken.
            found.setdefault(key, f"{folder}/{name}")
    return dict(sorted(found.items()))


def images(folder: str) -> dict[Key, str]:
    """Return the measurements of a product in the order of their numbers."""
    held = _files(f"{folder}/measurement", IMAGE_NAME)
    if held:
        return held
    # Ocean products have the same folders, with netCDF in the place of images.
    if any(name.lower().endswith(".nc") for name in attempt(gdal.ReadDir, f"{folder}/measurement") or []):
        raise InputError(f"{short(folder)} holds {OCEAN_PRODUCT}")
    raise InputError(
        f"{short(folder)} has no image in its measurement folder; download the complete GRD or SLC product."
    )


def image_named(manifest: str, name: str) -> str:
    """Return the image that GDAL calls, for instance, ``IW2_VV``; the manifest where none or several are."""
    # QGIS shows a product by GDAL's subdatasets: what a layer is called says which of its images it shows.
    swath, _, polarisation = name.upper().partition("_")
    if not swath[-1:].isdigit() or not exists(manifest):
        return manifest
    found = [
        file
        for key, file in images(parent(manifest)).items()
        if (key.swath, key.polarisation) == (swath, polarisation)
    ]
    return found[0] if len(found) == 1 else manifest


def choose_image(folder: str, path: str, band: int = 0, item: int = 0) -> Choice:
    """Return the image to use, VV or HH.

    Parameters
    ----------
    folder : str
        Of the product.
    path : str
        What the user chose; an image decides.
    band : int
        1 for the first polarisation of the product, …; 0 takes VV, else HH.
    item : int
        Which of the images of this polarisation, from 1; 0 takes the first.
    """
    name, held = short(folder), images(folder)
    own = next((key for key, file in held.items() if short(file) == short(path)), None)
    if own is None and _XML.search(path):
        # What describes an image stands for it.
        own = next((key for key in held if key == key_of_name(short(path))), None)
    polarisation = _choose_polarisation(name, held, band, own.polarisation if own else "")
    keys = [key for key in held if key.polarisation == polarisation]
    if not item:
        item = keys.index(own) + 1 if own in keys else 1
    if not 1 <= item <= len(keys):
        raise OptionError(
            f"{name} has {len(keys)} image(s) of {polarisation} and no item {item}; choose another, or 0.",
            option="item",
        )
    return Choice(held[keys[item - 1]], keys[item - 1], item, len(keys))


def _choose_polarisation(name: str, held: dict[Key, str], band: int, own: str) -> str:
    offered = list(dict.fromkeys(key.polarisation for key in held))
    if not 0 <= band <= len(offered):
        raise OptionError(
            f"{name} has {len(offered)} image(s) and no band {band}; choose another, or 0.", option="band"
        )
    # Whoever chose an image of VH meant it, and is told why it cannot be; so is who has nothing but VH.
    preferred = [own] if own else [p for p in _CO_POLARISED if p in offered]
    chosen = offered[band - 1] if band else [*preferred, *offered][0]
    if chosen not in _CO_POLARISED:
        raise InputError(f"{name}: {chosen} does not show the sea's processes; choose the VV or HH image.")
    return chosen


def annotation_file(folder: str, key: Key) -> str:
    """Return the path of the annotation of an image."""
    return _describing(folder, "annotation", "", key)


def calibration_file(folder: str, kind: str, key: Key) -> str:
    """Return the path of a table of an image; ``kind`` is calibration or noise."""
    return _describing(folder, "annotation/calibration", kind, key)


def _describing(folder: str, inside: str, kind: str, key: Key) -> str:
    found = _files(f"{folder}/{inside}", _XML, kind).get(key)
    if not found:
        raise InputError(
            f"{short(folder)} has no {kind + ' file' if kind else 'annotation'} of {key.polarisation}"
            f"{f' number {key.number}' if key.number else ''}; download the complete product."
        )
    return found


def processor_version(manifest: Node) -> tuple[int, int]:
    """Return the version of ESA's processor (IPF)."""
    for node in manifest.walk():
        numbers = re.match(r"0*(\d+)\.(\d+)", node.attribute("version"))
        if node.name == "software" and "IPF" in node.attribute("name") and numbers:
            return int(numbers.group(1)), int(numbers.group(2))
    return _UNKNOWN_VERSION
