# SPDX-License-Identifier: GPL-2.0-or-later
"""What all published data sets have in common: images in folders, each with a mask or a tag, in parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional

from .images import Percentiles
from .masks import CELLS, Encoding
from .rasters import SUFFIXES

PARTS = ("train", "val", "test")
# The part of a data set that is not divided: whoever trains on it decides what to hold out.
WHOLE = "all"


@dataclass(frozen=True)
class Example:
    """An image, and what is known of it: a mask, or the class (1..10) it is named for."""

    image: Path
    mask: Optional[Path] = None
    tag: int = 0


@dataclass(frozen=True)
class DataSet:
    """A data set found in a folder.

    Attributes
    ----------
    source : str
        Its name.
    parts : dict
        Examples by the part they belong to: "train", "val", "test"; or "all" of them where it is not divided.
    side_px : int
        Images become squares of this size, 512 (of 50 m) or 256 (of 100 m).
    encoding : Encoding or None
        How its masks say the class; None where there are no masks, or where they have to be looked at.
    same_size : bool
        A mask has the size of its image.
    percentiles : (float, float) or None
        Those of each image that become black and white; None: 0 and the white of its type of number.
    beside : tuple of Example
        Of the other parts, where the folder is one part by itself: all parts are read alike.
    """

    source: str
    parts: dict[str, list[Example]]
    side_px: int
    encoding: Optional[Encoding] = None
    same_size: bool = False
    percentiles: Percentiles = None
    beside: tuple[Example, ...] = ()

    @property
    def meta(self) -> dict[str, Any]:
        """What meta.json says of it."""
        return {
            "simulated": False,
            "source": self.source,
            "step": self.side_px // CELLS,
            "encoding": self.encoding.name if self.encoding else None,
            "percentiles": self.percentiles,
        }


@dataclass(frozen=True)
class Layout:
    """A way of laying out a data set: in words, and how to find it in a folder (None where there is none)."""

    expected: str
    find: Callable[[Path], Optional[DataSet]]


def child(folder: Path, *names: str) -> Optional[Path]:
    """Return the sub-folder with one of ``names`` (lower case, the first found wins), in whatever case."""
    # Copies of data sets on Windows and macOS, whose disks do not tell case apart, come in either.
    inside = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_dir()}
    return next((inside[name] for name in names if name in inside), None)


def rasters(folder: Path) -> list[Path]:
    """Return the images in a folder and below it, sorted by path."""
    # Hidden ones are what desktops and archivers leave behind, such as "._image.png".
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))
