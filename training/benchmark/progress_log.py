# SPDX-License-Identifier: GPL-2.0-or-later
"""What a benchmark is at, and how long the rest will take: printed, as a run of hours wants to be watched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ProgressLog:
    """What is still to be done, and the seconds each is expected to take.

    Attributes
    ----------
    expected_s : dict
        By work; what is done is taken out.
    done : int
        Works that are done.
    """

    expected_s: dict[Any, float] = field(default_factory=dict)
    done: int = 0

    @contextmanager
    def doing(self, work: object) -> Iterator[None]:
        """Tell that ``work`` is being done, with what is still to be done, and how long it took."""
        expected, total = self.expected_s.get(work, 0.0), self.done + len(self.expected_s)
        left = in_words(sum(self.expected_s.values()))
        print(
            f"[{self.done + 1}/{total}] {work}: about {in_words(expected)}; all that is left: {left}",
            flush=True,
        )
        started = time.monotonic()
        yield
        # Not where the work was interrupted or failed: it is still to be done.
        self.expected_s.pop(work, None)
        self.done += 1
        print(f"  took {in_words(time.monotonic() - started)}", flush=True)


def in_words(seconds: float) -> str:
    """Return seconds as people say them.

    >>> in_words(9.4), in_words(150), in_words(8100)
    ('9 s', '2.5 min', '2 h 15 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.1f} min"
    return f"{seconds // 3600:.0f} h {seconds % 3600 / 60:.0f} min"
