# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL at arm's length: its functions without noise, and paths as it knows them.

QGIS's own process has GDAL's exceptions off, scripts often have them on; everything here works in both.
"""

from __future__ import annotations

import os
import stat
from typing import Any, Callable

from osgeo import gdal

from ..errors import InputError


def attempt(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a GDAL function returns, or None where it fails, without output on the console."""
    # The caller says what went wrong in a sentence of its own; `gdal.GetLastErrorMsg` still has GDAL's.
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return function(*args, **kwargs)
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()


def fails(function: Callable[..., Any], *args: Any) -> bool:
    """Tell whether a GDAL function reports a failure, which some do by nothing else."""
    # All that is reported is listened to: GDAL's last error may be a warning that came after the failure.
    failures = []

    def listen(kind: int, _: int, message: str) -> None:
        if kind >= gdal.CE_Failure:
            failures.append(message)

    gdal.PushErrorHandler(listen)
    try:
        function(*args)
    except RuntimeError:
        return True
    finally:
        gdal.PopErrorHandler()
    return bool(failures)


def short(path: str) -> str:
    """Return the last part of a path, for messages."""
    # The braces are GDAL's, around archives whose names do not end in .zip or .tar.
    return os.path.basename(path.rstrip("/\\}")) or path


def exists(path: str) -> bool:
    """Tell whether a file or folder is there, inside archives (``/vsizip/…``) too."""
    return attempt(gdal.VSIStatL, path) is not None


def is_folder(path: str) -> bool:
    """Tell whether a path is that of a folder, inside archives too."""
    status = attempt(gdal.VSIStatL, path)
    return status is not None and bool(status.IsDirectory())


def refuse_special(path: str) -> None:
    """Refuse pipes, sockets and devices: opening one can wait for ever, and reading one never ends."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        # No file of this machine's: inside an archive, in memory, or not there, which others say.
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise InputError(f"{short(path)} is a pipe or a device, not a file; choose an ordinary file.")


def head(path: str, count: int) -> bytes:
    """Return the first bytes of a file, also inside archives; none where there is no file."""
    refuse_special(path)
    handle = None if is_folder(path) else attempt(gdal.VSIFOpenL, path, "rb")
    if handle is None:
        return b""
    try:
        return bytes(gdal.VSIFReadL(1, count, handle) or b"")
    finally:
        gdal.VSIFCloseL(handle)
