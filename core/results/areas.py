# SPDX-License-Identifier: GPL-2.0-or-later
"""How much of the sea each class covers: the table of areas, and its CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..classes import CLASS_NODATA, CLASSES
from ..errors import OutputError

UNDECIDED_NAME, BRIGHT_NAME, UNLIKE_NAME = "undecided", "bright", "unlike"
# Rows of the table of areas, in order. Those after undecided overlap the others; not every run has them.
AREA_TITLES = {
    **{cls.code: cls.name for cls in CLASSES},
    UNDECIDED_NAME: "Undecided",
    BRIGHT_NAME: "Bright targets",
    UNLIKE_NAME: "Unlike the training images",
}
AREA_COLUMNS = ("code", "name", "km2", "percent")


@dataclass(frozen=True)
class Area:
    """Extent of one class.

    Attributes
    ----------
    km2 : float
        On the ground, whatever the map's projection does.
    percent : float
        Of everything that is not nodata: land does not count.
    """

    km2: float
    percent: float


def write_areas(path: str, areas: Mapping[str, Area]) -> None:
    """Write the areas as CSV: a row for each of `AREA_TITLES` that there is."""
    write_table(path, AREA_COLUMNS, area_rows(areas))


def area_rows(areas: Mapping[str, Area]) -> list[list[str]]:
    """Return rows of `AREA_COLUMNS`, in the order of `AREA_TITLES`."""
    known = {code: areas[code] for code in AREA_TITLES if code in areas}
    return [[code, AREA_TITLES[code], f"{a.km2:.3f}", f"{a.percent:.3f}"] for code, a in known.items()]


def write_table(path: str, header: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV: a line of ``header``, and one for each of ``rows``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    # csv ends lines itself: without newline="" Windows would double them.
    try:
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
    except OSError as error:
        raise OutputError(f"Cannot write {path} ({error.strerror}).") from error


def measure(classes: Array, known_km2: Array, **further_km2: float) -> dict[str, Area]:
    """Return the areas of a class map.

    Parameters
    ----------
    classes : (lines, samples) uint8
        Values of the class raster.
    known_km2 : (lines, samples)
        Ground that is known in each cell.
    further_km2 : float
        Of other rows of the table, by their names.
    """
    known = classes != CLASS_NODATA
    # Cells count with what is known of them: a cell at the coast is partly land.
    km2 = np.bincount(classes[known], known_km2[known], minlength=len(CLASSES) + 1)
    return areas_from(km2, **further_km2)


def areas_from(km2: Iterable[float], **further_km2: float) -> dict[str, Area]:
    """Return areas by code, ``undecided`` included, of square kilometres by value of the class raster.

    ``further_km2`` are of other rows of the table, whose pixels are among those.
    """
    km2 = list(km2)
    # Of nothing but nodata all areas are zero; so are their percents, not undefined.
    total = max(sum(km2), np.finfo(float).tiny)
    named = {**dict(zip([UNDECIDED_NAME, *(c.code for c in CLASSES)], km2)), **further_km2}
    return {name: Area(float(k), float(100 * k / total)) for name, k in named.items()}
