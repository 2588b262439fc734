# SPDX-License-Identifier: GPL-2.0-or-later
"""One polarisation of a simulated product, as its file names and its texts need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .annotated_grid import AnnotatedGrid
from .imaging import Imaging, PixelPositions
from .tables import LookUpTables

# Of one orbit and data take of Sentinel-1A in June 2021: readers look at the form of these numbers only, and
# the manifest derives the relative orbit from the first.
ORBIT_NUMBER = 38353
DATATAKE = 0x48698


@dataclass(frozen=True)
class ProductImage:
    """One polarisation of a product: its geometry, its tables, and what its file names are made of.

    Attributes
    ----------
    imaging : Imaging
    tables : LookUpTables
    grid : AnnotatedGrid
    start : datetime
        Zero-Doppler time of the first line, UTC.
    polarisation : {"VV", "VH", "HH", "HV"}
    number : int
        Of the image in the product, from 1.
    """

    imaging: Imaging
    tables: LookUpTables
    grid: AnnotatedGrid
    start: datetime
    polarisation: str
    number: int

    @property
    def stop(self) -> datetime:
        """Zero-Doppler time of the last line."""
        return self.time(self.imaging.shape[0] - 1)

    @property
    def direction(self) -> str:
        """``Ascending`` while the satellite flies north, else ``Descending``, as annotations spell it."""
        return "Ascending" if abs(self.imaging.heading_deg) < 90 else "Descending"

    @property
    def stem(self) -> str:
        """Name of its files without folder and ending, by ESA's naming convention."""
        times = f"{self.start:%Y%m%dt%H%M%S}-{self.stop:%Y%m%dt%H%M%S}"
        orbit = f"{ORBIT_NUMBER:06d}-{DATATAKE:06x}"
        return f"s1a-iw-grd-{self.polarisation.lower()}-{times}-{orbit}-{self.number:03d}"

    def located(self) -> PixelPositions:
        """Return where the annotated pixels are, on the terrain."""
        return self.imaging.locate(self.grid.lines, self.grid.samples, self.grid.heights_m)

    def time(self, line: float) -> datetime:
        """Return the zero-Doppler time of a line, which may lie outside the image."""
        return self.start + timedelta(seconds=float(line) * self.imaging.line_interval_s)
