"""The files of a Sentinel-1 product: the SAFE folder around a path, and what lies where in it."""

from __future__ import annotations

import re

from osgeo import gdal

from .errors import InputError, OptionError
from .raster import attempt, exists, is_folder, short
from .xmlfile import Node

MANIFEST = "manifest.safe"
_CO_POLARISED = ("VV", "HH")
_TOKEN = re.compile(r"(?:^|[-_])(vv|hh|vh|hv)(?=[-_.])", re.IGNORECASE)
# What a manifest without a processor version is taken for: a recent one needs no special treatment.
_UNKNOWN_VERSION = (3, 0)


def find_safe(path: str) -> str:
    """Return the SAFE folder a path belongs to (``/vsizip/…`` for an archive), empty where there is none."""
    path = path.rstrip("/\\")
    if path.lower().endswith(".zip"):
        return _in_archive(path)
    parent = re.sub(r"[/\\][^/\\]*$", "", path) if re.search(r"[/\\]", path) else "."
    if short(path).lower() == MANIFEST:
        return parent
    if exists(f"{path}/{MANIFEST}") or (path.upper().endswith(".SAFE") and is_folder(path)):
        return path
    if short(parent).lower() == "measurement" and path.lower().endswith((".tif", ".tiff")):
        above = re.sub(r"[/\\]?[^/\\]*$", "", parent) or "."
        return above if exists(f"{above}/{MANIFEST}") else ""
    return ""


def _in_archive(path: str) -> str:
    inside = path if path.startswith("/vsi") else f"/vsizip/{path}"
    names = attempt(gdal.ReadDir, inside) or []
    for folder in ["", *names]:
        if exists(f"{inside}/{folder}/{MANIFEST}" if folder else f"{inside}/{MANIFEST}"):
            return f"{inside}/{folder}".rstrip("/")
    return ""


def images(folder: str) -> dict[str, str]:
    """Return the measurements of a product by polarisation, in the order of their image numbers."""
    return _files(f"{folder}/measurement", (".tiff", ".tif"))


def _files(folder: str, endings: tuple[str, ...]) -> dict[str, str]:
    """Files of a folder by polarisation, in the order of their image numbers."""
    names = sorted(
        attempt(gdal.ReadDir, folder) or [], key=lambda n: re.findall(r"-(\d{3})(?=\D|$)", n)[-1:] or [n]
    )
    found: dict[str, str] = {}
    for name in names:
        token = _TOKEN.search(name)
        if token and name.lower().endswith(endings):
            found.setdefault(token.group(1).upper(), f"{folder}/{name}")
    return found


def choose_polarisation(folder: str, path: str, band: int) -> str:
    """Return VV or HH.

    Parameters
    ----------
    path : str
        What the user chose; an image decides.
    band : int
        1 for the first image of the product, …; 0 takes VV, else HH.
    """
    name, held = short(folder), images(folder)
    if not held:
        raise InputError(f"{name} has no image in its measurement folder; download the complete product.")
    if band > len(held):
        raise OptionError(f"{name} has {len(held)} image(s) and no band {band}; choose another, or 0.")
    if band:
        chosen = list(held)[band - 1]
    else:
        named = [p for p, file in held.items() if short(file) == short(path)]
        chosen = next(iter(named + [p for p in _CO_POLARISED if p in held] + list(held)))
    if chosen not in _CO_POLARISED:
        raise InputError(f"{name}: {chosen} does not show the sea's processes; choose the VV or HH image.")
    return chosen


def annotation_file(folder: str, polarisation: str) -> str:
    """Return the path of the annotation."""
    found = _files(f"{folder}/annotation", (".xml",)).get(polarisation)
    if not found:
        raise InputError(
            f"{short(folder)} has no annotation of {polarisation}; download the complete product."
        )
    return found


def calibration_file(folder: str, kind: str, polarisation: str) -> str:
    """Return the path of a table; ``kind`` is calibration or noise."""
    inside = f"{folder}/annotation/calibration"
    for name in sorted(attempt(gdal.ReadDir, inside) or []):
        token = _TOKEN.search(name)
        if name.startswith(f"{kind}-") and token and token.group(1).upper() == polarisation:
            return f"{inside}/{name}"
    raise InputError(f"{short(folder)} has no {kind} file of {polarisation}; download the complete product.")


def processor_version(manifest: Node) -> tuple[int, int]:
    """Return the version of ESA's processor (IPF)."""
    for node in manifest.walk():
        numbers = re.match(r"0*(\d+)\.(\d+)", node.attribute("version"))
        if node.name == "software" and "IPF" in node.attribute("name") and numbers:
            return int(numbers.group(1)), int(numbers.group(2))
    return _UNKNOWN_VERSION
