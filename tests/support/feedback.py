# SPDX-License-Identifier: GPL-2.0-or-later
"""Feedback for long work that remembers what it was told, or plays a user who loses patience."""

from __future__ import annotations

from typing import Optional

from metocean.core.errors import Cancelled
from metocean.core.feedback import Silent


class Recorder(Silent):
    """Keeps the shares done, the decisions, the warnings, and both kinds of message in their order."""

    def __init__(self) -> None:
        self.fractions: list[float] = []
        self.decisions: list[str] = []
        self.warnings: list[str] = []
        self.messages: list[str] = []

    def progress(self, fraction: float) -> None:
        self.fractions.append(fraction)

    def info(self, message: str) -> None:
        self.decisions.append(message)
        self.messages.append(message)

    def warn(self, message: str) -> None:
        self.warnings.append(message)
        self.messages.append(message)


class CancelAfter(Recorder):
    """A user who cancels as soon as more than a share is done, or at so many looks at the progress bar."""

    def __init__(self, fraction: float = 1.0, looks: Optional[int] = None) -> None:
        super().__init__()
        self.fraction, self.looks = fraction, looks

    def progress(self, fraction: float) -> None:
        super().progress(fraction)
        if fraction > self.fraction or len(self.fractions) == self.looks:
            raise Cancelled("Cancelled: nothing was written.")
