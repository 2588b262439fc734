# SPDX-License-Identifier: GPL-2.0-or-later
"""What every input becomes, and what a user can say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Optional, Protocol

from ...arrays import Array
from ...geometry.georeference import Georeference
from ...geometry.working_grid import WorkingGrid
from .borders import Borders


class Quantity(Enum):
    """What the power is that a scene's reader gives."""

    ROUGHNESS = "sea-surface roughness: it was prepared already"
    SIGMA0 = "sigma nought, linear"
    RELATIVE = "sigma nought but for a factor, or a trend across the swath, that is unknown"


class Reader(Protocol):
    """Gives the rows of a working grid."""

    # Rows are asked for in pieces, as a full IW scene held whole would take gigabytes, and by two threads at
    # a time: readers keep nothing from one call to the next.
    def rows(self, start: int, stop: int) -> tuple[Array, Optional[Array]]:
        """Return power (NaN where unknown) and incidence in degrees or None, both (rows, columns)."""


class Source(Protocol):
    """Knows the pixels of a scene.

    A scene may be described and never read, so only the reader holds files open.
    """

    def reader(self, grid: WorkingGrid) -> Reader:
        """Open the pixels for one working grid."""


@dataclass(frozen=True)
class SceneOptions:
    """What a user can say about a raster.

    Attributes
    ----------
    band : int
        0 finds the co-polarised band.
    item : int
        Which image of a product that holds several, from 1: imagettes of wave mode, sub-swaths of IW or EW
        SLC. 0 takes the first.
    units : str
        What the pixels are: one of `metocean.core.scenes.rasters.units.CHOICES`.
    incidence : str
        ``auto``, ``none``, degrees (``38.5``), degrees at left and right edge (``30.5:46.0``), ``band:3``,
        or the path of a raster with degrees or radians.
    crs : str
        Coordinate system of a raster that has coordinates and does not say in which; empty where nobody
        knows.
    nodata : tuple of (least, largest)
        Values of a raster that say nothing, though the file does not declare them.
    """

    band: int = 0
    item: int = 0
    units: str = "auto"
    incidence: str = "auto"
    crs: str = ""
    nodata: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Scene:
    """A raster that was understood.

    Attributes
    ----------
    name : str
        Of the file or product, without its ending: outputs and messages are named after it.
    path : str
        What was opened; not always what the user chose (a zip's image, a virtual raster of SNAP's bands).
    shape : (lines, samples)
        Of the raster itself; complex images (SLC) are seen on the ground, without what bursts repeat.
    spacing_m : (line, sample) or None
        Metres on the ground; None for an imagette without coordinates.
    georeference : Georeference
        Of pixels of this shape; unknown for an imagette.
    quantity : Quantity
        What the reader's power is.
    source : Source
        Opens the pixels.
    units, incidence : str
        What was decided, with the reason, for the log and for metadata.
    acquired : datetime or None
        UTC; decides about the season of ice.
    polarisation : str
        VV, HH or, where no name says it, empty, which is taken for VV.
    borders : Borders
        Between the sub-swaths that the image was merged from.
    notes, warnings : tuple of str
        Further decisions, and what to know before trusting the result.
    """

    name: str
    path: str
    shape: tuple[int, int]
    spacing_m: Optional[tuple[float, float]]
    georeference: Georeference
    quantity: Quantity
    source: Source
    units: str
    incidence: str
    acquired: Optional[datetime] = None
    polarisation: str = ""
    borders: Borders = field(default_factory=Borders)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
