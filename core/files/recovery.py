# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs that were killed left beside results: finished where their journal is whole, else removed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Optional

from .hidden_folder import HiddenFolder, is_own_folder
from .journal import Journal, follow, way_to

# In each hidden folder of a run that has several: the way to the first, which has the journal.
_FIRST = "first"


def point_to_first(folders: list[Path]) -> None:
    """Write down in each hidden folder of a run which is the first, before the journal is written."""
    for folder in folders[1:]:
        (folder / _FIRST).write_text(way_to(folders[0], folder), "utf-8")


def tidy(place: Path) -> bool:
    """Finish or remove what killed runs left in ``place``; return whether results were put in place.

    Folders of runs that live, on this machine or another, are left alone; so is what cannot be finished now,
    such as results on a disk that is not there.
    """
    return any([_finish_or_remove(folder) for folder in HiddenFolder.abandoned(place)])


def _finish_or_remove(folder: HiddenFolder) -> bool:
    first_path = _first_of(folder.path)
    held = {folder.path: folder}
    first = folder if first_path == folder.path else HiddenFolder.take(first_path)
    if first is None:
        # Another run is at it, or its disk is not there; where only the folder is gone, all was done.
        if first_path.exists() or not first_path.parent.exists():
            folder.release()
        else:
            folder.remove()
        return False
    held[first.path] = first
    journal = Journal.read(first.path)
    if journal is None:
        _let_go(held, done=True)
        return False
    done = _hold_all(journal, held) and _finish(journal)
    _let_go(held, done)
    return done


def _first_of(folder: Path) -> Path:
    with suppress(OSError, ValueError):
        return follow((folder / _FIRST).read_text("utf-8"), folder)
    return folder


def _hold_all(journal: Journal, held: dict[Path, HiddenFolder]) -> bool:
    """Hold every folder of a journal; False where one is another run's, or is none that we made."""
    first = next(iter(journal.steps), Path())
    for path in journal.steps:
        if not path.exists() and path.parent.exists():
            continue  # its part was done
        inside = [path / "new", path / "earlier"]
        # A folder may come from elsewhere, with a journal that is made to move other files of this user's.
        if not is_own_folder(path) or any(part.is_symlink() for part in inside) or _first_of(path) != first:
            return False
        folder: Optional[HiddenFolder] = held.get(path) or HiddenFolder.take(path)
        if folder is None:
            return False
        held[path] = folder
    return True


def _finish(journal: Journal) -> bool:
    try:
        journal.finish()
    except OSError:  # a file in use: the next run tries again
        return False
    return True


def _let_go(held: dict[Path, HiddenFolder], done: bool) -> None:
    for folder in held.values():
        folder.remove() if done else folder.release()
