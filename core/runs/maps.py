# SPDX-License-Identifier: GPL-2.0-or-later
"""The rasters of a run, brought from the method's cells to the map, and what is said in and beside them."""

from __future__ import annotations

from collections.abc import Mapping

from .. import metadata
from ..feedback import Feedback, step_of
from ..geometry.warp import MapRaster, put_on_map
from ..results.areas import Area, write_areas
from ..results.rasters import OutputPaths, describe_bands, describe_classes
from .run import Run


def put_cells_on_map(run: Run, cells: OutputPaths, outputs: OutputPaths, feedback: Feedback) -> None:
    """Put the rasters of the method's cells on the map.

    Parameters
    ----------
    run : Run
    cells : OutputPaths
        Of the rasters of the method's cells.
    outputs : OutputPaths
        Where they go; those that nobody wants are left aside.
    feedback : Feedback
    """
    # Classes are those of the method's cells, not of the probabilities on the map: where two classes meet,
    # blended probabilities of both stay below the threshold and would put undecided seams between them. The
    # areas, which are counted on the method's cells, would not be those of the map either.
    rasters = [
        MapRaster(cells.probabilities, outputs.probabilities, run.cell_m, "bilinear"),
        MapRaster(cells.classes, outputs.classes, run.cell_m, "near"),
    ]
    if cells.uncertainty and outputs.uncertainty:
        rasters.append(MapRaster(cells.uncertainty, outputs.uncertainty, run.cell_m, "bilinear"))
    if outputs.roughness:
        # Blending would smooth the texture away that the network saw.
        rasters.append(MapRaster(run.roughness.path, outputs.roughness, run.method.resolution_m, "near"))
    output_map = run.output_map
    for number, raster in enumerate(rasters):
        put_on_map(raster, output_map, step_of(feedback, number, len(rasters)))


def describe(outputs: OutputPaths, items: Mapping[str, str], areas: Mapping[str, Area]) -> None:
    """Say in the rasters on the map what they are and where they came from; write the table of areas.

    ``items`` are metadata, ``areas`` the rows of the table by code.
    """
    describe_bands(outputs.probabilities, metadata.CLASS_PROBABILITY, items)
    if outputs.uncertainty:
        describe_bands(outputs.uncertainty, metadata.UNCERTAINTY, items)
    describe_classes(outputs.classes, items, areas)
    if outputs.areas:
        write_areas(outputs.areas, areas)
