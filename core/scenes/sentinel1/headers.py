# SPDX-License-Identifier: GPL-2.0-or-later
"""What the files of a product say of the image that they belong to.

Files are exchanged, edited and put together from several products. Where they disagree on what decides about
values or positions, the product is refused; where the result is right all the same, there is a warning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from osgeo import gdal

from ...errors import InputError
from ...files.gdal_calls import attempt, short
from ...files.xml_file import Node
from .product_names import Key

# Images that follow each other in time begin 20 seconds apart and more.
_SAME_START_S = 2.0
_ELSEWHERE = "use the product as it was downloaded."


def check_name(key: Key, annotation: Node) -> None:
    """Refuse an annotation that is of another image than its name says."""
    polarisation, swath = (_header(annotation, name).upper() for name in ("polarisation", "swath"))
    # IW1 and IW2 differ; GRD products that are IW as a whole are named so in several ways.
    other_swath = swath[:-1] == key.swath[:-1] and swath[-1:] != key.swath[-1:]
    if polarisation not in ("", key.polarisation) or (other_swath and swath[-1:].isdigit()):
        raise InputError(
            f"The annotation is of {swath} {polarisation}, and by its name of {key.swath} "
            f"{key.polarisation}; {_ELSEWHERE}"
        )


def check_headers(kind: str, annotation: Node, table: Node) -> None:
    """Refuse a table, of ``kind`` calibration or noise, that is of another image than the annotation."""
    for name in ("missionId", "polarisation", "swath", "absoluteOrbitNumber", "imageNumber"):
        said, found = _header(annotation, name), _header(table, name)
        if said and found and said != found:
            raise InputError(f"The {kind} file is of {name} {found}, the annotation of {said}; {_ELSEWHERE}")
    starts = [_header(node, "startTime") for node in (annotation, table)]
    if all(starts) and _seconds_apart(*starts) > _SAME_START_S:
        raise InputError(
            f"The {kind} file begins at {starts[1]}, the annotation at {starts[0]}; {_ELSEWHERE}"
        )


def _header(node: Node, name: str) -> str:
    found = node.all(f"adsHeader/{name}")
    return found[0].text if found else ""


def _seconds_apart(first: str, second: str) -> float:
    try:
        return abs((datetime.fromisoformat(first[:19]) - datetime.fromisoformat(second[:19])).total_seconds())
    except ValueError:
        # What is no time is told by whoever needs it.
        return 0.0


def manifest_warnings(manifest: Node, kind: str, polarisation: str) -> tuple[str, ...]:
    """Return a warning where the manifest is of another product; nothing but its version is taken from it."""
    kinds, polarisations = (
        {node.text for node in manifest.walk() if node.name == name}
        for name in ("productType", "transmitterReceiverPolarisation")
    )
    if (kinds and kind not in kinds) or (polarisations and polarisation not in polarisations):
        return (f"The manifest is of another product: it knows of no {polarisation} of a {kind} product.",)
    return ()


def checksum_warnings(manifest: Node, files: Iterable[str]) -> tuple[str, ...]:
    """Return a warning for each file that is not as the manifest says, by its MD5 sum."""
    # Of the tables alone: an image has a gigabyte, and is read only once.
    said = {}
    for stream in manifest.all("dataObjectSection/dataObject/byteStream"):
        where, sums = stream.all("fileLocation"), stream.all("checksum")
        if where and sums and sums[0].attribute("checksumName").upper() == "MD5":
            said[short(where[0].attribute("href"))] = sums[0].text.lower()
    return tuple(
        f"{short(file)} is not as the manifest says (MD5): it was changed, or damaged on the way; download "
        "the product again."
        for file in files
        if said.get(short(file), _md5(file)) != _md5(file)
    )


def _md5(path: str) -> str:
    handle = attempt(gdal.VSIFOpenL, path, "rb")
    if handle is None:
        return ""
    try:
        content = gdal.VSIFReadL(1, gdal.VSIStatL(path).size, handle)
    finally:
        gdal.VSIFCloseL(handle)
    return hashlib.md5(content or b"", usedforsecurity=False).hexdigest()
