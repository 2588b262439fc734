"""The one pipeline: scene, roughness, a method's probabilities by blocks, and the rasters a user sees."""

from __future__ import annotations

import time
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Callable, Optional

from .classes import CODES, class_index
from .cog import cloud_optimise
from .errors import InputError, OptionError
from .familiarity import Ranges, familiarity
from .feedback import Feedback, Part
from .ice import IceLimits
from .inference import NOMINAL_SIDE_M, Inference
from .land import LandOptions
from .method import Method
from .outputs import (
    BRIGHT_NAME,
    UNDECIDED_NAME,
    UNLIKE_NAME,
    Area,
    OutputPaths,
    describe_bands,
    describe_classes,
    require_geotiff,
    write_areas,
)
from .placing import Placing, Sheet, place
from .roughness import Roughness, RoughnessOptions, prepare
from .scene import Scene, SceneOptions, open_scene
from .staging import Staging


@dataclass(frozen=True)
class SegmentOptions:
    """What the user can decide about a segmentation.

    Attributes
    ----------
    scene, land, even_seams
        How to read the scene, what to mask, whether to even out the seams of its sub-swaths.
    output_crs : str
        Authority code or well-known text of the map; empty chooses a metric one.
    cog : bool
        Write cloud-optimised GeoTIFFs.
    exclude : tuple of str
        Codes of classes that cannot occur here; the others share their probability.
    ice : IceLimits
        Where sea ice and icebergs cannot occur. What looks like icebergs there is counted as bright targets.
    threshold : float, optional
        A pixel is undecided where its most probable class stays below this, 0 to 1; else the method's own.
    ranges : Ranges
        What the method's training images have, to say how much of the scene is unlike them.
    provenance : tuple of (str, str)
        Further metadata items for the rasters.
    """

    scene: SceneOptions = field(default_factory=SceneOptions)
    land: LandOptions = field(default_factory=LandOptions)
    even_seams: bool = False
    output_crs: str = ""
    cog: bool = False
    exclude: tuple[str, ...] = ()
    ice: IceLimits = field(default_factory=IceLimits)
    threshold: Optional[float] = None
    ranges: Ranges = field(default_factory=lambda: Ranges({}))
    provenance: tuple[tuple[str, str], ...] = ()

    def roughness(self, resolution_m: float) -> RoughnessOptions:
        """Return how to prepare the roughness for a method that wants it at ``resolution_m``."""
        return RoughnessOptions(resolution_m, self.land, self.even_seams)


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
        job = _start(path, method, options, staging.scratch("roughness.tif"), Part(feedback, 0.0, 0.4))
        working = OutputPaths(
            staging.scratch("probabilities.tif"),
            staging.scratch("classes.tif"),
            uncertainty=staging.scratch("uncertainty.tif") if outputs.uncertainty else None,
        )
        inference = job.inference()
        unlike = _unlike(inference, options.ranges, Part(feedback, 0.4, 0.42))
        areas = {**inference.run(working, Part(feedback, 0.42, 0.9)), **unlike}
        staged = OutputPaths(*(target and staging.path(target) for target in astuple(outputs)))
        placed = 0.95 if options.cog else 1.0
        _write(job, working, areas, staged, Part(feedback, 0.9, placed))
        if options.cog:
            cloud_optimise(staged.rasters, Part(feedback, placed, 1.0))
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


@dataclass(frozen=True)
class PreprocessOptions:
    """What the user can decide about the roughness alone; CRS and format as in `SegmentOptions`."""

    scene: SceneOptions = field(default_factory=SceneOptions)
    roughness: RoughnessOptions = field(default_factory=RoughnessOptions)
    output_crs: str = ""
    cog: bool = False


def preprocess(
    path: str,
    options: PreprocessOptions,
    target: str,
    feedback: Feedback,
    finish: Callable[[str, Roughness], None] | None = None,
) -> Roughness:
    """Write the roughness of the scene at ``path``, on the map, to ``target``.

    ``finish``, and what is raised, are as in `segment`.
    """
    require_geotiff(target)
    with Staging(target, source=path) as staging:
        scene = open_scene(path, options.scene)
        check_crs(scene, options.output_crs)
        roughness = prepare(
            scene, staging.scratch("roughness.tif"), options.roughness, Part(feedback, 0.0, 0.9)
        )
        log_decisions(scene, roughness, feedback)
        sheet = Sheet(roughness.path, staging.path(target), options.roughness.resolution_m, "near")
        placed = 0.95 if options.cog else 1.0
        place(sheet, Placing.of(roughness, scene.shape, options.output_crs), Part(feedback, 0.9, placed))
        if options.cog:
            cloud_optimise([staging.path(target)], Part(feedback, placed, 1.0))
        if finish is not None:
            finish(staging.path(target), roughness)
        staging.commit()
    return roughness


@dataclass(frozen=True)
class Job:
    """One run: a scene's roughness, and what to do with it."""

    scene: Scene
    roughness: Roughness
    method: Method
    options: SegmentOptions

    @property
    def threshold(self) -> float:
        """Return the user's threshold, or the method's."""
        return self.method.threshold if self.options.threshold is None else self.options.threshold

    @property
    def cell_m(self) -> float:
        """Return the ground spacing of the method's cells."""
        return self.method.resolution_m * self.method.output_stride

    @property
    def placing(self) -> Placing:
        """Return where the rasters go."""
        return Placing.of(self.roughness, self.scene.shape, self.options.output_crs)

    def inference(self) -> Inference:
        """Return the method on the roughness."""
        options = self.options
        excluded = tuple(class_index(code) for code in options.exclude)
        return Inference(self.roughness, self.method, excluded, self.threshold, options.ice)

    def metadata(self) -> dict[str, str]:
        """Return what the rasters say of where they came from."""
        acquired = self.roughness.acquired
        return {
            "METOCEAN_MODEL": self.method.model_id,
            "METOCEAN_TRAINING": self.method.training,
            "METOCEAN_SOURCE": self.scene.name,
            "METOCEAN_ACQUIRED": acquired.isoformat() if acquired else "unknown",
            "METOCEAN_UNITS": self.scene.units,
            "METOCEAN_INCIDENCE": self.scene.incidence,
            "METOCEAN_THRESHOLD": str(self.threshold),
            "METOCEAN_EXCLUDED": ",".join(self.options.exclude) or "none",
            "METOCEAN_ICE": self.options.ice.describe(acquired),
            **dict(self.options.provenance),
        }


def _start(path: str, method: Method, options: SegmentOptions, target: str, feedback: Feedback) -> Job:
    scene = open_scene(path, options.scene)
    check_place(scene, options)
    roughness = prepare(scene, target, options.roughness(method.resolution_m), feedback)
    log_decisions(scene, roughness, feedback, options.ice)
    return Job(scene, roughness, method, options)


def _unlike(inference: Inference, ranges: Ranges, feedback: Feedback) -> dict[str, Area]:
    """Return the row of the table on what is unlike training images; none where that cannot be told."""
    found = familiarity(inference.roughness, inference.method, ranges, feedback)
    if found is None:
        return {}
    found.tell(feedback)
    return {UNLIKE_NAME: Area(found.unlike_pixels * inference.pixel_km2, found.percent)}


def check(options: SegmentOptions) -> None:
    """Raise `OptionError` for options that make no sense."""
    unknown = [code for code in options.exclude if code not in CODES]
    if unknown:
        raise OptionError(f"No class {unknown[0]!r} to exclude: choose from {', '.join(CODES)}.")
    if set(options.exclude) == set(CODES):
        raise OptionError("Every class is excluded: leave at least one.")
    if options.threshold is not None and not 0 <= options.threshold <= 1:
        raise OptionError(f"The threshold {options.threshold} is no probability: give a number from 0 to 1.")


def check_place(scene: Scene, options: SegmentOptions) -> None:
    """Raise `InputError` where a scene must know its place on earth and does not."""
    if scene.georeference.known:
        return
    if options.ice.given:
        raise InputError(
            f"{scene.name} has neither a coordinate system nor control points, so it is not known where ice "
            "can be: do without latitudes, and exclude SI and IB if there is none."
        )
    check_crs(scene, options.output_crs)


def check_crs(scene: Scene, wanted: str) -> None:
    """Raise `InputError` where a map is wanted of a scene that knows no place on earth."""
    if wanted and not scene.georeference.known:
        raise InputError(
            f"{scene.name} has neither a coordinate system nor control points, so it cannot be put on a map: "
            "leave the output CRS empty to keep its pixel grid."
        )


def _write(
    job: Job, working: OutputPaths, areas: dict[str, Area], outputs: OutputPaths, feedback: Feedback
) -> None:
    """Put the working rasters on the map, say what they are, and write the table."""
    # Classes are those of the working grid: blended probabilities would put undecided seams between them.
    sheets = [
        Sheet(working.probabilities, outputs.probabilities, job.cell_m, "bilinear"),
        Sheet(working.classes, outputs.classes, job.cell_m, "near"),
    ]
    if working.uncertainty and outputs.uncertainty:
        sheets.append(Sheet(working.uncertainty, outputs.uncertainty, job.cell_m, "bilinear"))
    if outputs.roughness:
        sheets.append(Sheet(job.roughness.path, outputs.roughness, job.method.resolution_m, "near"))
    placing = job.placing
    for done, sheet in enumerate(sheets):
        place(sheet, placing, Part(feedback, done / len(sheets), (done + 1) / len(sheets)))
    describe_bands(outputs.probabilities, "class_probability", job.metadata())
    if outputs.uncertainty:
        describe_bands(outputs.uncertainty, "uncertainty", job.metadata())
    describe_classes(outputs.classes, job.metadata(), areas)
    if outputs.areas:
        write_areas(outputs.areas, areas)


def log_decisions(
    scene: Scene, roughness: Roughness, feedback: Feedback, ice: Optional[IceLimits] = None
) -> None:
    """Say what was decided, so that it is in the log even of a run that fails later."""
    for note in (f"Pixels: {scene.units}.", f"Incidence: {scene.incidence}.", *roughness.notes):
        feedback.info(note)
    if ice is not None and ice.given:
        feedback.info(f"Limits: {ice.describe(roughness.acquired)}.")
    if not roughness.georeference.known:
        feedback.info(f"Areas assume that the image is {NOMINAL_SIDE_M / 1000:g} km wide and high.")
