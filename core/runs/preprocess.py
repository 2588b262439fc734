# SPDX-License-Identifier: GPL-2.0-or-later
"""The roughness of a scene, on the map."""

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
from ..scenes.reads import named_files
from ..scenes.types.scene import SceneOptions
from .checks import check_crs, log_decisions, open_protected


@dataclass(frozen=True)
class PreprocessOptions:
    """What the user can decide about the roughness alone.

    Attributes
    ----------
    scene : SceneOptions
    roughness : RoughnessOptions
    output_crs : str
        Authority code or well-known text of the map; empty chooses a metric one.
    cog : bool
        Write a cloud-optimised GeoTIFF.
    """

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

    Parameters
    ----------
    path : str
        Whatever `metocean.core.scenes.opening.open_scene` opens.
    options : PreprocessOptions
    target : str
        Of the GeoTIFF.
    feedback : Feedback
    finish : callable, optional
        Adds files beside the result, such as a style: it gets where the raster is written for now, and the
        roughness.

    Raises
    ------
    InputError, OptionError, OutputError
        What cannot be used, with the remedy.
    Cancelled
        When ``feedback`` says so.
    """
    require_geotiff(target)
    reads = named_files(path, options.scene, options.roughness.land)
    with Staging(target, reads=reads, feedback=feedback) as staging:
        # Staged from the beginning: a folder that cannot be written to is said before the work is done.
        scene = open_protected(path, options.scene, staging)
        check_crs(scene, options.output_crs, options.roughness.resolution_m)
        roughness = prepare(
            scene, staging.scratch("roughness.tif"), options.roughness, Part(feedback, 0.0, 0.9)
        )
        log_decisions(scene, roughness, feedback)
        # Nearest pixels: blending would smooth away the texture that networks look at.
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
