# SPDX-License-Identifier: GPL-2.0-or-later
"""Which polygons are land: those that come with QGIS, none, or a layer or file of the user's."""

from __future__ import annotations

import os

from qgis.core import QgsApplication, QgsProcessingContext

from .scene_parameter import scene_path

WORLD, NO_LAND = "world", "none"


def land_path(value: object, text: str, context: QgsProcessingContext) -> str:
    """Return the polygon file of land, or `NO_LAND`.

    Parameters
    ----------
    value : object
        The parameter as given: a layer object, or anything else.
    text : str
        The same, evaluated to text: `WORLD`, `NO_LAND`, a path, or the id or name of a layer of the project.
    context : QgsProcessingContext
        Whose project the layers are of.

    Raises
    ------
    InputError
        The layer is no file, such as one of a web service.
    """
    word = text.strip().lower()
    if word == NO_LAND:
        return NO_LAND
    if word == WORLD:
        # Every QGIS brings it, so that land is masked without a download.
        return os.path.join(QgsApplication.pkgDataPath(), "resources", "data", "world_map.gpkg")
    return scene_path(value, text.strip(), context)
