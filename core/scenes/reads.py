# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files the reading of a scene touches, all of them: results must not be written over any."""

from __future__ import annotations

import os
from contextlib import suppress

from ..errors import InputError
from ..files.gdal_calls import attempt
from ..files.raster import open_raster
from ..files.read_files import ReadFiles, on_disk
from ..files.virtual_raster import is_view, sources
from ..geometry.land import LandOptions
from .rasters.hyp3 import hyp3_angles
from .sentinel1.product_names import find_safe
from .types.scene import Scene, SceneOptions

# A virtual raster names others, and these may be virtual, too.
_MOST_FILES = 10_000
_DIMAP, _DIMAP_FOLDER = ".dim", ".data"


def named_files(path: str, options: SceneOptions, land: LandOptions) -> ReadFiles:
    """Return what the user named, and the folder of the product that it is or lies in; nothing is opened."""
    # Layers in files (GPKG:file:layer) and filters of polygons (file|layername=…) have the file's name in
    # them; numbers and words, as incidences may be, are no files.
    named = [text for option in (path, options.incidence, land.source) for text in _file_names(option)]
    return ReadFiles(path, tuple(named), tuple(_folders(path)))


def opened_files(scene: Scene, options: SceneOptions) -> ReadFiles:
    """Return all that was opened for a scene, and what virtual rasters among it are made of."""
    files: dict[str, None] = {}
    rasters: set[str] = set()
    waiting = [scene.path, hyp3_angles(scene.path), *_file_names(options.incidence)]
    while waiting and len(rasters) < _MOST_FILES:
        path = waiting.pop()
        if path and path not in rasters:
            rasters.add(path)
            files |= dict.fromkeys((path, *_files_of(path)))
            waiting += sources(path) if is_view(path) else []
    return ReadFiles(files=tuple(files), folders=tuple(f for file in files for f in _folders(file)))


def _files_of(path: str) -> list[str]:
    """Return the files that GDAL opens for a raster: what lies beside it, too; none for a product."""
    # Nothing that is listed here is opened in its turn: by what a sidecar holds GDAL may take it for a
    # description of a server, and ask there.
    with suppress(InputError):
        return attempt(open_raster(path).GetFileList) or []
    return []


def _file_names(option: str) -> list[str]:
    bare = option.split("|")[0]
    parts = [bare, *(part.strip('"') for part in bare.split(":"))]
    # A drive's letter is no name of a driver.
    parts += [part.strip('"') for part in bare.split(":", 1)[1:]]
    return [part for part in parts if part and os.path.exists(on_disk(part))]


def _folders(path: str) -> list[str]:
    product = find_safe(path)
    if product and not product.startswith("/vsi"):
        return [product]
    # Of SNAP's pair .dim and .data either may be chosen, or an image in it.
    disk = on_disk(path)
    pairs = [folder for folder in (disk.with_suffix(_DIMAP_FOLDER), *disk.parents) if folder.name]
    return [str(f) for f in pairs if f.suffix == _DIMAP_FOLDER and f.with_suffix(_DIMAP).exists()]
