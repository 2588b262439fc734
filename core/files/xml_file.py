# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the XML files of a product with GDAL's parser: it expands no entities and fetches nothing.

Products come from anywhere: with entities a small file could grow to gigabytes, or take in others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from osgeo import gdal

from ..arrays import Array
from ..errors import InputError
from .archive import refuse_unreadable
from .gdal_calls import attempt, exists, is_folder, refuse_special, short

# A real annotation has 2 MB; a larger file is none.
_LARGEST_BYTES = 64 * 2**20
# Each element, and each attribute, takes some 250 bytes once it is parsed: 64 MB of nothing but elements,
# which a zip of 180 KB holds, took 2.6 GB. Annotations of SLC have a hundred thousand of both.
_MOST_MARKS = 1_500_000
# Python, and numpy with it, also take 1_000 and the digits of other scripts for numbers.
_NUMBERS = re.compile(r"[-+.0-9eE\s]*", re.ASCII)


class Node:
    """An element; ``path`` arguments are names separated by slashes, without their prefix.

    What is missing or no number is an `InputError` that names the file, and what to do.
    """

    def __init__(self, tree: list[Any], file: str) -> None:
        # GDAL's trees are lists: [kind, name or text, then what is inside, each a list again].
        self._tree = tree
        self._file = file

    @property
    def name(self) -> str:
        """Element name without its namespace prefix, which writers of products choose freely."""
        full: str = self._tree[1]
        return full.rpartition(":")[2]

    @property
    def text(self) -> str:
        """Text directly inside, without blanks at its ends."""
        return "".join(c[1] for c in self._tree[2:] if c[0] == gdal.CXT_Text).strip()

    def attribute(self, name: str) -> str:
        """Text of an attribute, empty where there is none."""
        found = [c for c in self._tree[2:] if c[0] == gdal.CXT_Attribute and c[1] == name]
        return found[0][2][1] if found and len(found[0]) > 2 else ""

    def children(self) -> Iterator[Node]:
        """Elements directly inside."""
        return (Node(c, self._file) for c in self._tree[2:] if c[0] == gdal.CXT_Element)

    def walk(self) -> Iterator[Node]:
        """All elements inside, at any depth, in the order of the document."""
        # No recursion: elements can be nested deeper than Python's stack.
        waiting = list(self.children())[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(list(node.children())[::-1])

    def all(self, path: str) -> list[Node]:
        """Elements at a path; none is no error."""
        nodes = [self]
        for name in path.split("/"):
            nodes = [child for node in nodes for child in node.children() if child.name == name]
        return nodes

    def get(self, path: str) -> str:
        """Text of the first element at a path, `InputError` where there is none."""
        found = self.all(path)
        if not found:
            raise InputError(
                f"{short(self._file)} has no {path}; the product is incomplete, download it again."
            )
        return found[0].text

    def number(self, path: str) -> float:
        """Return the one number at a path; several are an error, too."""
        return float(self.numbers(path, 1)[0])

    def numbers(self, path: str, count: int | None = None) -> Array:
        """Return the numbers, (n,) float64, separated by blanks, at a path; ``count`` says how many."""
        text = self.get(path)
        try:
            values = np.array(text.split() if _NUMBERS.fullmatch(text) else [], np.float64)
        except ValueError:
            values = np.empty(0)
        if values.size == 0 or not np.isfinite(values).all() or (count and values.size != count):
            raise InputError(
                f"{short(self._file)} has no valid numbers in {path}; download the product again."
            )
        return values


def load(path: str) -> Node:
    """Return the root element of a file, which may lie in an archive (``/vsizip/…``)."""
    return parse(read_text(path), path)


def parse(text: str, path: str) -> Node:
    """Return the root element of a text; ``path`` is the file it came from, for messages."""
    refuse_many_elements(text, path)
    tree = attempt(gdal.ParseXMLString, text)
    if tree is None:
        raise InputError(f"{short(path)} is not well-formed XML; the product is damaged, download it again.")
    # With an XML declaration the parser puts an unnamed element around declaration and root.
    candidates = [tree] if tree[1] else [c for c in tree[2:] if c[0] == gdal.CXT_Element]
    roots = [c for c in candidates if not c[1].startswith(("?", "!"))]
    if not roots:
        raise InputError(f"{short(path)} holds no XML element; the product is damaged, download it again.")
    return Node(roots[0], path)


def refuse_many_elements(text: str, path: str) -> None:
    """Refuse a text before anything is parsed: afterwards the memory is taken already."""
    if text.count("<") + text.count("=") > _MOST_MARKS:
        raise InputError(
            f"{short(path)} has more elements than the XML of a raster or a product; download it again."
        )


def read_text(path: str) -> str:
    """Return the text of a file, which may lie in an archive; `InputError` where it cannot be read."""
    if not exists(path):
        raise InputError(f"{short(path)} is missing; the product is incomplete, download it again.")
    refuse_special(path)
    if is_folder(path):
        raise InputError(f"{short(path)} is a folder where a file should be; download the product again.")
    size = gdal.VSIStatL(path).size
    if size > _LARGEST_BYTES:
        raise InputError(f"{short(path)} is too large for an XML file of a product.")
    # GDAL's own way to files, as Python's `open` cannot look into archives.
    handle = attempt(gdal.VSIFOpenL, path, "rb")
    if handle is None:
        refuse_unreadable(path)
        raise InputError(f"{short(path)} cannot be opened; check its permissions, or download it again.")
    try:
        content = gdal.VSIFReadL(1, size, handle) if size else b""
    finally:
        gdal.VSIFCloseL(handle)
    # One wrong byte is no reason to refuse a product: what is needed of it are numbers and plain names.
    return bytes(content or b"").decode("utf-8", "replace")
