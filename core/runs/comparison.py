# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the results of a comparison go, and what it tells beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Optional

from ..files.staging import Staging
from ..results.agreement import Agreement, write_agreements
from ..results.areas import AREA_COLUMNS, Area, area_rows, write_table


@dataclass(frozen=True)
class ComparePaths:
    """Where the results go.

    Attributes
    ----------
    panel : str
        The picture, which `metocean.core.runs.compare.compare` leaves to its caller to draw.
    areas, agreement : str
        CSV.
    classes : dict of str to str
        Class rasters by method; those that are not named are not kept.
    roughness : str
        Likewise; empty: not kept.
    """

    panel: str
    areas: str
    agreement: str
    classes: Mapping[str, str] = field(default_factory=dict)
    roughness: str = ""

    @property
    def rasters(self) -> tuple[str, ...]:
        """Paths of the rasters that are kept: those that have to be GeoTIFFs and may be cloud-optimised."""
        return tuple(path for path in (*self.classes.values(), self.roughness) if path)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Paths of everything that is kept."""
        return (self.panel, self.areas, self.agreement, *self.rasters)

    def staged(self, methods: Iterable[str], staging: Staging) -> ComparePaths:
        """Return where everything is written for now; what is not kept goes where it leaves no trace."""

        def path(target: str, name: str) -> str:
            return staging.path(target) if target else staging.scratch(name)

        # The panel shows every method, so there is a class raster of each, kept or not.
        return ComparePaths(
            panel=staging.path(self.panel),
            areas=staging.path(self.areas),
            agreement=staging.path(self.agreement),
            classes={name: path(self.classes.get(name, ""), f"{name}.tif") for name in methods},
            roughness=path(self.roughness, "roughness.tif"),
        )


@dataclass(frozen=True)
class CompareResult:
    """What a comparison tells beside the files it wrote.

    Attributes
    ----------
    areas : dict of str to dict of str to `Area`
        By method, then by class code; undecided included.
    agreements : list of `Agreement`
        Of each two methods.
    name : str
        The scene's.
    acquired : datetime or None
        UTC.
    seconds : float
        Wall time of the run.
    """

    areas: dict[str, dict[str, Area]]
    agreements: list[Agreement]
    name: str
    acquired: Optional[datetime]
    seconds: float


def write_tables(paths: ComparePaths, result: CompareResult) -> None:
    """Write the areas by method, and the agreement of each two methods, as CSV."""
    rows = [[name, *row] for name, areas in result.areas.items() for row in area_rows(areas)]
    write_table(paths.areas, ("method", *AREA_COLUMNS), rows)
    write_agreements(paths.agreement, result.agreements)
