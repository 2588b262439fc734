# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts in tags of TIFF files that GDAL passes over.

The layout is that of TIFF 6.0, and of BigTIFF, whose counts and offsets have eight bytes.
"""

from __future__ import annotations

import struct

from osgeo import gdal

from .gdal_calls import attempt, refuse_special

# The number after the byte order, which tells the two kinds of file apart.
_CLASSIC, _BIG = 42, 43
_ASCII = 2
# What a damaged file claims beyond these is not followed: it could ask for any amount of memory, or of time.
_LARGEST_BYTES = 16 * 2**20
_MOST_ENTRIES = 4096


def read_text_tag(path: str, tag: int) -> str:
    """Return the text of a tag of the first image of a TIFF file; empty where there is none.

    Files in archives (``/vsizip/…``) can be read, too. A damaged file has no text, and raises nothing: what
    is wrong with it shows when its pixels are read.
    """
    refuse_special(path)
    handle = attempt(gdal.VSIFOpenL, path, "rb")
    if handle is None:
        return ""
    try:
        return _Reader(handle).text(tag)
    except (struct.error, OverflowError):
        # Fewer bytes than the file promises, or places beyond all files.
        return ""
    finally:
        gdal.VSIFCloseL(handle)


class _Reader:
    """Reads numbers of a TIFF file in its byte order."""

    def __init__(self, handle: object) -> None:
        self._handle = handle
        self._order = ">" if self._bytes(0, 2) == b"MM" else "<"
        (self._version,) = self._numbers(2, "H")

    def _bytes(self, offset: int, count: int) -> bytes:
        gdal.VSIFSeekL(self._handle, offset, 0)
        return bytes(gdal.VSIFReadL(1, count, self._handle) or b"")

    def _numbers(self, offset: int, kinds: str) -> tuple[int, ...]:
        layout = self._order + kinds
        return struct.unpack(layout, self._bytes(offset, struct.calcsize(layout)))

    def text(self, tag: int) -> str:
        if self._version not in (_CLASSIC, _BIG):
            return ""
        big = self._version == _BIG
        (first,) = self._numbers(8, "Q") if big else self._numbers(4, "I")
        (count,) = self._numbers(first, "Q" if big else "H")
        # An entry is: tag, type, how many values, and where they are. Texts of up to four bytes (eight) stand
        # in the place of the offset; none of those that are looked for is so short.
        start, size, entry = (first + 8, 20, "HHQQ") if big else (first + 2, 12, "HHII")
        for number in range(min(count, _MOST_ENTRIES)):
            found, kind, length, offset = self._numbers(start + number * size, entry)
            if found == tag and kind == _ASCII and length <= _LARGEST_BYTES:
                return self._bytes(offset, length).rstrip(b"\0").decode("utf-8", "replace")
        return ""
