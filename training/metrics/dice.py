# SPDX-License-Identifier: GPL-2.0-or-later
"""Dice scores per class as the paper means them, and a confusion matrix, pooled over a test set.

Colin et al. 2022, Section 4.1: D = 2 Σxy / (Σx + Σy), the sums over all pixels of the set (eq. 8 read
literally, as a mean over pixels, is bounded by how often a class occurs: 0.069 where the pooled score of
the same maps is 0.301). Pixels without label are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...core.arrays import Array
from ...core.classes import CLASSES, CODES, position_of

# Of the "hard" score: what is below is undecided in the paper's Figure 4.
THRESHOLD = 0.5
# The paper does not say which of these its Table 2 is, so that all are told side by side.
VARIANTS = ("soft", "hard", "argmax")


@dataclass
class PooledDice:
    """Sums for Dice, to be fed image by image or in batches.

    Attributes
    ----------
    overlap, total : dict of variant to (10,) float64
        2 Σxy and Σx + Σy.
    confusion : (10, 10) int64
        Pixels by true class (row) and most probable class (column).
    image_scores : list of (10,) float64
        Argmax Dice of each image; NaN where the image has none of the class.
    """

    overlap: dict[str, Array] = field(default_factory=lambda: _zeros())
    total: dict[str, Array] = field(default_factory=lambda: _zeros())
    confusion: Array = field(default_factory=lambda: np.zeros((len(CLASSES), len(CLASSES)), np.int64))
    image_scores: list[Array] = field(default_factory=list)

    def add(self, probabilities: Array, labels: Array) -> None:
        """Add one image.

        Parameters
        ----------
        probabilities : (10, H, W) float
        labels : (H, W) integer
            0 unlabelled, 1..10 the class.
        """
        if probabilities.shape != (len(CLASSES), *labels.shape):
            raise ValueError(f"Probabilities {probabilities.shape} and labels {labels.shape} do not fit.")
        labelled = labels > 0
        truth = position_of(labels[labelled].astype(np.int64))
        # Sums over millions of pixels lose digits in float32.
        x = probabilities[:, labelled].astype(np.float64)  # (10, pixels)
        y = np.eye(len(CLASSES))[truth].T
        best = x.argmax(axis=0)
        # Not `confusion[truth, best] += 1`, which counts a pair once however often it occurs.
        np.add.at(self.confusion, (truth, best), 1)
        guesses = {"soft": x, "hard": x >= THRESHOLD, "argmax": np.eye(len(CLASSES))[best].T}
        for variant, guess in guesses.items():
            self.overlap[variant] += 2 * (guess * y).sum(axis=1)
            self.total[variant] += guess.sum(axis=1) + y.sum(axis=1)
        self.image_scores.append(_image_dice(guesses["argmax"], y))

    def scores(self) -> dict[str, dict[str, float]]:
        """Return Dice by variant (`VARIANTS`, ``"image_mean"``), then class code and ``"mean"`` of classes.

        A class that neither occurs nor is predicted has no score: NaN, and left out of the mean.
        """
        table = {variant: _ratio(self.overlap[variant], self.total[variant]) for variant in VARIANTS}
        table["image_mean"] = _mean_of_known(self.image_scores)
        return {variant: _named(values) for variant, values in table.items()}

    def accuracy(self) -> float:
        """Return the share of labelled pixels whose most probable class is the true one."""
        return float(np.trace(self.confusion) / max(self.confusion.sum(), 1))


def _zeros() -> dict[str, Array]:
    return {variant: np.zeros(len(CLASSES)) for variant in VARIANTS}


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)


def _image_dice(guess: Array, truth: Array) -> Array:
    scores = _ratio(2 * (guess * truth).sum(axis=1), guess.sum(axis=1) + truth.sum(axis=1))
    # One wrong pixel of a class that is not there would make its score in this image 0.
    scores[truth.sum(axis=1) == 0] = np.nan
    return scores


def _mean_of_known(rows: list[Array]) -> Array:
    values = np.array(rows).reshape(-1, len(CLASSES))
    return _ratio(np.nansum(values, axis=0), np.isfinite(values).sum(axis=0).astype(float))


def _named(values: Array) -> dict[str, float]:
    known = values[np.isfinite(values)]
    mean = float(known.mean()) if len(known) else float("nan")
    return {**{code: float(value) for code, value in zip(CODES, values)}, "mean": mean}
