# SPDX-License-Identifier: GPL-2.0-or-later
"""The one pipeline: scene, roughness, a method's probabilities by blocks, and the rasters a user sees."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Callable, Optional

from ..classes import CODES
from ..feedback import Feedback, Part
from ..files.cog import cog_afterwards
from ..files.staging import Staging
from ..methods.protocol import Method
from ..results.areas import BRIGHT_NAME, UNDECIDED_NAME, UNLIKE_NAME, Area
from ..results.familiarity import BLOCK_CELLS, familiarity
from ..results.rasters import OutputPaths, require_geotiff
from ..roughness.prepare import prepare
from ..scenes.reads import named_files
from .checks import check_place, log_decisions, open_protected
from .maps import describe, put_cells_on_map
from .options import SegmentOptions
from .run import Run

# Shares of a run's progress at which its steps end: the roughness, whether it looks familiar, the method; the
# maps take the rest.
_PREPARED, _LOOKED_AT, _PREDICTED = 0.4, 0.42, 0.9


@dataclass(frozen=True)
class SegmentResult:
    """What a run tells beside the files it wrote.

    Attributes
    ----------
    areas : dict of str to `Area`
        By class code; counted on the method's cells, on the ground, not in the map's projection.
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

    @classmethod
    def from_run(cls, run: Run, areas: dict[str, Area], seconds: float) -> SegmentResult:
        """Separate the classes' areas from the rows that overlap them."""
        return cls(
            areas={code: areas[code] for code in CODES},
            undecided=areas[UNDECIDED_NAME],
            further={name: areas[name] for name in (BRIGHT_NAME, UNLIKE_NAME) if name in areas},
            name=run.scene.name,
            acquired=run.roughness.acquired,
            model_id=run.method.model_id,
            seconds=seconds,
        )


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
        Where the rasters and the table go; those that are None are not written.
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
    # What can be refused at once is, before minutes go into reading and predicting.
    options.check()
    require_geotiff(*outputs.rasters)
    reads = named_files(path, options.scene, options.land)
    with Staging(*outputs.wanted.values(), reads=reads, feedback=feedback) as staging:
        run = _start(path, method, options, staging, Part(feedback, 0.0, _PREPARED))
        # The method's own cells go to files of their own: what lies on the map is made of them, warped.
        cells = OutputPaths(
            probabilities=staging.scratch("probabilities.tif"),
            classes=staging.scratch("classes.tif"),
            uncertainty=staging.scratch("uncertainty.tif") if outputs.uncertainty else None,
        )
        unlike = _unlike(run, Part(feedback, _PREPARED, _LOOKED_AT))
        areas = {**run.segment_cells(cells, Part(feedback, _LOOKED_AT, _PREDICTED)), **unlike}
        staged = replace(outputs, **{name: staging.path(target) for name, target in outputs.wanted.items()})
        with cog_afterwards(options.cog, staged.rasters, Part(feedback, _PREDICTED, 1.0)) as part:
            put_cells_on_map(run, cells, staged, part)
            describe(staged, run.metadata(), areas)
        result = SegmentResult.from_run(run, areas, time.monotonic() - started)
        # Styles are written beside the staged rasters, so that a style that fails leaves no rasters either.
        if finish is not None:
            finish(staged, result)
        staging.commit()
    return result


def _start(path: str, method: Method, options: SegmentOptions, staging: Staging, feedback: Feedback) -> Run:
    """Open a scene and write its roughness.

    Parameters
    ----------
    path : str
    method : Method
        Says at which resolution it wants the roughness.
    options : SegmentOptions
    staging : Staging
        Has room for the roughness, and learns what is read.
    feedback : Feedback
    """
    scene = open_protected(path, options.scene, staging)
    # Preparing a scene takes a while: a map that there cannot be is refused before.
    check_place(scene, options, method.resolution_m)
    target = staging.scratch("roughness.tif")
    roughness = prepare(scene, target, options.roughness(method.resolution_m), feedback)
    log_decisions(scene, roughness, feedback, options.ice)
    return Run(scene, roughness, method, options)


def _unlike(run: Run, feedback: Feedback) -> dict[str, Area]:
    """Return the row of the table on what is unlike training images; none where that cannot be told."""
    found = familiarity(run.roughness, run.method, feedback)
    if found is None:
        return {}
    found.tell(feedback)
    # The mean area of a pixel over the whole scene: which blocks are unlike is not kept, only how many.
    block_px = BLOCK_CELLS * run.method.output_stride
    lines, samples = (side // block_px for side in run.roughness.shape)
    pixel_km2 = float(run.roughness.pixel_areas_km2(block_px, (lines, samples)).mean())
    return {UNLIKE_NAME: Area(found.unlike_pixels * pixel_km2, found.percent)}
