# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that a run reads, which it must not write over."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# GDAL's way into an archive or to another address: /vsizip/, /vsizip//vsicurl/, /vsizip/{…}.
_VIRTUAL = re.compile(r"^(?:/vsi\w+/\{?)+")


@dataclass(frozen=True)
class ReadFiles:
    """Files and folders that a run reads; one that does not exist is none.

    Attributes
    ----------
    scene : str
        What the user chose as the scene.
    files : tuple of str
        All others; as GDAL has them, in archives too, of which the archive itself is meant.
    folders : tuple of str
        Of products: whatever lies in them.
    """

    scene: str = ""
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    def refusal(self, path: Path) -> str:
        """Return why nothing may be written to ``path``, with the remedy; empty where something may."""
        keys = _keys([path])
        if self.scene and keys & _keys([on_disk(self.scene)]):
            return f"The output would overwrite the scene {path}: choose another file."
        if keys & _keys(map(on_disk, self.files)):
            return f"The output would overwrite {path}, which the run reads: choose another file."
        products = _keys(map(on_disk, self.folders))
        product = next((folder for folder in path.parents if _keys([folder]) & products), None)
        if product is not None:
            return f"The output {path} would lie in {product}, which the run reads: choose another folder."
        return ""


def on_disk(path: str) -> Path:
    """Return the file itself that a path of GDAL's leads to, such as the archive that an image lies in."""
    bare = Path(_VIRTUAL.sub("", path).replace("}", ""))
    if bare == Path(path):
        return bare
    return next((p for p in (bare, *bare.parents) if p.is_file()), bare)


def _keys(paths: Iterable[Path]) -> set[object]:
    """Return what is alike for paths of one file, whatever links, dots and letters' case they have."""
    keys: set[object] = set()
    for path in paths:
        # By name first: what does not exist yet has nothing else.
        keys.add(os.path.normcase(os.path.realpath(path)))
        try:
            status = os.stat(path)
        except OSError:
            continue
        keys.add((status.st_dev, status.st_ino))
    return keys
