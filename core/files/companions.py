# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that go with a raster under its name: whose they are, and which names a result takes."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from ..errors import OutputError
from .read_files import ReadFiles

# What GDAL, and programs that use it, put beside a raster under its whole name: statistics, names of
# categories, overviews, masks. They describe that raster and none but it, so that they go with it.
_SIDECARS = (".aux.xml", ".ovr", ".msk")
# A style has the name without its ending, and so may belong to another file: x.qml to x.tif and to x.shp.
STYLE = ".qml"
_RASTERS = (".tif", ".tiff", ".png")
_SHOWN_BY_STYLE = (*_RASTERS, ".jpg", ".jpeg", ".jp2", ".img", ".vrt", ".nc", ".dim")
# Ends a file that a run wrote beside a result, with the digest of all before it: whoever saves a style from
# QGIS, or edits it, gets one without the mark or with another digest.
_MARK = re.compile(rb"<!-- metocean ([0-9a-f]{64}) -->\n\Z")


def sidecars(name: str) -> list[str]:
    """Return the names of what may lie beside a raster of this name and describe it; none of other files."""
    return [name + ending for ending in _SIDECARS] if name.lower().endswith(_RASTERS) else []


def sign(path: str) -> None:
    """Mark an XML file as written by a run."""
    with open(path, "rb+") as file:
        file.write(b"<!-- metocean %s -->\n" % hashlib.sha256(file.read()).hexdigest().encode())


def is_signed(path: Path) -> bool:
    """Tell whether a file is what a run wrote, and nobody has changed it since."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    mark = _MARK.search(content)
    return mark is not None and mark[1] == hashlib.sha256(content[: mark.start()]).hexdigest().encode()


def reason_to_keep(path: Path, targets: Collection[Path]) -> str:
    """Return why a file that nobody asked for must not be written to ``path``; empty where it may be.

    ``targets`` are the results of the run.
    """
    if os.path.lexists(path) and not is_signed(path):
        return f"{path} was not written by a run, or was changed since: it is kept as it is."
    if path.suffix.lower() == STYLE:
        for other in sorted(path.parent.iterdir()):
            shown = other.stem == path.stem and other.suffix.lower() in _SHOWN_BY_STYLE
            if shown and other not in targets:
                return f"No style is written to {path}: QGIS would take it for that of {other.name}, too."
    return ""


def check_unread(target: Path, reads: ReadFiles) -> None:
    """Raise `OutputError` for a result that would be written over what the run reads."""
    for path in map(target.with_name, (target.name, *sidecars(target.name))):
        if refusal := reads.refusal(path):
            raise OutputError(refusal)


def check_names(targets: Mapping[Path, Path]) -> None:
    """Refuse results that share a file.

    The file system itself says which names are one: it may ignore case, or spell accents in its own way.

    Parameters
    ----------
    targets : dict of Path to Path
        By where a result goes, an empty folder on the same disk, which is empty again afterwards.

    Raises
    ------
    OutputError
        Two share a file or one beside them, or a name is impossible.
    """
    made: list[Path] = []
    try:
        for target, folder in targets.items():
            for name in _names_of(target.name):
                try:
                    with open(folder / name, "x", encoding="utf-8") as file:
                        made.append(folder / name)
                        file.write(target.name)
                except FileExistsError:
                    other = (folder / name).read_text("utf-8")
                    raise OutputError(
                        f"{target.name} and {other} would share the file {name}: give one another name."
                    ) from None
                except OSError as error:
                    raise OutputError(
                        f"Cannot write {target} ({error.strerror}): choose another name or folder."
                    ) from error
    finally:
        for path in made:
            path.unlink()


def _names_of(name: str) -> list[str]:
    """Return all names that a result may take: its own, and where it is a raster those beside it."""
    beside = sidecars(name)
    return [name, *beside, os.path.splitext(name)[0] + STYLE] if beside else [name]
