# SPDX-License-Identifier: GPL-2.0-or-later
"""Moving several files into place as if it were one step, whenever the process is killed.

Files are renamed over earlier ones one by one, and a kill may come between two of them. So what is to be done
is written down first: once the journal is there, whole, the new results count, and whoever finds it does the
rest. Until then nothing was touched. Where a file cannot be replaced the journal is turned round: it then
says to put the earlier ones back, which are kept as links beside the new ones.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

from .sync import sync_file, sync_folder

_NAME = "journal.json"

# Size in bytes and time of change in nanoseconds: a file that was changed since has others.
State = tuple[int, int]


@dataclass(frozen=True)
class Step:
    """What happens to one file of a folder.

    Attributes
    ----------
    name : str
        Of the file.
    earlier, new : (size, time) or None
        Of what lies there, and of what comes there; None where there is nothing. With nothing new, what is
        there is removed.
    """

    name: str
    earlier: Optional[State]
    new: Optional[State]


class Journal:
    """What is to be done in the folders of one run; it lies in the first of them."""

    def __init__(self, steps: dict[Path, list[Step]], undo: bool = False) -> None:
        """Of ``steps`` by hidden folder; ``undo`` puts back what was there."""
        self.steps, self._undo = steps, undo

    @classmethod
    def of_moves(cls, moves: Mapping[Path, Iterable[str]], removals: Mapping[Path, Iterable[str]]) -> Journal:
        """Note what is there and what comes, by the names of files, and keep links to what is there.

        A link costs nothing and leaves the file in its place. Where a file system has none it is copied.
        """
        steps: dict[Path, list[Step]] = {}
        for folder, names in moves.items():
            hidden, place = folder / "new", folder.parent
            steps[folder] = [Step(name, state(place / name), state(hidden / name)) for name in names]
            steps[folder] += [Step(name, state(place / name), None) for name in removals.get(folder, ())]
            for step in steps[folder]:
                if step.earlier is not None:
                    _keep(place / step.name, folder / "earlier" / step.name)
        return cls(steps)

    @classmethod
    def read(cls, folder: Path) -> Optional[Journal]:
        """Return the journal in a hidden folder; None where there is none, or one that is not ours."""
        try:
            content = json.loads((folder / _NAME).read_text("utf-8"))
            steps = {
                follow(way, folder): [_step(entry) for entry in entries]
                for way, entries in content["steps"].items()
            }
            return cls(steps, bool(content["undo"]))
        except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return None

    def write(self) -> None:
        """Store it, all at once."""
        first = next(iter(self.steps))
        steps = {way_to(path, first): list(map(asdict, entries)) for path, entries in self.steps.items()}
        draft = first / f"{_NAME}.part"
        draft.write_text(json.dumps({"undo": self._undo, "steps": steps}), "utf-8")
        sync_file(draft)
        os.replace(draft, first / _NAME)
        sync_folder(first)

    def turned_round(self) -> Journal:
        """Return the journal that puts everything back; it takes the place of this one when it is written."""
        return Journal(self.steps, undo=True)

    def finish(self) -> None:
        """Do what is left to do, and forget it; harmless to do again."""
        for folder, steps in self.steps.items():
            for step in steps:
                _put_back(folder, step) if self._undo else _put_in_place(folder, step)
            sync_folder(folder.parent)
        first = next(iter(self.steps))
        # Only now that all else is on the disk: the machine may lose its power, too.
        (first / _NAME).unlink()
        sync_folder(first)


def state(path: Path) -> Optional[State]:
    """Return what tells a file from the one that was there before; None where there is none."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _put_in_place(folder: Path, step: Step) -> None:
    target, new = folder.parent / step.name, folder / "new" / step.name
    # Whoever finds an old journal must not write over what somebody has put there since.
    if state(target) != step.earlier:
        return
    if step.new is None:
        with suppress(FileNotFoundError):
            target.unlink()
    elif new.exists():
        os.replace(new, target)


def _put_back(folder: Path, step: Step) -> None:
    target, new, earlier = (path / step.name for path in (folder.parent, folder / "new", folder / "earlier"))
    if step.earlier is None:
        if not new.exists() and state(target) == step.new:
            os.replace(target, new)
    elif earlier.exists() and state(target) == step.new:
        os.replace(earlier, target)


def _keep(path: Path, link: Path) -> None:
    try:
        os.link(path, link, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(path, link, follow_symlinks=False)


def way_to(path: Path, start: Path) -> str:
    """Return how to get to a folder from another: both may be moved before anybody finds what was noted."""
    try:
        return os.path.relpath(path, start)
    except ValueError:  # on another drive of Windows
        return str(path)


def follow(way: str, start: Path) -> Path:
    """Return the folder to which a way from `way_to` leads."""
    return Path(os.path.normpath(start / way))


def _step(entry: dict[str, Any]) -> Step:
    """Read a step; a `ValueError` for names that lead elsewhere: the folder may come from anywhere."""
    name = entry["name"]
    if name != os.path.basename(name) or name in ("", ".", ".."):
        raise ValueError(name)
    earlier, new = (_state_of(entry[key]) for key in ("earlier", "new"))
    return Step(name, earlier, new)


def _state_of(pair: Optional[list[int]]) -> Optional[State]:
    return None if pair is None else (int(pair[0]), int(pair[1]))
