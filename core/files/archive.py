# SPDX-License-Identifier: GPL-2.0-or-later
"""Zips are read in place, whatever they are called; what else is an archive is said so."""

from __future__ import annotations

import gzip
import os
import struct
import zipfile
import zlib

from osgeo import gdal

from ..errors import InputError
from .gdal_calls import attempt, head, is_folder, refuse_special, short

_ZIP, _GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
# By the first bytes of each.
_OTHERS = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "RAR", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
# By the numbers in zip's own specification (APPNOTE, 4.4.5).
_COMPRESSIONS = {9: "Deflate64", 12: "BZIP2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_READ = (0, 8)
# A product has some fifty files, one of wave mode two thousand. The directory is read as a whole, and GDAL
# looks through it for each file.
_MOST_ENTRIES, _LARGEST_DIRECTORY = 20_000, 16 * 2**20
_TAR_MAGIC = slice(257, 262)
_UNPACK = "unpack it, and choose what was in it"


def archive_root(path: str) -> str:
    """Return the folder that GDAL sees in an archive (``/vsizip/…``); empty for anything else.

    Raises
    ------
    InputError
        It is an archive that cannot be read in place, or whose end is missing.
    """
    if path.startswith("/vsi") or is_folder(path):
        return ""
    start = head(path, 512)
    if start.startswith(_ZIP):
        _check_directory(path)
        # GDAL finds the end of an archive's name by its ending, or by braces.
        return f"/vsizip/{path}" if path.lower().endswith(".zip") else f"/vsizip/{{{path}}}"
    # GDAL passes over files in a tar whose names have more than a hundred characters, as those of products
    # have, and would have to read a compressed one from its beginning for each file.
    kind = next((name for magic, name in _OTHERS.items() if start.startswith(magic)), "")
    if start[_TAR_MAGIC] == b"ustar" or (start.startswith(_GZIP) and _holds_tar(path)):
        kind = "tar"
    if kind:
        raise InputError(f"{short(path)} is a {kind} archive, which is not read in place; {_UNPACK}.")
    return ""


def names_in(root: str) -> list[str]:
    """Return the names of all that is in an archive, from `archive_root`, folders with a slash at the end."""
    return [name.replace("\\", "/") for name in attempt(gdal.ReadDirRecursive, root) or []]


def _holds_tar(path: str) -> bool:
    try:
        with gzip.open(path) as file:
            return file.read(512)[_TAR_MAGIC] == b"ustar"
    except (OSError, EOFError, zlib.error):
        return path.lower().endswith((".tgz", ".tar.gz"))


def _check_directory(path: str) -> None:
    """Refuse a zip without its end, where its directory is, or with an impossible one."""
    with open(path, "rb") as file:
        length = file.seek(0, os.SEEK_END)
        # Behind the directory there is a record of 22 bytes and a comment; in large archives two more.
        file.seek(max(0, length - 2**16 - 22 - 76))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise InputError(
            f"{short(path)} is incomplete: the end of the zip is missing, as when a download is cut short; "
            "download it again."
        )
    entries, size = struct.unpack("<HI", tail[at + 10 : at + 16])
    large = tail.rfind(b"PK\x06\x06", 0, at)
    if large >= 0 and len(tail) >= large + 56:
        entries, size = struct.unpack("<QQ", tail[large + 32 : large + 48])
    if entries > _MOST_ENTRIES or size > _LARGEST_DIRECTORY:
        raise InputError(f"{short(path)} holds too many files for a product; {_UNPACK}.")
    if any(entry.flag_bits & 1 for entry in _entries(path).values()):
        raise InputError(f"{short(path)} is encrypted; {_UNPACK}.")


def _entries(path: str) -> dict[str, zipfile.ZipInfo]:
    """Return the directory of a zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {entry.filename: entry for entry in archive.infolist()}
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        struct.error,
        NotImplementedError,
        OverflowError,
    ) as error:
        raise InputError(f"The directory of {short(path)} is damaged; download it again.") from error


def refuse_unreadable(path: str) -> None:
    """Say why a file in a zip that is listed cannot be opened; nothing where that is not the reason."""
    archive, inner = split(path)
    entry = _entries(archive).get(inner) if archive else None
    if entry is None:
        return
    if entry.compress_type not in _READ:
        method = _COMPRESSIONS.get(entry.compress_type, f"number {entry.compress_type}")
        raise InputError(
            f"{short(inner)} in {short(archive)} is compressed by {method}, which cannot be read here; "
            f"{_UNPACK}."
        )


def split(path: str) -> tuple[str, str]:
    """Return an archive and the name in it of a path such as ``/vsizip/{a.SAFE}/b``; empty for others."""
    if not path.startswith("/vsizip/"):
        return "", ""
    rest = path[len("/vsizip/") :]
    if rest.startswith("{"):
        archive, _, inner = rest[1:].partition("}")
        return archive, inner.lstrip("/")
    archive = rest
    while archive and not os.path.isfile(archive):
        shorter = os.path.dirname(archive)
        archive = "" if shorter == archive else shorter
    refuse_special(archive)
    return archive, rest[len(archive) :].lstrip("/")
