# SPDX-License-Identifier: GPL-2.0-or-later
"""Folders beside results, in which they are written, each held by the run that made it.

A run that is killed leaves its folder. The system lets go of its lock, and by that the next run knows.
"""

from __future__ import annotations

import gc
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Optional

from ..errors import OutputError
from .lock import lock

_PREFIX = ".metocean-"
_LOCK = "lock"


class HiddenFolder:
    """A folder that this run holds.

    Attributes
    ----------
    path : Path
    place : Path
        The folder of the results, in which it lies.
    new, earlier, scratch : Path
        Folders in it, for what is to be moved into place, for what that replaces, and for what nobody keeps.
        They keep the users' names of files apart from ours.
    """

    def __init__(self, path: Path, held: BinaryIO) -> None:
        self.path, self.place, self._held = path, path.parent, held
        self.new, self.earlier, self.scratch = (path / name for name in ("new", "earlier", "scratch"))

    @classmethod
    def make(cls, place: Path) -> HiddenFolder:
        """Make one for results in ``place``.

        Raises
        ------
        OutputError
            The folder is missing or cannot be written in.
        """
        folder = None
        try:
            while folder is None:
                # Not held while it has no lock yet: another run may come first and take it for abandoned.
                folder = cls.take(Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place)), certainly=False)
            for inside in (folder.new, folder.earlier, folder.scratch):
                inside.mkdir()
        except OSError as error:
            if folder is not None:
                folder.remove()
            # Whether a folder can be written in is best told by writing in it; permissions do not say all.
            raise OutputError(
                f"Cannot write in {place} ({error.strerror}): choose a folder that exists and can be "
                "written to."
            ) from error
        return folder

    @classmethod
    def take(cls, path: Path, certainly: bool = True) -> Optional[HiddenFolder]:
        """Hold a folder that is there, unless another run does or it is gone; then return None.

        ``certainly`` wants the lock itself: where the file system has none, nobody knows who holds a folder.
        """
        try:
            held = open(path / _LOCK, "ab")  # noqa: SIM115 - open for as long as the folder is held
        except OSError:
            return None
        try:
            ours = lock(held)
        except OSError:
            ours = not certainly
        # Whoever held it before may have removed it between opening and locking.
        if not ours or not _is_open_file(held, path / _LOCK):
            held.close()
            return None
        return cls(path, held)

    @classmethod
    def abandoned(cls, place: Path) -> Iterator[HiddenFolder]:
        """Give the folders in ``place`` that runs left which are no more; each is held when it is given."""
        found: list[Path] = []
        # What cannot be listed may still be written in.
        with suppress(OSError):
            found = sorted(place.glob(f"{_PREFIX}*"))
        for path in found:
            folder = cls.take(path) if is_own_folder(path) else None
            if folder is not None:
                yield folder

    def release(self) -> None:
        """Leave it to the next run."""
        self._held.close()

    def remove(self) -> None:
        """Remove it with all that is in it."""
        # Windows removes no open file. Another run may now take it, and would remove it, too.
        self.release()
        shutil.rmtree(self.path, ignore_errors=True)
        if self.path.exists():
            # Windows: a raster that only a cycle of references still holds open.
            gc.collect()
            shutil.rmtree(self.path, ignore_errors=True)


def _is_open_file(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except OSError:
        return False


def is_own_folder(path: Path) -> bool:
    """Tell a hidden folder of this user's from links, and from what others put there for us to act on."""
    try:
        status = path.lstat()
    except OSError:
        return False
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    return mine and stat.S_ISDIR(status.st_mode) and path.name.startswith(_PREFIX)
