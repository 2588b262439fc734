# SPDX-License-Identifier: GPL-2.0-or-later
"""Locks on files: they end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import sys
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# What systems say of a lock that another has; anything else means that the file system knows no locks.
_HELD_BY_ANOTHER = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)


def lock(file: BinaryIO) -> bool:
    """Take an open file for this process until it is closed; return False where another has it.

    Raises
    ------
    OSError
        The file system knows no locks.
    """
    # No number of a process in a file: numbers are given anew, and those of another container or of another
    # machine on a shared disk say nothing here.
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            # Not lockf: its locks do not hold between two runs in one process, such as QGIS's threads.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD_BY_ANOTHER:
            return False
        raise
    return True
