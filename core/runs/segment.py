"""The one pipeline: scene, roughness, a method's probabilities by blocks, and the rasters a user sees."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Callable, Optional

from .. import metadata
from ..classes import CODES
from ..feedback import Feedback, Part, step_of
from ..files.cog import cog_afterwards
from ..files.staging import Staging
from ..geometry.warp import MapRaster, put_on_map
from ..methods.protocol import Method
from ..results.areas import BRIGHT_NAME, UNDECIDED_NAME, UNLIKE_NAME, Area, write_areas
from ..results.familiarity import BLOCK_CELLS, familiarity
from ..results.rasters import OutputPaths, describe_bands, describe_classes, require_geotiff
from ..roughness.prepare import prepare
from ..scenes.opening import open_scene
from .checks import check_place, log_decisions
from .options import SegmentOptions
from .run import Run

# Parts of a run's progress: the roughness, whether it looks familiar, the method; then maps are made.
_PREPARED, _LOOKED_AT, _PREDICTED = 0.4, 0.42, 0.9


@dataclass(frozen=True)
class SegmentResult:
    """What a run tells beside the files it wrote.

    Attributes
    ----------
    areas : dict of str to `Area`
        By class code; on the ground and the working grid, not in the map's projection.
    undecided : `Area`
    further : dict of str to `Area`
        Bright targets, where ice has limits, and what is unlike training images, where their ranges are
        known. They overlap the other areas.
    name : str
        The scene's.
    acquired : datetime or None
        UTC.
    model_id : str
    seconds : float
        Wall time of the run.
    """

    areas: dict[str, Area]
    undecided: Area
    further: dict[str, Area]
    name: str
    acquired: Optional[datetime]
    model_id: str
    seconds: float


def segment(
    path: str,
    method: Method,
    options: SegmentOptions,
    outputs: OutputPaths,
    feedback: Feedback,
    finish: Optional[Callable[[OutputPaths, SegmentResult], None]] = None,
) -> SegmentResult:
    """Segment the scene at ``path`` and write ``outputs``: all of them, or none on failure or cancelling.

    Parameters
    ----------
    path : str
        Whatever `metocean.core.scenes.opening.open_scene` opens.
    method : Method
    options : SegmentOptions
    outputs : OutputPaths
    feedback : Feedback
    finish : callable, optional
        Adds files beside the results, which it gets where they are written, before all of them appear.

    Raises
    ------
    InputError, OptionError, OutputError, ModelError
        What cannot be used, with the remedy.
    Cancelled
        When ``feedback`` says so.
    """
    started = time.monotonic()
    options.check()
    require_geotiff(*outputs.rasters)
    with Staging(*outputs.wanted.values(), source=path) as staging:
        run = _start(path, method, options, staging.scratch("roughness.tif"), Part(feedback, 0.0, _PREPARED))
        cells = OutputPaths(
            probabilities=staging.scratch("probabilities.tif"),
            classes=staging.scratch("classes.tif"),
            uncertainty=staging.scratch("uncertainty.tif") if outputs.uncertainty else None,
        )
        unlike = _unlike(run, Part(feedback, _PREPARED, _LOOKED_AT))
        areas = {**run.write_cells(cells, Part(feedback, _LOOKED_AT, _PREDICTED)), **unlike}
        staged = replace(outputs, **{name: staging.path(target) for name, target in outputs.wanted.items()})
        with cog_afterwards(options.cog, staged.rasters, Part(feedback, _PREDICTED, 1.0)) as part:
            _put_on_map(run, cells, staged, part)
            _describe(run, areas, staged)
        result = SegmentResult(
            areas={code: areas[code] for code in CODES},
            undecided=areas[UNDECIDED_NAME],
            further={name: areas[name] for name in (BRIGHT_NAME, UNLIKE_NAME) if name in areas},
            name=run.scene.name,
            acquired=run.roughness.acquired,
            model_id=method.model_id,
            seconds=time.monotonic() - started,
        )
        if finish is not None:
            finish(staged, result)
        staging.commit()
    return result


def _start(path: str, method: Method, options: SegmentOptions, target: str, feedback: Feedback) -> Run:
    """Open a scene and write its roughness.

    Parameters
    ----------
    path : str
    method : Method
        Says at which resolution it wants the roughness.
    options : SegmentOptions
    target : str
        Where the roughness goes.
    feedback : Feedback
    """
    scene = open_scene(path, options.scene)
    check_place(scene, options, method.resolution_m)
    roughness = prepare(scene, target, options.roughness(method.resolution_m), feedback)
    log_decisions(scene, roughness, feedback, options.ice)
    return Run(scene, roughness, method, options)


def _unlike(run: Run, feedback: Feedback) -> dict[str, Area]:
    """Return the row of the table on what is unlike training images; none where that cannot be told."""
    found = familiarity(run.roughness, run.method, feedback)
    if found is None:
        return {}
    found.tell(feedback)
    block_px = BLOCK_CELLS * run.method.output_stride
    lines, samples = (side // block_px for side in run.roughness.shape)
    pixel_km2 = float(run.roughness.pixel_areas_km2(block_px, (lines, samples)).mean())
    return {UNLIKE_NAME: Area(found.unlike_pixels * pixel_km2, found.percent)}


def _put_on_map(run: Run, cells: OutputPaths, outputs: OutputPaths, feedback: Feedback) -> None:
    """Put the rasters of the working grid on the map.

    Parameters
    ----------
    run : Run
    cells : OutputPaths
        Of the rasters on the working grid.
    outputs : OutputPaths
        Where they go; those that nobody wants are left aside.
    feedback : Feedback
    """
    # Classes are those of the working grid: blended probabilities would put undecided seams between them.
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


def _describe(run: Run, areas: dict[str, Area], outputs: OutputPaths) -> None:
    """Say in the rasters what they are, and write the table of areas."""
    items = run.metadata()
    describe_bands(outputs.probabilities, metadata.CLASS_PROBABILITY, items)
    if outputs.uncertainty:
        describe_bands(outputs.uncertainty, metadata.UNCERTAINTY, items)
    describe_classes(outputs.classes, items, areas)
    if outputs.areas:
        write_areas(outputs.areas, areas)
