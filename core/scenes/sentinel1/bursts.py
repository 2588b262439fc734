# SPDX-License-Identifier: GPL-2.0-or-later
"""Bursts of scanned complex images: lines as they follow each other on the ground, none of them twice.

Each burst of IW and EW is a block of lines of its own, with a few lines before and after that the
neighbouring bursts show too, and with invalid ones around these. Read in the stored order, the sea would jump
back at the end of each burst.

Source: ESA, Sentinel-1 Product Specification (S1-RS-MDA-52-7441).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from ...arrays import Array
from ...errors import InputError
from ...files.xml_file import Node
from .tables import PointGrid

_IMAGE = "imageAnnotation/imageInformation"


@dataclass(frozen=True)
class BurstLines:
    """The lines of an image in the order of time.

    Attributes
    ----------
    stored : (lines,) int
        Where the product's raster holds each; also how calibration and noise count.
    grid : PointGrid
        Places by the lines of the image.
    bursts : int
        That it was put together from; 0 for an image that is one.
    """

    stored: Array
    grid: PointGrid
    bursts: int

    def runs(self, first: int, count: int) -> list[tuple[int, int]]:
        """Return the stored lines of a part of the image as (first, count) of what is read at once."""
        # Where stored lines do not follow each other, one burst ends and the next begins.
        stored = self.stored[first : first + count]
        parts = np.split(stored, np.flatnonzero(np.diff(stored) != 1) + 1)
        return [(int(part[0]), part.size) for part in parts]


def read_burst_lines(annotation: Node, grid: PointGrid) -> BurstLines:
    """Return the lines of an image, whose places ``grid`` gives by stored lines."""
    lines = int(annotation.number(f"{_IMAGE}/numberOfLines"))
    bursts = annotation.all("swathTiming/burstList/burst")
    # Wave mode and stripmap look at one place all the time: their images have no bursts.
    if not bursts:
        return BurstLines(np.arange(lines), grid, 0)
    clock = _Clock(_time(bursts[0]), _interval_s(annotation))
    starts = np.rint([clock.line(_time(burst)) for burst in bursts]).astype(int)
    per_burst = int(annotation.number("swathTiming/linesPerBurst"))
    # Bursts overlap or touch. A gap, or one that begins before the last, is a product that contradicts
    # itself; the lines would fill all memory, were a burst dated a century off.
    apart = np.diff(starts)
    if per_burst * len(bursts) != lines or (apart <= 0).any() or (apart > per_burst).any():
        raise InputError("The bursts of the product contradict its size; download the product again.")
    edges = _edges(starts, [burst.numbers("firstValidSample", per_burst) >= 0 for burst in bursts])
    stored = np.concatenate(
        [
            np.arange(first, last) - start + number * per_burst
            for number, (first, last, start) in enumerate(zip(edges[:-1], edges[1:], starts))
        ]
    )
    return BurstLines(stored, _by_time(annotation, grid, clock, edges[0]), len(bursts))


@dataclass(frozen=True)
class _Clock:
    """Counts lines, fractions of them too, from a time on."""

    start: datetime
    interval_s: float

    def line(self, time: datetime) -> float:
        return (time - self.start).total_seconds() / self.interval_s


def _interval_s(annotation: Node) -> float:
    interval_s = annotation.number(f"{_IMAGE}/azimuthTimeInterval")
    if interval_s <= 0:
        raise InputError("The annotation's lines follow at no interval; download the product again.")
    return interval_s


def _time(node: Node) -> datetime:
    # The first 26 characters end with the microseconds, which is all that Python reads.
    text = node.get("azimuthTime")
    try:
        return datetime.fromisoformat(text[:26])
    except ValueError as error:
        raise InputError(
            f"The annotation has no valid azimuth time ({text!r}); download it again."
        ) from error


def _edges(starts: Array, shown: list[Array]) -> Array:
    """Return where each burst begins in the image, and where the last ends: halfway through overlaps."""
    if not all(v.any() for v in shown):
        raise InputError("The product has a burst without valid lines; download the product again.")
    # In an overlap each burst gives the half that is nearer to its own middle.
    firsts = np.array([start + np.flatnonzero(v)[0] for start, v in zip(starts, shown)])
    lasts = np.array([start + np.flatnonzero(v)[-1] + 1 for start, v in zip(starts, shown)])
    return np.concatenate([firsts[:1], (lasts[:-1] + firsts[1:]) // 2, lasts[-1:]])


def _by_time(annotation: Node, grid: PointGrid, clock: _Clock, first: int) -> PointGrid:
    """Return the positions by the lines of the image, which begins ``first`` lines after the clock.

    Parameters
    ----------
    annotation : Node
    grid : PointGrid
        By stored lines.
    clock : _Clock
        Of the first burst's first line.
    first : int
        Line of the clock at which the image begins.
    """
    # Stored lines jump at each burst, times do not: the points' own times say in which line of the image they
    # lie.
    points = annotation.all("geolocationGrid/geolocationGridPointList/geolocationGridPoint")
    found = {point.number("line"): clock.line(_time(point)) - first for point in points}
    lines = np.array([found[line] for line in grid.lines])
    if (np.diff(lines) <= 0).any():
        raise InputError("The geolocation grid of the product is out of order; download the product again.")
    return replace(grid, lines=lines)
