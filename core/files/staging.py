# SPDX-License-Identifier: GPL-2.0-or-later
"""Results that appear together or not at all: written beside their destinations, then moved into place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Optional

from ..errors import OutputError
from ..feedback import Feedback, Silent
from .companions import check_names, check_unread, reason_to_keep, sidecars
from .hidden_folder import HiddenFolder
from .journal import Journal
from .read_files import ReadFiles
from .recovery import point_to_first, tidy
from .sync import sync_file


class Staging:
    """Write files in a hidden folder beside each destination; `commit` moves them there.

    Leaving the ``with`` block without `commit` removes everything and leaves earlier results as they were.
    Files that were written beside a result, such as its style, go with it. What a run that was killed left
    in these folders is finished or removed on entering.

    Parameters
    ----------
    targets : str or None
        Destinations; None and the empty string are outputs nobody asked for.
    reads : ReadFiles
        What the run reads, which no destination may overwrite.
    feedback : Feedback
        Is told of what an earlier run left, and of styles that are kept.

    Raises
    ------
    OutputError
        On entering, before any work: a folder is missing or cannot be written, an earlier result cannot be
        replaced, a destination is read by the run, or two share a file.
    """

    def __init__(
        self, *targets: str | None, reads: Optional[ReadFiles] = None, feedback: Optional[Feedback] = None
    ) -> None:
        self._targets = [_absolute(target) for target in targets if target]
        self._reads, self._feedback = reads or ReadFiles(), feedback or Silent()
        self._folders: dict[Path, HiddenFolder] = {}

    def __enter__(self) -> Staging:
        # Beside the destinations and not in the system's temporary folder: that may lie on another disk, from
        # which a file is copied, not renamed, and copying can fail half-way.
        self._check()
        try:
            for place in dict.fromkeys(target.parent for target in self._targets):
                if tidy(place):
                    self._feedback.info(f"Put in place what an interrupted run had made in {place}.")
                self._folders[place] = HiddenFolder.make(place)
            check_names({target: self._folders[target.parent].scratch for target in self._targets})
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def protect(self, reads: ReadFiles) -> None:
        """Refuse results in the place of what turned out to be read, too, as on entering."""
        for target in self._targets:
            check_unread(target, reads)

    def path(self, target: str) -> str:
        """Return where to write ``target`` for now."""
        final = _absolute(target)
        return str(self._folders[final.parent].new / final.name)

    def scratch(self, name: str) -> str:
        """Return a path for an intermediate file, which never leaves the hidden folder."""
        return str(self._folders[self._targets[0].parent].scratch / name)

    def commit(self) -> None:
        """Move what was written into place, over earlier results of the same name: all of it or nothing."""
        try:
            journal = self._journal()
            journal.write()
        except OSError as error:
            raise OutputError(f"Cannot write the results ({error.strerror}): is the disk full?") from error
        try:
            journal.finish()
        except OSError as error:
            # Were the third of four in use by another program, old and new ones would lie side by side as if
            # they belonged together.
            back = journal.turned_round()
            back.write()
            back.finish()
            raise OutputError(
                f"Cannot replace {error.filename2 or error.filename} ({error.strerror}): close what has it "
                "open, or choose another file."
            ) from error

    def _journal(self) -> Journal:
        moves: dict[Path, list[str]] = {}
        removals: dict[Path, list[str]] = {}
        for place, folder in self._folders.items():
            names = [name for name in sorted(os.listdir(folder.new)) if self._comes(place, name)]
            for name in names:
                sync_file(folder.new / name)
            # Old sidecars would describe the old result.
            beside = dict.fromkeys(old for name in names for old in sidecars(name))
            moves[folder.path] = names
            removals[folder.path] = [n for n in beside if n not in names and os.path.lexists(place / n)]
        point_to_first(list(moves))
        return Journal.of_moves(moves, removals)

    def _comes(self, place: Path, name: str) -> bool:
        """Tell whether a staged file goes into place: one that was asked for, or that replaces nobody's."""
        asked = {name for target in self._targets for name in (target.name, *sidecars(target.name))}
        reason = "" if name in asked else reason_to_keep(place / name, self._targets)
        if reason:
            self._feedback.warn(reason)
        return not reason

    def _check(self) -> None:
        # All that can be known is said before the work: said after it, the work would be lost.
        if len(set(self._targets)) < len(self._targets):
            raise OutputError("Two outputs have the same path: give each its own file.")
        for target in self._targets:
            if target.is_dir():
                raise OutputError(f"{target} is a folder: give the output a file name.")
            check_unread(target, self._reads)
            if target.exists():
                _check_replaceable(target)

    def _remove(self) -> None:
        folders = list(self._folders.values())
        journal = Journal.read(folders[0].path) if folders else None
        if journal is not None:
            # Interrupted in the middle; where it cannot go on now the next run in that folder does.
            with suppress(OSError):
                journal.finish()
                journal = None
        for folder in folders:
            folder.remove() if journal is None else folder.release()


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


def _absolute(target: str) -> Path:
    """Return a path whose folder has one spelling, whatever links lead to it; the file may be a link."""
    path = Path(target).absolute()
    return Path(os.path.realpath(path.parent)) / path.name


def _check_replaceable(target: Path) -> None:
    try:
        # Onto itself: nothing happens, but Windows refuses where another program has it open.
        os.replace(target, target)
        writable = os.access(target, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise OutputError(f"Cannot replace {target}: close what has it open, or choose another file.")
