# SPDX-License-Identifier: GPL-2.0-or-later
"""Several methods on one scene: their class maps on one map, their areas, and how far they agree."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Callable

from ..classes import CODES
from ..errors import OptionError
from ..feedback import Feedback, Once, Part, step_of
from ..files.cog import cog_afterwards
from ..files.raster import open_raster
from ..files.staging import Staging
from ..geometry.warp import MapRaster, put_on_map
from ..methods.protocol import Method
from ..results.agreement import CellMap, agreements
from ..results.areas import Area
from ..results.rasters import OutputPaths, describe_classes, require_geotiff
from ..roughness.prepare import prepare
from ..scenes.reads import named_files
from .checks import check_place, log_decisions, open_protected
from .comparison import ComparePaths, CompareResult, write_tables
from .options import SegmentOptions
from .run import Run

Methods = Mapping[str, Method]
# Shares of a run's progress at which its steps end: the roughness of the scene, then all methods' classes.
_PREPARED, _SEGMENTED = 0.3, 0.95


def compare(
    path: str,
    methods: Methods,
    options: SegmentOptions,
    outputs: ComparePaths,
    feedback: Feedback,
    finish: Callable[[ComparePaths, CompareResult], None],
) -> CompareResult:
    """Segment the scene at ``path`` with each method and write ``outputs``: all of them, or none.

    Parameters
    ----------
    path : str
        Whatever `metocean.core.scenes.opening.open_scene` opens.
    methods : dict of str to Method
        By the name that stands in the tables; the first one's cells are those that are compared.
    options : SegmentOptions
        For all methods alike.
    outputs : ComparePaths
    feedback : Feedback
    finish : callable
        Draws the panel, before all results appear. It gets where the results are written, class rasters and
        roughness that are not kept included.

    Raises
    ------
    InputError, OptionError, OutputError, ModelError
        What cannot be used, with the remedy.
    Cancelled
        When ``feedback`` says so.
    """
    started = time.monotonic()
    options.check()
    if not methods:
        raise OptionError("No method is chosen: choose one at least, two to compare.", option="methods")
    require_geotiff(*outputs.rasters)
    reads = named_files(path, options.scene, options.land)
    with Staging(*outputs.wanted, reads=reads, feedback=feedback) as staging:
        staged = outputs.staged(methods, staging)
        runs = _prepared(path, methods, options, staging, Part(feedback, 0.0, _PREPARED))
        areas, maps = _segment_all(runs, staged, staging, Part(feedback, _PREPARED, _SEGMENTED))
        first = next(iter(runs.values()))
        # Only what is kept is worth the time that cloud-optimising takes.
        kept = [staging.path(target) for target in outputs.rasters]
        with cog_afterwards(options.cog, kept, Part(feedback, _SEGMENTED, 1.0)) as part:
            put_on_map(_roughness(first, staged), first.output_map, part)
        result = CompareResult(
            areas=areas,
            agreements=agreements(maps),
            name=first.scene.name,
            acquired=first.roughness.acquired,
            seconds=time.monotonic() - started,
        )
        write_tables(staged, result)
        finish(staged, result)
        staging.commit()
    return result


def _prepared(
    path: str, methods: Methods, options: SegmentOptions, staging: Staging, feedback: Feedback
) -> dict[str, Run]:
    """Open the scene, and prepare its roughness once for each resolution that the methods want.

    Parameters
    ----------
    path : str
    methods : dict of str to Method
    options : SegmentOptions
    staging : Staging
        Has room for the roughness of each working grid, which nobody keeps.
    feedback : Feedback

    Returns
    -------
    dict of str to Run
        By the names of the methods, in their order.
    """
    scene = open_protected(path, options.scene, staging)
    # A dict keeps the order, so that the log and the progress are alike from run to run; a set would not.
    resolutions_m = dict.fromkeys(method.resolution_m for method in methods.values())
    # The finest spacing makes the largest map: where there can be that one, there can be the others.
    check_place(scene, options, min(resolutions_m))
    # Warnings and decisions are those of the scene: they are alike at every resolution, and are said once.
    once = Once(feedback)
    prepared = {}
    for done, resolution_m in enumerate(resolutions_m):
        target = staging.scratch(f"roughness_{resolution_m:g}.tif")
        part = step_of(once, done, len(resolutions_m))
        prepared[resolution_m] = prepare(scene, target, options.roughness(resolution_m), part)
        log_decisions(scene, prepared[resolution_m], once, options.ice)
    return {
        name: Run(scene, prepared[method.resolution_m], method, options) for name, method in methods.items()
    }


def _segment_all(
    runs: Mapping[str, Run], staged: ComparePaths, staging: Staging, feedback: Feedback
) -> tuple[dict[str, dict[str, Area]], dict[str, CellMap]]:
    """Write each method's class raster; return the methods' areas and the maps on their own cells.

    Parameters
    ----------
    runs : dict of str to Run
        By the names of the methods.
    staged : ComparePaths
        Its class rasters are written.
    staging : Staging
        Has room for rasters of a method's cells.
    feedback : Feedback
    """
    # Each method writes over the last one's cells: what a comparison keeps of them is their classes.
    cells = OutputPaths(
        probabilities=staging.scratch("probabilities.tif"), classes=staging.scratch("cells.tif")
    )
    areas, maps = {}, {}
    for done, (name, run) in enumerate(runs.items()):
        part = step_of(feedback, done, len(runs))
        feedback.info(f"Method {name}, {done + 1} of {len(runs)}:")
        started = time.monotonic()
        areas[name] = run.segment_cells(cells, Part(part, 0.0, 0.95))
        # Agreement is counted on the methods' own cells: on the map warping would have moved them.
        maps[name] = _cell_map(run, cells.classes)
        raster = MapRaster(cells.classes, staged.classes[name], run.cell_m, "near")
        put_on_map(raster, run.output_map, Part(part, 0.95, 1.0))
        describe_classes(staged.classes[name], run.metadata(), areas[name])
        feedback.info(f"{time.monotonic() - started:.1f} seconds on {run.method.device}.")
        # An empty map looks like a failure unless somebody says why. One threshold for all methods makes
        # such maps: MASK gives drops of a score, which are rarely high, where others give probabilities.
        if not any(areas[name][code].km2 for code in CODES):
            feedback.warn(f"Method {name} decides nothing at a threshold of {run.threshold:g}: lower it.")
    return areas, maps


def _cell_map(run: Run, path: str) -> CellMap:
    line_m, sample_m = run.roughness.ground_spacing_m
    stride = run.method.output_stride
    return CellMap(open_raster(path).ReadAsArray(), (stride * line_m, stride * sample_m))


def _roughness(run: Run, staged: ComparePaths) -> MapRaster:
    # Nearest pixels, as in `metocean.core.runs.maps`: blending would smooth away what the networks saw.
    return MapRaster(run.roughness.path, staged.roughness, run.method.resolution_m, "near")
