"""The one pipeline: scene, roughness, a method's probabilities by blocks, and the rasters a user sees."""

from __future__ import annotations

import time
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Callable

from ..classes import CODES
from ..feedback import Feedback, Part, step_of
from ..files.cog import cog_afterwards
from ..files.staging import Staging
from ..geometry.warp import MapRaster, put_on_map
from ..methods.protocol import Method
from ..results.areas import BRIGHT_NAME, UNDECIDED_NAME, UNLIKE_NAME, Area, write_areas
from ..results.familiarity import BLOCK_CELLS, Ranges, familiarity
from ..results.inference import Inference
from ..results.rasters import OutputPaths, describe_bands, describe_classes, require_geotiff
from .run import Job, SegmentOptions, check, start


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
    acquired: datetime | None
    model_id: str
    seconds: float


def segment(
    path: str,
    method: Method,
    options: SegmentOptions,
    outputs: OutputPaths,
    feedback: Feedback,
    finish: Callable[[OutputPaths, SegmentResult], None] | None = None,
) -> SegmentResult:
    """Segment the scene at ``path`` and write ``outputs``: all of them, or none on failure or cancelling.

    Parameters
    ----------
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
    check(options)
    require_geotiff(*outputs.rasters)
    with Staging(*astuple(outputs), source=path) as staging:
        job = start(path, method, options, staging.scratch("roughness.tif"), Part(feedback, 0.0, 0.4))
        working = OutputPaths(
            staging.scratch("probabilities.tif"),
            staging.scratch("classes.tif"),
            uncertainty=staging.scratch("uncertainty.tif") if outputs.uncertainty else None,
        )
        inference = job.inference()
        unlike = _unlike(inference, options.ranges, Part(feedback, 0.4, 0.42))
        areas = {**inference.run(working, Part(feedback, 0.42, 0.9)), **unlike}
        staged = OutputPaths(*(target and staging.path(target) for target in astuple(outputs)))
        with cog_afterwards(options.cog, staged.rasters, Part(feedback, 0.9, 1.0)) as part:
            _write(job, working, areas, staged, part)
        result = SegmentResult(
            areas={code: areas[code] for code in CODES},
            undecided=areas[UNDECIDED_NAME],
            further={name: areas[name] for name in (BRIGHT_NAME, UNLIKE_NAME) if name in areas},
            name=job.scene.name,
            acquired=job.roughness.acquired,
            model_id=method.model_id,
            seconds=time.monotonic() - started,
        )
        if finish is not None:
            finish(staged, result)
        staging.commit()
    return result


def _unlike(inference: Inference, ranges: Ranges, feedback: Feedback) -> dict[str, Area]:
    """Return the row of the table on what is unlike training images; none where that cannot be told."""
    found = familiarity(inference.roughness, inference.method, ranges, feedback)
    if found is None:
        return {}
    found.tell(feedback)
    block_px = BLOCK_CELLS * inference.method.output_stride
    lines, samples = (side // block_px for side in inference.roughness.shape)
    pixel_km2 = float(inference.pixels_km2(block_px, (lines, samples)).mean())
    return {UNLIKE_NAME: Area(found.unlike_pixels * pixel_km2, found.percent)}


def _write(
    job: Job, working: OutputPaths, areas: dict[str, Area], outputs: OutputPaths, feedback: Feedback
) -> None:
    """Put the working rasters on the map, say what they are, and write the table."""
    # Classes are those of the working grid: blended probabilities would put undecided seams between them.
    rasters = [
        MapRaster(working.probabilities, outputs.probabilities, job.cell_m, "bilinear"),
        MapRaster(working.classes, outputs.classes, job.cell_m, "near"),
    ]
    if working.uncertainty and outputs.uncertainty:
        rasters.append(MapRaster(working.uncertainty, outputs.uncertainty, job.cell_m, "bilinear"))
    if outputs.roughness:
        rasters.append(MapRaster(job.roughness.path, outputs.roughness, job.method.resolution_m, "near"))
    output_map = job.output_map
    for done, raster in enumerate(rasters):
        put_on_map(raster, output_map, step_of(feedback, done, len(rasters)))
    describe_bands(outputs.probabilities, "class_probability", job.metadata())
    if outputs.uncertainty:
        describe_bands(outputs.uncertainty, "uncertainty", job.metadata())
    describe_classes(outputs.classes, job.metadata(), areas)
    if outputs.areas:
        write_areas(outputs.areas, areas)
