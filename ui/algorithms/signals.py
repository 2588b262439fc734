# SPDX-License-Identifier: GPL-2.0-or-later
"""Ctrl-C and the like in ``qgis_process``, which wants to stop but waits until the algorithm has ended.

QGIS listens for Ctrl-C in its event loop, which stands still while an algorithm runs. Python's own handlers
run between two of its statements, so that a look at the progress finds what they noted.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Callable

from qgis.core import QgsApplication

from ...core.errors import Cancelled

# SIGBREAK is Ctrl-Break, of Windows alone; SIGHUP comes when the terminal is closed, elsewhere.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def _imports(frame: FrameType | None) -> bool:
    while frame is not None and "importlib._bootstrap" not in frame.f_code.co_filename:
        frame = frame.f_back
    return frame is not None


@contextmanager
def cancelled_by_signals(cancel: Callable[[], None]) -> Iterator[None]:
    """Call ``cancel`` when the process is told to stop; told again, it ends at once.

    Only in ``qgis_process``: the desktop has a button, and scripts have Python's KeyboardInterrupt.
    """
    alone = QgsApplication.platform() == "qgis_process"
    if not alone or threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        cancel()
        # Loading torch takes seconds, in which nobody looks at the progress, and has nothing to be undone.
        if _imports(frame):
            raise Cancelled("Cancelled: nothing was written.")

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            # None is a handler that is not Python's.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
