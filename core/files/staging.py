# SPDX-License-Identifier: GPL-2.0-or-later
"""Results that appear together or not at all: written beside their destinations, then moved into place."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from ..errors import OutputError

# What GDAL, and programs that use it, put beside a raster under its name: statistics, names of categories,
# overviews.
_SIDECARS = (".aux.xml", ".ovr")


class Staging:
    """Write files in a hidden folder beside each destination; `commit` moves them there.

    Leaving the ``with`` block without `commit` removes everything and leaves earlier results as they were.
    Files that were written beside a result, such as its style, go with it.

    Parameters
    ----------
    targets : str or None
        Destinations; None and the empty string are outputs nobody asked for.
    source : str
        The input, which no destination may overwrite.

    Raises
    ------
    OutputError
        On entering, before any work: a folder is missing or cannot be written, an earlier result cannot be
        replaced, or paths collide.
    """

    def __init__(self, *targets: str | None, source: str = "") -> None:
        self._targets = [Path(t).absolute() for t in targets if t]
        self._source = Path(source).absolute() if source else None
        self._folders: dict[Path, Path] = {}

    def __enter__(self) -> Staging:
        # Beside the destinations and not in the system's temporary folder: that may lie on another disk, from
        # which a file is copied, not renamed, and copying can fail half-way.
        self._check()
        try:
            for target in self._targets:
                if target.parent not in self._folders:
                    self._folders[target.parent] = _hidden_folder(target)
        except OutputError:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def path(self, target: str) -> str:
        """Return where to write ``target`` for now."""
        final = Path(target).absolute()
        return str(self._folders[final.parent] / final.name)

    def scratch(self, name: str) -> str:
        """Return a path for an intermediate file, which never leaves the hidden folder."""
        folder = self._folders[self._targets[0].parent] / "scratch"
        folder.mkdir(exist_ok=True)
        return str(folder / name)

    def commit(self) -> None:
        """Move what was written into place, over earlier results of the same name: all of it or nothing."""
        # Earlier results are set aside and not overwritten at once: were the third of four in use by another
        # program, old and new ones would lie side by side as if they belonged together.
        undo: list[tuple[Path, Path]] = []
        try:
            for old, aside in self._earlier():
                _move(old, aside, undo)
            for folder, place in self._destinations():
                for staged in sorted(path for path in folder.iterdir() if path.is_file()):
                    _move(staged, place / staged.name, undo)
        except OutputError:
            # Backwards: what came first made room for what came later.
            for now, before in reversed(undo):
                os.replace(now, before)
            raise

    def _destinations(self) -> list[tuple[Path, Path]]:
        return [(folder, place) for place, folder in self._folders.items()]

    def _earlier(self) -> list[tuple[Path, Path]]:
        """Return what has to make room, and where to.

        GDAL keeps category names, attribute tables and overviews in files beside the raster; old ones would
        describe the old result.
        """
        olds = []
        for folder, place in self._destinations():
            staged = [path.name for path in folder.iterdir() if path.is_file()]
            names = dict.fromkeys([*staged, *(name + ending for name in staged for ending in _SIDECARS)])
            aside = folder / "earlier"
            aside.mkdir(exist_ok=True)
            olds += [(place / name, aside / name) for name in names if (place / name).exists()]
        return olds

    def _check(self) -> None:
        # All that can be known is said before the work: said after it, the work would be lost.
        if len(set(self._targets)) < len(self._targets):
            raise OutputError("Two outputs have the same path: give each its own file.")
        for target in self._targets:
            if target.is_dir():
                raise OutputError(f"{target} is a folder: give the output a file name.")
            if self._source and _is_same(target, self._source):
                raise OutputError(f"The output would overwrite the scene {target}: choose another file.")
            if target.exists():
                _check_replaceable(target)

    def _remove(self) -> None:
        for folder in self._folders.values():
            shutil.rmtree(folder, ignore_errors=True)
            if folder.exists():
                # Windows: a raster that only a cycle of references still holds open.
                gc.collect()
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_folder(path: str) -> Iterator[None]:
    """Make a folder, unless it is there or ``path`` is empty; failing afterwards removes it if it is empty.

    Raises
    ------
    OutputError
        The folder it should be in is missing or cannot be written.
    """
    if not path or os.path.isdir(path):
        yield
        return
    try:
        os.mkdir(path)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {path} ({error.strerror}): choose another one.") from error
    try:
        yield
    except BaseException:
        # Also where the user interrupts. A folder with something in it stays: `rmdir` refuses.
        with suppress(OSError):
            os.rmdir(path)
        raise


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether two paths are of one file, whatever links, dots and letters' case they have."""
    # By name first: what does not exist yet has nothing else.
    return one == other or (one.exists() and other.exists() and os.path.samefile(one, other))


def _check_replaceable(target: Path) -> None:
    try:
        # Onto itself: nothing happens, but Windows refuses where another program has it open.
        os.replace(target, target)
        writable = os.access(target, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise OutputError(f"Cannot replace {target}: close what has it open, or choose another file.")


def _hidden_folder(target: Path) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=".metocean-", dir=target.parent))
    except OSError as error:
        # Whether a folder can be written in is best told by writing in it; permissions do not say all.
        raise OutputError(
            f"Cannot write {target} ({error.strerror}): choose a folder that exists and can be written to."
        ) from error


def _move(path: Path, to: Path, undo: list[tuple[Path, Path]]) -> None:
    try:
        os.replace(path, to)
    except OSError as error:
        raise OutputError(
            f"Cannot replace {to} ({error.strerror}): close what has it open, or choose another file."
        ) from error
    undo.append((to, path))
