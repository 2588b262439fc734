# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether probabilities mean what they say (Guo et al. 2017, arXiv:1706.04599).

Of all cells to which a network gives 80 %, four in five should be right. One number, the temperature that
logits are divided by, mends most of what is wrong with that, and leaves the most probable class as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from ...core.arrays import Array
from ...core.classes import pixel_value, position_of

# As in that paper.
BINS = 15
# A probability in the place of those that are none in float32, as those of excluded classes are: the
# logarithm of zero would let a single label decide the temperature.
LEAST = 1e-30
# Between which a temperature is looked for.
LOWEST, HIGHEST = 0.25, 4.0


@dataclass
class Reliability:
    """Sums over predictions by their confidence, which is the probability of the most probable class.

    Attributes
    ----------
    count, confidence, correct : (BINS,) float64
        Predictions in each bin of confidence, bins of equal width from 0 to 1; the sums of their confidence;
        how many are right.
    """

    count: Array = field(default_factory=lambda: np.zeros(BINS))
    confidence: Array = field(default_factory=lambda: np.zeros(BINS))
    correct: Array = field(default_factory=lambda: np.zeros(BINS))

    def add(self, probabilities: Array, labels: Array) -> None:
        """Add predictions: (10, …) probabilities and (…) labels, 1..10; 0, unlabelled, counts for nothing."""
        labelled = labels > 0
        confidence = probabilities.max(axis=0)[labelled]
        right = pixel_value(probabilities.argmax(axis=0)[labelled]) == labels[labelled]
        # A confidence of exactly 1 belongs to the last bin, not to one beyond it.
        bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
        for sums, weights in ((self.count, None), (self.confidence, confidence), (self.correct, right)):
            sums += np.bincount(bins, weights, minlength=BINS)

    def error(self) -> float:
        """Return the expected calibration error: mean distance of confidence and accuracy of the bins."""
        # Bins weigh what they hold, so that their counts drop out: |Σ confidence - Σ correct| / N.
        return float(np.abs(self.confidence - self.correct).sum() / max(self.count.sum(), 1))


def draw_reliability(path: Path, before: Reliability, after: Reliability, title: str) -> None:
    """Draw accuracy over confidence as a PNG, as the network says it and with the temperature fitted.

    Parameters
    ----------
    path : Path
    before, after : Reliability
        Without and with the temperature.
    title : str
        Says of which network and images it is.
    """
    # Not pyplot: a figure by itself needs no display, and nobody has to close it.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.5, 5.5), layout="constrained")
    curve, histogram = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    curve.plot((0, 1), (0, 1), color="0.7", linestyle="--")
    for name, part in (("as trained", before), ("with temperature", after)):
        filled = part.count > 0
        x, y = (sums[filled] / part.count[filled] for sums in (part.confidence, part.correct))
        curve.plot(x, y, marker="o", label=f"{name}: ECE {100 * part.error():.1f} %")
    edges = np.linspace(0, 1, BINS + 1)
    histogram.stairs(after.count / max(after.count.sum(), 1), edges, fill=True)
    curve.set_ylabel("accuracy")
    curve.set_title(title, fontsize="small", wrap=True)
    histogram.set(xlabel="confidence", ylabel="share", xlim=(0, 1))
    curve.legend()
    figure.savefig(path)


def probabilities(logits: Array, temperature: float = 1.0, independent: bool = False) -> Array:
    """Return what `metocean.models.methods.base.Predictor.to_probabilities` makes of logits (classes, …).

    They sum to one. With ``independent`` they are the shares of sigmoids, else softmax. Here once more in
    numpy, since temperatures are tried on logits that were computed once.
    """
    scaled = logits / temperature
    # The logarithm of the sigmoid: its softmax is each sigmoid's share of the sum of all.
    result: Array = softmax(-np.logaddexp(0, -scaled) if independent else scaled, axis=0)
    return result


def fit_temperature(logits: Array, labels: Array, independent: bool = False) -> float:
    """Return the T, `LOWEST` to `HIGHEST`, that makes `probabilities` of the labels likeliest.

    Parameters
    ----------
    logits : (10, N) float
    labels : (N,) integer
        1..10.
    independent : bool
        See `probabilities`.
    """

    def surprise(log_temperature: float) -> float:
        likelihood = probabilities(logits, np.exp(log_temperature), independent)
        return -float(np.log(likelihood[position_of(labels), np.arange(len(labels))].clip(min=LEAST)).mean())

    # In its logarithm, in which twice and half as much are equally far from 1.
    bounds = (np.log(LOWEST), np.log(HIGHEST))
    return float(np.exp(minimize_scalar(surprise, bounds=bounds, method="bounded").x))
