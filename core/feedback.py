"""How long work reports progress, is cancelled, and says what it decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Protocol

from .errors import Cancelled


class Feedback(Protocol):
    """What a caller gives to long work."""

    def progress(self, fraction: float) -> None:
        """Report the share done, 0 to 1; raises `Cancelled` when the user has stopped the run."""

    def info(self, message: str) -> None:
        """Log a decision."""

    def warn(self, message: str) -> None:
        """Log something the user should know before trusting the result."""


class Silent:
    """Feedback for scripts and tests that want none."""

    def progress(self, fraction: float) -> None:
        """Ignore."""

    def info(self, message: str) -> None:
        """Ignore."""

    def warn(self, message: str) -> None:
        """Ignore."""


@dataclass(frozen=True)
class Part:
    """Feedback for one step of a longer run: its 0 to 1 becomes ``start`` to ``stop`` of the whole."""

    whole: Feedback
    start: float
    stop: float

    def progress(self, fraction: float) -> None:
        """Report the share of this step."""
        self.whole.progress(self.start + (self.stop - self.start) * fraction)

    def info(self, message: str) -> None:
        """Pass on."""
        self.whole.info(message)

    def warn(self, message: str) -> None:
        """Pass on."""
        self.whole.warn(message)


def step_of(whole: Feedback, number: int, count: int) -> Part:
    """Return feedback for one of ``count`` equal steps, ``number`` from 0."""
    return Part(whole, number / count, (number + 1) / count)


class Callback:
    """Feedback as GDAL's functions call it; no exception passes through them, so that `check` raises it."""

    def __init__(self, feedback: Feedback) -> None:
        self._feedback = feedback
        self._stopped: Optional[Cancelled] = None

    def __call__(self, fraction: float, *_: object) -> int:
        """Report the share done; return whether to go on, 0 or 1."""
        try:
            self._feedback.progress(fraction)
        except Cancelled as stopped:
            # Its frames lead back to those in GDAL's wrappers, which hold the source open.
            self._stopped = stopped.with_traceback(None)
            return 0
        return 1

    def check(self) -> None:
        """Raise `Cancelled` where the user has stopped the function."""
        if self._stopped is not None:
            raise self._stopped


@dataclass(frozen=True)
class Once:
    """Feedback for work that is done several times over: it passes on no message twice."""

    whole: Feedback
    said: set[str] = field(default_factory=set)

    def progress(self, fraction: float) -> None:
        """Pass on."""
        self.whole.progress(fraction)

    def info(self, message: str) -> None:
        """Pass on what is new."""
        if self._new(message):
            self.whole.info(message)

    def warn(self, message: str) -> None:
        """Pass on what is new."""
        if self._new(message):
            self.whole.warn(message)

    def _new(self, message: str) -> bool:
        before = len(self.said)
        self.said.add(message)
        return len(self.said) > before
