# SPDX-License-Identifier: GPL-2.0-or-later
"""What the work of `metocean.core` says of itself, as QGIS shows it."""

from __future__ import annotations

from qgis.core import QgsProcessingFeedback

from ...core.errors import Cancelled


class QgisFeedback:
    """`metocean.core.feedback.Feedback` on QGIS's.

    QGIS only notes that the user has pressed cancel; it is for the algorithm to look. Here every report of
    progress looks, so that all who report can be stopped.
    """

    def __init__(self, feedback: QgsProcessingFeedback):
        self._feedback = feedback

    def progress(self, fraction: float) -> None:
        """Move the bar; raise `Cancelled` when the user has pressed cancel."""
        if self._feedback.isCanceled():
            raise Cancelled("Cancelled: nothing was written.")
        # QGIS counts in percent.
        self._feedback.setProgress(100 * fraction)

    def info(self, message: str) -> None:
        """Log a decision."""
        self._feedback.pushInfo(message)

    def warn(self, message: str) -> None:
        """Log a warning."""
        self._feedback.pushWarning(message)
