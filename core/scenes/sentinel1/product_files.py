"""The files of a Sentinel-1 product: the folder around a path, its images, and what describes each.

Names are ESA's (``s1a-iw-grd-vv-…-001.tiff``), those of cloud-optimised products (``…-001-cog.tiff``) or
those of the archive on AWS (``iw-vv.tiff``); images and their annotations are matched by what all three say:
swath, polarisation and, where there is one, the number of the image.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from osgeo import gdal

from ...errors import InputError, OptionError
from ...files.raster import attempt, exists, is_folder, short
from ...files.xml_file import Node

MANIFEST = "manifest.safe"
OCEAN_PRODUCT = "derived ocean variables (OCN), not an image; use the GRD product of the same acquisition."
_CO_POLARISED = ("VV", "HH")
_POLARISATION = re.compile(r"(?:^|[-_])(vv|hh|vh|hv)(?=[-_.])", re.IGNORECASE)
_SWATH = re.compile(r"(?:^|-)((?:iw|ew|wv|s|n)\d?)(?=-)", re.IGNORECASE)
_NUMBER = re.compile(r"-(\d{3})(?=\D|$)")
# What else people save beside an image has other names.
_IMAGE = re.compile(r"^(?:.*-\d{3}(?:-cog)?|[a-z0-9]+-(?:vv|hh|vh|hv)(?:-\d{3})?)\.tiff?$", re.IGNORECASE)
_XML = re.compile(r"\.xml$", re.IGNORECASE)
# What a manifest without a processor version is taken for: a recent one needs no special treatment.
_UNKNOWN_VERSION = (3, 0)


class Key(NamedTuple):
    """What the names of an image and of its annotation share; ``number`` is 0 where a name has none."""

    number: int
    swath: str
    polarisation: str


@dataclass(frozen=True)
class Choice:
    """One image of a product: its file, its key, and its place among those of the same polarisation."""

    path: str
    key: Key
    item: int
    items: int


def find_safe(path: str) -> str:
    """Return the product's folder a path belongs to (``/vsizip/…`` in an archive), empty where there is none.

    The path is the folder, its manifest, an archive of it, or one of its images; an image that was copied out
    of its product is looked for in the products beside it.
    """
    path = path.rstrip("/\\")
    if path.lower().endswith(".zip"):
        return _in_archive(path)
    if short(path).lower() == MANIFEST:
        return _parent(path)
    if _is_product(path):
        return path
    if not _IMAGE.match(short(path)):
        return ""
    around = _parent(_parent(path))
    if short(_parent(path)).lower() == "measurement" and _is_product(around):
        return around
    return _beside(path)


def _parent(path: str) -> str:
    return re.sub(r"[/\\]?[^/\\]*$", "", path) or ("/" if path.startswith("/") else ".")


def _is_product(folder: str) -> bool:
    # Archives on AWS are often copied without the manifest; what else is missing is said later.
    return exists(f"{folder}/{MANIFEST}") or (
        is_folder(f"{folder}/annotation") and is_folder(f"{folder}/measurement")
    )


def _beside(path: str) -> str:
    """Return the product whose image of the same name lies in a folder beside the path."""
    key = _key(short(path))
    # Names without a number are the same in all products.
    if not key or not key.number:
        return ""
    folder = _parent(path)
    for name in attempt(gdal.ReadDir, folder) or []:
        if name.upper().endswith(".SAFE") and exists(f"{folder}/{name}/measurement/{short(path)}"):
            return f"{folder}/{name}"
    return ""


def _in_archive(path: str) -> str:
    inside = path if path.startswith("/vsi") else f"/vsizip/{path}"
    for name in ["", *(attempt(gdal.ReadDir, inside) or [])]:
        folder = f"{inside}/{name}".rstrip("/")
        if exists(f"{folder}/{MANIFEST}"):
            return folder
    return ""


def _key(name: str) -> Key | None:
    polarisation, swath = _POLARISATION.search(name), _SWATH.search(name)
    if not polarisation:
        return None
    # The number is the last of its kind: orbits and datatakes come before it.
    number = int([0, *_NUMBER.findall(name)][-1])
    return Key(number, swath.group(1).upper() if swath else "", polarisation.group(1).upper())


def _files(folder: str, wanted: re.Pattern[str], kind: str = "") -> dict[Key, str]:
    """Files of a folder by what their names say, in the order of their numbers; ``kind-`` begins the name."""
    found: dict[Key, str] = {}
    for name in sorted(attempt(gdal.ReadDir, folder) or []):
        key = _key(name)
        # Macs leave a "._name" beside each file on foreign drives.
        hidden = name.startswith(".")
        if key and not hidden and wanted.search(name) and (not kind or name.startswith(f"{kind}-")):
            found.setdefault(key, f"{folder}/{name}")
    return dict(sorted(found.items()))


def images(folder: str) -> dict[Key, str]:
    """Return the measurements of a product in the order of their numbers."""
    held = _files(f"{folder}/measurement", _IMAGE)
    if held:
        return held
    if any(name.lower().endswith(".nc") for name in attempt(gdal.ReadDir, f"{folder}/measurement") or []):
        raise InputError(f"{short(folder)} holds {OCEAN_PRODUCT}")
    raise InputError(
        f"{short(folder)} has no image in its measurement folder; download the complete GRD or SLC product."
    )


def image_named(manifest: str, name: str) -> str:
    """Return the image that GDAL calls, for instance, ``IW2_VV``; the manifest where none or several are."""
    swath, _, polarisation = name.upper().partition("_")
    if not swath[-1:].isdigit() or not exists(manifest):
        return manifest
    found = [
        file
        for key, file in images(_parent(manifest)).items()
        if (key.swath, key.polarisation) == (swath, polarisation)
    ]
    return found[0] if len(found) == 1 else manifest


def choose_image(folder: str, path: str, band: int = 0, item: int = 0) -> Choice:
    """Return the image to use, VV or HH.

    Parameters
    ----------
    path : str
        What the user chose; an image decides.
    band : int
        1 for the first polarisation of the product, …; 0 takes VV, else HH.
    item : int
        Which of the images of this polarisation, from 1; 0 takes the first.
    """
    name, held = short(folder), images(folder)
    own = next((key for key, file in held.items() if short(file) == short(path)), None)
    polarisation = _choose_polarisation(name, held, band, own.polarisation if own else "")
    keys = [key for key in held if key.polarisation == polarisation]
    if not item:
        item = keys.index(own) + 1 if own in keys else 1
    if not 1 <= item <= len(keys):
        raise OptionError(
            f"{name} has {len(keys)} image(s) of {polarisation} and no item {item}; choose another, or 0."
        )
    return Choice(held[keys[item - 1]], keys[item - 1], item, len(keys))


def _choose_polarisation(name: str, held: dict[Key, str], band: int, own: str) -> str:
    offered = list(dict.fromkeys(key.polarisation for key in held))
    if not 0 <= band <= len(offered):
        raise OptionError(f"{name} has {len(offered)} image(s) and no band {band}; choose another, or 0.")
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
