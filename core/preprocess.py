"""The roughness of a scene, on the map; and what every run checks and says of a scene."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Optional

from .cog import cog_afterwards
from .errors import InputError
from .feedback import Feedback, Part
from .ice import IceLimits
from .inference import NOMINAL_SIDE_M
from .mapgrid import choose_crs, map_grid
from .outputs import require_geotiff
from .placing import Placing, Sheet, place
from .roughness import Roughness, RoughnessOptions, prepare
from .scene import Scene, SceneOptions, open_scene
from .staging import Staging


@dataclass(frozen=True)
class PreprocessOptions:
    """What the user can decide about the roughness alone; CRS and format as for segmenting."""

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

    ``finish``, and what is raised, are as in `metocean.core.segment.segment`.
    """
    require_geotiff(target)
    with Staging(target, source=path) as staging:
        scene = open_scene(path, options.scene)
        check_crs(scene, options.output_crs, options.roughness.resolution_m)
        roughness = prepare(
            scene, staging.scratch("roughness.tif"), options.roughness, Part(feedback, 0.0, 0.9)
        )
        log_decisions(scene, roughness, feedback)
        sheet = Sheet(roughness.path, staging.path(target), options.roughness.resolution_m, "near")
        with cog_afterwards(options.cog, [sheet.target], Part(feedback, 0.9, 1.0)) as part:
            place(sheet, Placing.of(roughness, scene.shape, options.output_crs), part)
        if finish is not None:
            finish(staging.path(target), roughness)
        staging.commit()
    return roughness


def check_crs(scene: Scene, wanted: str, spacing_m: float) -> None:
    """Refuse a map that there cannot be, in pixels of ``spacing_m``, before anything else is done.

    Raises
    ------
    InputError
        The scene knows no place on earth.
    OptionError
        The system is none, or cannot show the scene.
    """
    place, shape = scene.georeference, scene.shape
    if place.known:
        map_grid(place, shape, choose_crs(place, shape, wanted), spacing_m)
    elif wanted:
        raise InputError(
            f"{scene.name} has neither a coordinate system nor control points, so it cannot be put on a map: "
            "leave the output CRS empty to keep its pixel grid."
        )


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
