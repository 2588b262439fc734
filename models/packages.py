# SPDX-License-Identifier: GPL-2.0-or-later
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

import numpy as np

from ..core.errors import ModelError

VARIABLE = "METOCEAN_PACKAGES"
# What numpy's C interface and torch say where the one was built for another version of the other.
_OTHER_NUMPY = ("numpy", "_array_api", "multiarray", "dtype size changed")
# Of Linux and macOS, of Windows whose page file is too small (1455) and of its disk (8).
_TOO_LITTLE_MEMORY = (
    "Cannot allocate memory",
    "WinError 1455",
    "WinError 8]",
    "cannot apply additional memory",
)
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
        torch = importlib.import_module("torch")
        importlib.import_module("safetensors.torch")
        # Torch that was built for another numpy only warns when it is imported, and fails on its first array.
        getattr(torch, "from_numpy", np.asarray)(np.zeros(1, np.float32))
    # Whatever it is: of a broken installation there is no telling what it raises.
    except Exception as error:
        raise ModelError(_remedy(error)) from error
    return importlib.import_module(module, __package__)


def _remedy(error: Exception) -> str:
    """Return what is wrong with torch, and what to do, in one sentence."""
    # Messages of shared libraries have line breaks and paths; their first line says what is wrong.
    said = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    install = f'python3 -m pip install --target "{_folders[0] if _folders else "FOLDER"}"'
    if isinstance(error, ModuleNotFoundError) and error.name in ("torch", "safetensors"):
        where = "" if _folders else f" set the environment variable {VARIABLE} to FOLDER and"
        return (
            f"PyTorch is missing ({said}): run {install} torch safetensors with the Python of QGIS (on "
            f"Windows in the OSGeo4W Shell), then{where} start QGIS again."
        )
    again = f"install it again with {install} --upgrade torch safetensors, and start QGIS again."
    if isinstance(error, MemoryError) or any(text in said for text in _TOO_LITTLE_MEMORY):
        return f"There is too little memory to load PyTorch ({said}): close other programs, and restart QGIS."
    if any(text in said.lower() for text in _OTHER_NUMPY):
        return f"PyTorch is built for another numpy than QGIS has, {np.__version__} ({said}): {again}"
    if "WinError" in said or "DLL" in said:
        return (
            f"PyTorch is there, but Windows cannot load its libraries ({said}): install Microsoft's "
            "Visual C++ Redistributable (x64), and start QGIS again."
        )
    return f"PyTorch is there, but broken ({said}): {again}"
