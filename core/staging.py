"""Results that appear together or not at all: written beside their destinations, then moved into place."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from .errors import OutputError


class Staging:
    """Write files in a hidden folder beside each destination; `commit` moves them there.

    Leaving the ``with`` block without `commit` removes everything and leaves earlier results as they were.

    Parameters
    ----------
    targets : str or None
        Destinations; None and the empty string are outputs nobody asked for.
    source : str
        The input, which no destination may overwrite.

    Raises
    ------
    OutputError
        On entering, before any work: a folder is missing or cannot be written, or paths collide.
    """

    def __init__(self, *targets: str | None, source: str = "") -> None:
        self._targets = [Path(t).absolute() for t in targets if t]
        self._source = Path(source).absolute() if source else None
        self._folders: dict[Path, Path] = {}

    def __enter__(self) -> Staging:
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
        """Move what was written into place, over earlier results of the same name."""
        for target in self._targets:
            staged = Path(self.path(str(target)))
            try:
                _move(staged, target)
            except OSError as error:
                raise OutputError(
                    f"Cannot replace {target} ({error.strerror}): close what has it open, or choose another."
                ) from error

    def _check(self) -> None:
        if len(set(self._targets)) < len(self._targets):
            raise OutputError("Two outputs have the same path: give each its own file.")
        for target in self._targets:
            if target.is_dir():
                raise OutputError(f"{target} is a folder: give the output a file name.")
            if target == self._source:
                raise OutputError(f"The output would overwrite the scene {target}: choose another file.")

    def _remove(self) -> None:
        for folder in self._folders.values():
            shutil.rmtree(folder, ignore_errors=True)


def _hidden_folder(target: Path) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=".metocean-", dir=target.parent))
    except OSError as error:
        raise OutputError(
            f"Cannot write {target} ({error.strerror}): choose a folder that exists and can be written to."
        ) from error


def _move(staged: Path, target: Path) -> None:
    # GDAL keeps category names and attribute tables in a file beside the raster; an old one would describe
    # the old result.
    sidecar = target.with_name(target.name + ".aux.xml")
    new_sidecar = staged.with_name(sidecar.name)
    if new_sidecar.exists():
        os.replace(new_sidecar, sidecar)
    else:
        sidecar.unlink(missing_ok=True)
    os.replace(staged, target)
