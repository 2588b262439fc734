# SPDX-License-Identifier: GPL-2.0-or-later
"""How long work reports progress, is cancelled, and says what it decided.

Core knows neither QGIS's feedback nor a console: whoever starts a run hands in an object with these methods.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Protocol

from .errors import Cancelled


# A protocol, not a base class: QGIS's own feedback is wrapped in the ui, tests count what they are told, and
# none of them has to inherit from here.
class Feedback(Protocol):
    """What a caller gives to long work, which asks by `progress` whether to go on."""

    def progress(self, fraction: float) -> None:
        """Report the share done, 0 to 1; raises `Cancelled` when the user has stopped the run."""

    def info(self, message: str) -> None:
        """Log a decision, such as the units that were recognised, in one sentence."""

    def warn(self, message: str) -> None:
        """Log something the user should know before trusting the result."""


class Silent:
    """Feedback for scripts and tests that want none, and base of those that want to hear but some of it."""

    def progress(self, fraction: float) -> None:
        """Go on: nobody can stop the run."""

    def info(self, message: str) -> None:
        """Drop the message."""

    def warn(self, message: str) -> None:
        """Drop the message."""


@dataclass(frozen=True)
class Part:
    """Feedback for one step of a longer run: its 0 to 1 becomes ``start`` to ``stop`` of the whole.

    Attributes
    ----------
    whole : Feedback
        Of the run, or of the step that this one is a part of.
    start, stop : float
        Shares of the whole, 0 to 1, between which the step lies. They are shares of the time it takes, as far
        as that is known: a bar that stands still looks like a run that hangs.
    """

    whole: Feedback
    start: float
    stop: float

    def progress(self, fraction: float) -> None:
        """Report the share of this step, 0 to 1, as the share of the whole that it makes."""
        self.whole.progress(self.start + (self.stop - self.start) * fraction)

    def info(self, message: str) -> None:
        """Log a decision of the step with the whole's."""
        self.whole.info(message)

    def warn(self, message: str) -> None:
        """Warn of the step with the whole."""
        self.whole.warn(message)


def step_of(whole: Feedback, number: int, count: int) -> Part:
    """Return feedback for one of ``count`` equal steps, ``number`` from 0."""
    return Part(whole, number / count, (number + 1) / count)


class Callback:
    """Feedback as GDAL's functions call it; no exception passes through them, so that `check` raises it."""

    def __init__(self, feedback: Feedback) -> None:
        # GDAL calls it from C, which knows no exceptions. Told to stop by a 0, its function fails as it would
        # on a full disk: only `check` tells that it was the user.
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
    """Feedback for work that is done several times over: it passes on no message twice.

    Attributes
    ----------
    whole : Feedback
    said : set of str
        The messages that were passed on.
    """

    whole: Feedback
    said: set[str] = field(default_factory=set)

    def progress(self, fraction: float) -> None:
        """Report the share done: each, as only messages repeat."""
        self.whole.progress(fraction)

    def info(self, message: str) -> None:
        """Log a decision that was not logged before."""
        if self._new(message):
            self.whole.info(message)

    def warn(self, message: str) -> None:
        """Warn of what nobody has been warned of before."""
        if self._new(message):
            self.whole.warn(message)

    def _new(self, message: str) -> bool:
        before = len(self.said)
        self.said.add(message)
        return len(self.said) > before
