# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes that are killed before their n-th step on files, to see what they leave."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

# What Python tells its audit hooks before it does it; `os.replace` is a rename, too.
STEPS = ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "open")


def killed_before(step: int, action: Callable[[], None], folder: str) -> bool:
    """Do something in a process that kills itself before this step; return whether it lived to the end.

    Steps are all that change ``folder``, from 0, and the last may be any number: then nothing is killed.
    """
    child = os.fork()
    if child == 0:
        seen = 0

        def look(event: str, args: tuple) -> None:
            nonlocal seen
            # A file that is opened is told with its mode; those that are read change nothing.
            changes = event in STEPS and (event != "open" or args[1] not in (None, "r", "rb"))
            if changes and str(args[0]).startswith(folder):
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                seen += 1

        sys.addaudithook(look)
        try:
            action()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), code
    return code == 0
