"""What a benchmark is at, and how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Agenda:
    """Work to be done, and the seconds it was expected to take."""

    expected_s: dict[Hashable, float] = field(default_factory=dict)
    done: int = 0

    @contextmanager
    def of(self, work: Hashable) -> Iterator[None]:
        """Tell that ``work`` is being done, with what is still to be done, and how long it took."""
        expected, total = self.expected_s.get(work, 0.0), self.done + len(self.expected_s)
        left = in_words(sum(self.expected_s.values()))
        print(
            f"[{self.done + 1}/{total}] {work}: about {in_words(expected)}; all that is left: {left}",
            flush=True,
        )
        started = time.monotonic()
        yield
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
