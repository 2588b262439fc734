"""The roughness of a scene, on the map; and what every run checks and says of a scene."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from ..feedback import Feedback, Part
from ..files.cog import cog_afterwards
from ..files.staging import Staging
from ..geometry.warp import MapRaster, OutputMap, put_on_map
from ..results.rasters import require_geotiff
from ..roughness.prepare import prepare
from ..roughness.roughness import Roughness, RoughnessOptions
from ..scenes.opening import open_scene
from ..scenes.types.scene import SceneOptions
from .checks import check_crs, log_decisions


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

    ``finish``, and what is raised, are as in `metocean.core.runs.segment.segment`.
    """
    require_geotiff(target)
    with Staging(target, source=path) as staging:
        scene = open_scene(path, options.scene)
        check_crs(scene, options.output_crs, options.roughness.resolution_m)
        roughness = prepare(
            scene, staging.scratch("roughness.tif"), options.roughness, Part(feedback, 0.0, 0.9)
        )
        log_decisions(scene, roughness, feedback)
        raster = MapRaster(roughness.path, staging.path(target), options.roughness.resolution_m, "near")
        with cog_afterwards(options.cog, [raster.target], Part(feedback, 0.9, 1.0)) as part:
            put_on_map(
                raster,
                OutputMap.from_grid(roughness.georeference, roughness.shape, scene.shape, options.output_crs),
                part,
            )
        if finish is not None:
            finish(staging.path(target), roughness)
        staging.commit()
    return roughness
