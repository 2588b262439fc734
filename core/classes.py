# SPDX-License-Identifier: GPL-2.0-or-later
"""The ten metocean processes: the one table everything else reads.

Order and names follow Colin et al. 2022 (Section 2.1); the colours are matplotlib's tab10, as in
their figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from .arrays import Array

# An int or a numpy array of them: one pair of functions serves a code and a whole raster.
Integers = TypeVar("Integers", int, Array)
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class MetoceanClass:
    """One process.

    Attributes
    ----------
    code : str
        Two or three capitals, by which options and tables know it.
    name : str
        In full, as in the paper.
    colour : str
        ``#rrggbb``.
    description : str
        How it looks on a radar image, for the help.
    """

    code: str
    name: str
    colour: str
    description: str

    @property
    def label(self) -> str:
        """Band and legend text, such as ``AF – Atmospheric Front``."""
        return f"{self.code} – {self.name}"

    @property
    def rgb(self) -> Colour:
        """Red, green and blue, 0 to 255."""
        return int(self.colour[1:3], 16), int(self.colour[3:5], 16), int(self.colour[5:7], 16)


# Alphabetical by code. Weights, bands of probability rasters and pixel values all go by this order, so that
# none of them can be read with another one.
CLASSES = (
    MetoceanClass("AF", "Atmospheric Front", "#1f77b4", "line where the wind changes abruptly"),
    MetoceanClass("BS", "Biological Slicks", "#ff7f0e", "surface films, dark filaments wound by eddies"),
    MetoceanClass("IB", "Icebergs", "#2ca02c", "bright compact targets in cold water"),
    MetoceanClass("LWA", "Low Wind Area", "#d62728", "dark patch where wind is too weak to roughen the sea"),
    MetoceanClass("MCC", "Micro-Convective Cells", "#9467bd", "mottled pattern of kilometre-wide wind cells"),
    MetoceanClass("OF", "Oceanic Front", "#8c564b", "thin bright or dark line between two water masses"),
    MetoceanClass("POW", "Pure Ocean Waves", "#e377c2", "swell and wind sea with nothing above them"),
    MetoceanClass("RC", "Rain Cells", "#7f7f7f", "rain core and the gust front spreading around it"),
    MetoceanClass("SI", "Sea Ice", "#bcbd22", "floes, leads and ridges"),
    MetoceanClass("WS", "Wind Streaks", "#17becf", "parallel streaks of boundary-layer rolls along the wind"),
)
CODES = tuple(c.code for c in CLASSES)

# Values of the class raster, and of training labels: 1 to 10 are CLASSES in order, see `pixel_value`. In
# labels 0 is what nobody labelled; in rasters, what no class is probable enough for.
UNDECIDED = 0
# Undecided is not nodata: there the sea was seen, and counts in the areas.
CLASS_NODATA = 255
CLASS_VALUES = range(1, len(CLASSES) + 1)
# Value of the probability and roughness rasters where nothing is known. What they hold is never negative, so
# that ``values >= 0`` asks for what is known.
NODATA = -1.0


def class_index(code: str) -> int:
    """Return the position of ``code`` in `CLASSES`, 0 to 9; a ``KeyError`` lists the choices."""
    if code not in CODES:
        raise KeyError(f"No class {code!r}; choose from {', '.join(CODES)}.")
    return CODES.index(code)


def pixel_value(index: Integers) -> Integers:
    """Return the value that a position in `CLASSES` has in class rasters and labels.

    Examples
    --------
    >>> pixel_value(class_index("AF")), position_of(10)
    (1, 9)
    """
    return index + 1


def position_of(value: Integers) -> Integers:
    """Return the position in `CLASSES` of a value, 1 to 10, of class rasters and labels."""
    return value - 1


def value_of(code: str) -> int:
    """Return the value of class rasters and labels that stands for ``code``."""
    return pixel_value(class_index(code))


def palette(undecided: Colour = (0, 0, 0), nodata: Colour = (255, 255, 255)) -> Array:
    """Return (256, 3) uint8, the colour of each value of a class raster; ``nodata`` where it is no class.

    Examples
    --------
    >>> palette()[value_of("AF")].tolist()
    [31, 119, 180]
    """
    colours = np.full((256, 3), nodata, np.uint8)
    colours[UNDECIDED] = undecided
    colours[CLASS_VALUES.start : CLASS_VALUES.stop] = [cls.rgb for cls in CLASSES]
    return colours
