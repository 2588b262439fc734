"""Several methods on one scene: their class maps on one map, their areas, and how far they agree."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Callable, Optional

from ..classes import CODES
from ..errors import OptionError
from ..feedback import Feedback, Once, Part, step_of
from ..files.cog import cog_afterwards
from ..files.raster import open_raster
from ..files.staging import Staging
from ..geometry.warp import MapRaster, put_on_map
from ..methods.protocol import Method
from ..results.agreement import Agreement, CellMap, agreements, write_agreements
from ..results.areas import AREA_COLUMNS, Area, area_rows, write_table
from ..results.rasters import OutputPaths, describe_classes, require_geotiff
from ..roughness.prepare import prepare
from ..scenes.opening import open_scene
from .checks import check_place, log_decisions
from .options import SegmentOptions
from .run import Run

Methods = Mapping[str, Method]


@dataclass(frozen=True)
class ComparePaths:
    """Where the results go.

    Attributes
    ----------
    panel : str
        The picture, which `compare` leaves to its caller to draw.
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


@dataclass(frozen=True)
class CompareResult:
    """What a run tells beside the files it wrote.

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
    methods : dict of str to Method
        By the name that stands in the tables; the first one's cells are those that are compared.
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
        raise OptionError("No method is chosen: choose one at least, two to compare.")
    rasters = *outputs.classes.values(), outputs.roughness
    require_geotiff(*rasters)
    kept = outputs.panel, outputs.areas, outputs.agreement, *rasters
    with Staging(*kept, source=path) as staging:
        staged = _staged(outputs, methods, staging)
        runs = _prepared(path, methods, options, staging, Part(feedback, 0.0, 0.3))
        areas, maps = _segment_all(runs, staged, staging, Part(feedback, 0.3, 0.95))
        first = next(iter(runs.values()))
        raster = MapRaster(first.roughness.path, staged.roughness, first.method.resolution_m, "near")
        written = [staging.path(target) for target in rasters if target]
        with cog_afterwards(options.cog, written, Part(feedback, 0.95, 1.0)) as part:
            put_on_map(raster, first.output_map, part)
        result = CompareResult(
            areas=areas,
            agreements=agreements(maps),
            name=first.scene.name,
            acquired=first.roughness.acquired,
            seconds=time.monotonic() - started,
        )
        write_table(staged.areas, ("method", *AREA_COLUMNS), _area_rows(areas))
        write_agreements(staged.agreement, result.agreements)
        finish(staged, result)
        staging.commit()
    return result


def _staged(outputs: ComparePaths, methods: Methods, staging: Staging) -> ComparePaths:
    """Return where everything is written for now; what is not kept goes where it leaves no trace."""

    def path(target: str, name: str) -> str:
        return staging.path(target) if target else staging.scratch(name)

    return ComparePaths(
        panel=staging.path(outputs.panel),
        areas=staging.path(outputs.areas),
        agreement=staging.path(outputs.agreement),
        classes={name: path(outputs.classes.get(name, ""), f"{name}.tif") for name in methods},
        roughness=path(outputs.roughness, "roughness.tif"),
    )


def _prepared(
    path: str, methods: Methods, options: SegmentOptions, staging: Staging, feedback: Feedback
) -> dict[str, Run]:
    """Open the scene, and prepare its roughness once for each resolution that the methods want."""
    scene = open_scene(path, options.scene)
    resolutions_m = dict.fromkeys(method.resolution_m for method in methods.values())
    check_place(scene, options, min(resolutions_m))
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
    """Write each method's class raster; return the methods' areas and the maps on their own cells."""
    cells = OutputPaths(
        probabilities=staging.scratch("probabilities.tif"), classes=staging.scratch("cells.tif")
    )
    areas, maps = {}, {}
    for done, (name, run) in enumerate(runs.items()):
        part = step_of(feedback, done, len(runs))
        feedback.info(f"Method {name}, {done + 1} of {len(runs)}:")
        started = time.monotonic()
        areas[name] = run.write_cells(cells, Part(part, 0.0, 0.95))
        maps[name] = _cell_map(run, cells.classes)
        raster = MapRaster(cells.classes, staged.classes[name], run.cell_m, "near")
        put_on_map(raster, run.output_map, Part(part, 0.95, 1.0))
        describe_classes(staged.classes[name], run.metadata(), areas[name])
        feedback.info(f"{time.monotonic() - started:.1f} seconds on {run.method.device}.")
        if not any(areas[name][code].km2 for code in CODES):
            feedback.warn(f"Method {name} decides nothing at a threshold of {run.threshold:g}: lower it.")
    return areas, maps


def _cell_map(run: Run, path: str) -> CellMap:
    line_m, sample_m = run.roughness.ground_spacing_m
    stride = run.method.output_stride
    return CellMap(open_raster(path).ReadAsArray(), (stride * line_m, stride * sample_m))


def _area_rows(areas: Mapping[str, Mapping[str, Area]]) -> list[list[str]]:
    return [[name, *row] for name, table in areas.items() for row in area_rows(table)]
