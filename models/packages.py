"""Where torch comes from.

QGIS's own Python rarely has torch, and must not be given another numpy, which pip would bring along with
torch: GDAL's arrays and other plugins work with the one that they were built for. So torch may live in a
folder of its own, which is appended to the import path (what QGIS brings goes first), and only once a
network is wanted. There it stays: parts of torch import others when they are first used.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType

from ..core.errors import ModelError

VARIABLE = "METOCEAN_PACKAGES"
# Folders set by `use_folder`, after those of the environment variable.
_folders: list[str] = []


def use_folder(folder: str) -> None:
    """Look for torch in ``folder`` too, from the next import on; it need not exist yet."""
    if folder and folder not in _folders:
        _folders.append(folder)


def import_with_torch(module: str) -> ModuleType:
    """Import a module of this package that needs torch; a `ModelError` says how to install it."""
    # Only now, and only once: a path that is there from the start on would serve every other plugin, too.
    for folder in [*os.environ.get(VARIABLE, "").split(os.pathsep), *_folders]:
        if folder and folder not in sys.path and os.path.isdir(folder):
            sys.path.append(folder)
    try:
        # By themselves, so that an error within this package is not taken for torch that is missing.
        importlib.import_module("torch")
        importlib.import_module("safetensors.torch")
    except (ImportError, OSError) as error:  # OSError: a shared library of torch's that does not load
        raise ModelError(_remedy(error)) from error
    return importlib.import_module(module, __package__)


def _remedy(error: Exception) -> str:
    folder = _folders[0] if _folders else "FOLDER"
    where = "" if _folders else f" set the environment variable {VARIABLE} to FOLDER and"
    return (
        f'PyTorch is missing ({error}): run python3 -m pip install --target "{folder}" torch safetensors '
        f"with the Python of QGIS (on Windows in the OSGeo4W Shell), then{where} start QGIS again."
    )
