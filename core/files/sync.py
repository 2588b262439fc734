# SPDX-License-Identifier: GPL-2.0-or-later
"""Having files on the disk itself, not only in the system's memory: a machine may lose its power."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

# Of file systems that cannot do it; a full disk may show only here, and is an error.
_UNSUPPORTED = (errno.EINVAL, errno.ENOTSUP, errno.EROFS)


def sync_file(path: Path) -> None:
    """Wait until the content of a file is stored, or raise `OSError`."""
    with open(path, "rb+") as file:
        try:
            os.fsync(file.fileno())
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are stored, where the system can."""
    # Windows opens no folders; it stores names with the files.
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
