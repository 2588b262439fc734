# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever was loaded, as a scene: where it lies, what its pixels are, how to get power and incidence."""

from __future__ import annotations

import os
import re
from typing import Optional, Union

from osgeo import gdal

from ..errors import InputError, OptionError
from ..files.gdal_calls import attempt, exists, refuse_special, short
from ..geometry.projections import check_database
from .rasters.scene import raster_scene
from .sentinel1.product_files import OCEAN_PRODUCT, choose_image
from .sentinel1.product_names import find_safe
from .sentinel1.scene import safe_scene
from .types.scene import Reader, Scene, SceneOptions, Source

__all__ = ["Reader", "Scene", "SceneOptions", "Source", "count_items", "open_scene"]


def open_scene(path: Union[str, os.PathLike[str]], options: Optional[SceneOptions] = None) -> Scene:
    """Return the scene at a path: SAFE folder, manifest, archive or measurement; GeoTIFF, VRT, PNG, ….

    Raises
    ------
    InputError
        The file is missing, damaged, of another kind, or not described well enough.
    OptionError
        An option makes no sense for this file.
    """
    path, options = os.fspath(path), options or SceneOptions()
    refuse_special(path)
    check_database()
    # Layers inside a file (GPKG:file:layer, …) are no files, yet GDAL opens them.
    if not exists(path) and attempt(gdal.OpenEx, path, gdal.OF_RASTER) is None:
        raise InputError(f"There is no file {path}; check the name and the folder.")
    # A measurement inside a product, or beside it, opens as that product: alone it has no calibration and no
    # angles, and its roughness would only be relative.
    folder = find_safe(path)
    if folder:
        return safe_scene(path, folder, options)
    # Taking the one image whatever the item would give the same result for every row of a batch, in silence.
    if options.item > 1:
        raise OptionError(
            f"{short(path)} is one image and has no item {options.item}; choose 0.", option="item"
        )
    _refuse_ocean_product(path)
    return raster_scene(path, options)


def count_items(path: Union[str, os.PathLike[str]]) -> int:
    """Return how many images there are to choose among by ``SceneOptions.item``: 1 but for some products."""
    path = os.fspath(path)
    folder = find_safe(path)
    return choose_image(folder, path).items if folder else 1


def _refuse_ocean_product(path: str) -> None:
    # Level-2 netCDF has sigma0 among its variables, and yet is no image.
    if path.lower().endswith(".nc") and re.search(r"[-_]ocn[-_]", short(path), re.IGNORECASE):
        raise InputError(f"{short(path)} holds {OCEAN_PRODUCT}")
    if path.lower().endswith(".safe"):
        raise InputError(f"{short(path)} is not a product's manifest.safe; choose the product's folder.")
