"""The one pipeline: scene, roughness, a method's probabilities by blocks, and the rasters a user sees."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

from .classes import CODES, class_index
from .errors import InputError, OptionError
from .feedback import Feedback, Part
from .inference import NOMINAL_SIDE_M, Inference
from .land import LandOptions
from .method import Method
from .outputs import (
    UNDECIDED_NAME,
    Area,
    OutputPaths,
    areas_from,
    describe_probabilities,
    require_geotiff,
    write_areas,
    write_classes,
)
from .placing import Placing, place
from .roughness import Roughness, RoughnessOptions, prepare
from .scene import Scene, SceneOptions, open_scene
from .staging import Staging


@dataclass(frozen=True)
class SegmentOptions:
    """What the user can decide about a segmentation.

    Attributes
    ----------
    scene, land
        How to read the scene, and what to mask.
    output_crs : str
        Authority code or well-known text of the map; empty chooses a metric one.
    exclude : tuple of str
        Codes of classes that cannot occur here; the others share their probability.
    threshold : float
        A pixel is undecided where its most probable class stays below this, 0 to 1.
    provenance : tuple of (str, str)
        Further metadata items for the rasters.
    block_px : int
        Side of the blocks the method is given, without halo.
    """

    scene: SceneOptions = field(default_factory=SceneOptions)
    land: LandOptions = field(default_factory=LandOptions)
    output_crs: str = ""
    exclude: tuple[str, ...] = ()
    threshold: float = 0.5
    provenance: tuple[tuple[str, str], ...] = ()
    block_px: int = 1024


@dataclass(frozen=True)
class SegmentResult:
    """What a run tells beside the files it wrote.

    Attributes
    ----------
    areas : dict of str to `Area`
        By class code; the areas are those of the ground, not of the map's projection.
    undecided : `Area`
    name : str
        The scene's.
    acquired : datetime or None
        UTC.
    notes : tuple of str
        Decisions taken, each with its reason.
    model_id : str
    seconds : float
        Wall time of the run.
    shape : (lines, samples)
        Size of the result on the working grid.
    """

    areas: dict[str, Area]
    undecided: Area
    name: str
    acquired: datetime | None
    notes: tuple[str, ...]
    model_id: str
    seconds: float
    shape: tuple[int, int]


def segment(
    path: str, method: Method, options: SegmentOptions, outputs: OutputPaths, feedback: Feedback
) -> SegmentResult:
    """Segment the scene at ``path`` and write ``outputs``: all of them, or none on failure or cancelling.

    Raises
    ------
    InputError, OptionError, OutputError
        What cannot be used, with the remedy.
    Cancelled
        When ``feedback`` says so.
    """
    started = time.monotonic()
    _check(options)
    require_geotiff(outputs.probabilities, outputs.classes, outputs.roughness)
    wanted = (outputs.probabilities, outputs.classes, outputs.areas, outputs.roughness)
    with Staging(*wanted, source=path) as staging:
        scene = open_scene(path, options.scene)
        _check_crs(scene, options.output_crs)
        rough_options = RoughnessOptions(resolution_m=method.resolution_m, land=options.land)
        roughness = prepare(scene, staging.scratch("roughness.tif"), rough_options, Part(feedback, 0.0, 0.4))
        notes = _notes(scene, roughness, feedback)
        excluded = tuple(class_index(code) for code in options.exclude)
        inference = Inference(roughness, method, excluded, options.threshold, options.block_px)
        working = staging.scratch("probabilities.tif")
        areas = areas_from(inference.run(working, Part(feedback, 0.4, 0.9)))
        job = _Job(scene, roughness, method, options)
        _write(job, working, areas, outputs, staging)
        feedback.progress(1.0)
        staging.commit()
    return SegmentResult(
        areas={code: areas[code] for code in CODES},
        undecided=areas[UNDECIDED_NAME],
        name=scene.name,
        acquired=roughness.acquired,
        notes=notes,
        model_id=method.model_id,
        seconds=time.monotonic() - started,
        shape=inference.shape,
    )


@dataclass(frozen=True)
class PreprocessOptions:
    """What the user can decide about the roughness alone."""

    scene: SceneOptions = field(default_factory=SceneOptions)
    roughness: RoughnessOptions = field(default_factory=RoughnessOptions)


def preprocess(path: str, options: PreprocessOptions, target: str, feedback: Feedback) -> Roughness:
    """Write the roughness of the scene at ``path``, on the map, to ``target``; raises as `segment` does."""
    require_geotiff(target)
    with Staging(target, source=path) as staging:
        scene = open_scene(path, options.scene)
        roughness = prepare(
            scene, staging.scratch("roughness.tif"), options.roughness, Part(feedback, 0.0, 0.9)
        )
        _notes(scene, roughness, feedback)
        placing = Placing.of(roughness.georeference, scene.shape, wanted="")
        place(roughness.path, staging.path(target), options.roughness.resolution_m, placing)
        feedback.progress(1.0)
        staging.commit()
    return roughness


@dataclass(frozen=True)
class _Job:
    """What the outputs say about where they come from."""

    scene: Scene
    roughness: Roughness
    method: Method
    options: SegmentOptions

    def metadata(self) -> dict[str, str]:
        acquired = self.roughness.acquired
        return {
            "METOCEAN_MODEL": self.method.model_id,
            "METOCEAN_TRAINING": self.method.training,
            "METOCEAN_SOURCE": self.scene.name,
            "METOCEAN_ACQUIRED": acquired.isoformat() if acquired else "unknown",
            "METOCEAN_THRESHOLD": str(self.options.threshold),
            "METOCEAN_EXCLUDED": ",".join(self.options.exclude) or "none",
            **dict(self.options.provenance),
        }


def _check(options: SegmentOptions) -> None:
    unknown = [code for code in options.exclude if code not in CODES]
    if unknown:
        raise OptionError(f"No class {unknown[0]!r} to exclude: choose from {', '.join(CODES)}.")
    if set(options.exclude) == set(CODES):
        raise OptionError("Every class is excluded: leave at least one.")
    if not 0 <= options.threshold <= 1:
        raise OptionError(f"The threshold {options.threshold} is no probability: give a number from 0 to 1.")


def _check_crs(scene: Scene, wanted: str) -> None:
    if wanted and not scene.georeference.known:
        raise InputError(
            f"{scene.name} has neither a coordinate system nor control points, so it cannot be put on a map: "
            "leave the output CRS empty to keep its pixel grid."
        )


def _write(job: _Job, working: str, areas: dict[str, Area], outputs: OutputPaths, staging: Staging) -> None:
    """Put the working rasters on the map and derive the other files."""
    resolution_m = job.method.resolution_m
    placing = Placing.of(job.roughness.georeference, job.scene.shape, job.options.output_crs)
    probabilities = staging.path(outputs.probabilities)
    place(working, probabilities, resolution_m * job.method.output_stride, placing)
    describe_probabilities(probabilities, job.metadata())
    write_classes(probabilities, staging.path(outputs.classes), job.options.threshold, areas)
    if outputs.areas:
        write_areas(staging.path(outputs.areas), areas)
    if outputs.roughness:
        place(job.roughness.path, staging.path(outputs.roughness), resolution_m, placing)


def _notes(scene: Scene, roughness: Roughness, feedback: Feedback) -> tuple[str, ...]:
    """Collect and log what was decided, so that it is in the log even of a run that fails later."""
    notes = [f"Pixels: {scene.units}.", f"Incidence: {scene.incidence}.", *scene.notes, *roughness.notes]
    if not roughness.georeference.known:
        notes.append(f"Areas assume that the image is {NOMINAL_SIDE_M / 1000:g} km wide and high.")
    unique = tuple(dict.fromkeys(notes))
    for note in unique:
        feedback.info(note)
    return unique
