# SPDX-License-Identifier: GPL-2.0-or-later
"""What every run checks, and says, of a scene before its work begins."""

from __future__ import annotations

from typing import Optional

from ..errors import InputError
from ..feedback import Feedback
from ..files.staging import Staging
from ..geometry.georeference import NOMINAL_SIDE_M
from ..geometry.map_grid import choose_crs, map_grid
from ..results.ice_limits import IceLimits
from ..roughness.roughness import Roughness
from ..scenes.opening import open_scene
from ..scenes.reads import opened_files
from ..scenes.types.scene import Scene, SceneOptions
from .options import SegmentOptions


def open_protected(path: str, options: SceneOptions, staging: Staging) -> Scene:
    """Return the scene at a path, as `open_scene` does; no result may come in the place of what it opened."""
    scene = open_scene(path, options)
    staging.protect(opened_files(scene, options))
    return scene


def check_crs(scene: Scene, wanted: str, spacing_m: float) -> None:
    """Refuse a map that there cannot be, in pixels of ``spacing_m``, before anything else is done.

    Raises
    ------
    InputError
        The scene knows no place on earth.
    OptionError
        The system is none, or cannot show the scene.
    """
    # A run takes minutes, and warping is its last step: whether the map can be is tried beforehand.
    place, shape = scene.georeference, scene.shape
    if place.known:
        map_grid(place, shape, choose_crs(place, shape, wanted), spacing_m)
    elif wanted:
        raise InputError(
            f"{scene.name} has neither a coordinate system nor control points, so it cannot be put on a map: "
            "leave the output CRS empty to keep its pixel grid.",
            option="output_crs",
        )


def check_place(scene: Scene, options: SegmentOptions, spacing_m: float) -> None:
    """Refuse what cannot be where a scene is, or is not known to be.

    Raises
    ------
    InputError, OptionError
        The scene must know its place on earth and does not; the map cannot be, as in `check_crs`.
    """
    if options.ice.given and not scene.georeference.known:
        raise InputError(
            f"{scene.name} has neither a coordinate system nor control points, so it is not known where ice "
            "can be: do without latitudes, and exclude SI and IB if there is none."
        )
    # Roughness goes on the map, too, and its pixels are the finest: its map is the largest.
    check_crs(scene, options.output_crs, spacing_m)


def log_decisions(
    scene: Scene, roughness: Roughness, feedback: Feedback, ice: Optional[IceLimits] = None
) -> None:
    """Say what was decided, so that it is in the log even of a run that fails later.

    Parameters
    ----------
    scene : Scene
    roughness : Roughness
    feedback : Feedback
        Its log gets a line for each decision; warnings were given when the roughness was prepared.
    ice : IceLimits, optional
        Where there are limits they are told, too.
    """
    for note in (f"Pixels: {scene.units}.", f"Incidence: {scene.incidence}.", *roughness.notes):
        feedback.info(note)
    if ice is not None and ice.given:
        feedback.info(f"Limits: {ice.describe(roughness.acquired)}.")
    if not roughness.georeference.known:
        feedback.info(f"Areas assume that the image is {NOMINAL_SIDE_M / 1000:g} km wide and high.")
