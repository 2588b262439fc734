# SPDX-License-Identifier: GPL-2.0-or-later
"""Losses, in float32 whatever the network computed in, by name in `LOSSES`.

Those of one head take logits (N, C, …) and labels (N, …): 0 unlabelled, 1..C the class; "…" is H, W, or
nothing where an image has one label. The weighted binary cross-entropy and the squared error
are the paper's and stand in `metocean.training.recipes.paper_losses`.
"""

from __future__ import annotations

from functools import partial
from typing import Callable

import torch
from torch import nn
from torch.nn import functional

from ...core.classes import UNDECIDED, position_of
from .choice import Choice
from .localised_loss import LocalisedCrossEntropy
from .paper_losses import SquaredError, Variant, WeightedBCE
from .targets import one_hot

# Where unlabelled cells come to lie among the positions of the classes: torch leaves such a target out.
UNLABELLED_POSITION = position_of(UNDECIDED)


class Loss(Choice):
    """What a network can be made to follow; the words are those of ``--loss`` and of the cards."""

    CROSS_ENTROPY_DICE = "cross-entropy-dice"
    CROSS_ENTROPY = "cross-entropy"
    WEIGHTED_BCE = "wbce"
    WEIGHTED_BCE_PRINTED = "wbce-printed"
    SQUARED_ERROR = "squared-error"
    # The word of cards and the command line, which stays as earlier runs have it; elsewhere called localised.
    LOCALISED = "names-and-places"


class CrossEntropyDice(nn.Module):
    """Class-weighted cross-entropy plus soft Dice.

    Dice is what networks are scored by; by itself its gradient says nothing of a class that a batch does not
    hold. It is pooled over the batch, and averaged over the classes that occur in it.

    Parameters
    ----------
    prior : (C,) float tensor
        Share of each class in the labelled pixels the network will see; weights go as 1/√prior.
    """

    weight: torch.Tensor

    def __init__(self, prior: torch.Tensor) -> None:
        super().__init__()
        # No class outweighs others by more than √1000, be there one iceberg in all images.
        prior = prior.clamp(min=1e-3).float()
        weight = 1 / prior.sqrt()
        # The mean pixel weighs 1, so that the learning rate need not follow the rarest class.
        self.register_buffer("weight", weight * prior.sum() / (weight * prior).sum())

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Cross-entropy over what is labelled plus one minus mean Dice."""
        logits = logits.float()
        return cross_entropy(logits, labels, self.weight) + 1 - self._dice(logits, labels)

    def _dice(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        target = one_hot(labels, logits.shape[1])
        # What is said of cells that nobody labelled is neither right nor wrong.
        probabilities = logits.softmax(dim=1) * (labels > 0).unsqueeze(1)
        axes = (0, *range(2, logits.ndim))
        present = target.sum(axes) > 0
        overlap = 2 * (probabilities * target).sum(axes)
        dice = overlap / (probabilities.sum(axes) + target.sum(axes)).clamp(min=1e-6)
        return (dice * present).sum() / present.sum().clamp(min=1)


class CrossEntropy(nn.Module):
    """Softmax cross-entropy; classes weigh what they occur."""

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean over what is labelled."""
        return cross_entropy(logits.float(), labels)


def cross_entropy(
    logits: torch.Tensor, labels: torch.Tensor, weight: torch.Tensor | None = None
) -> torch.Tensor:
    """Cross-entropy, a mean over labels, not weights: a batch of common classes must not count less."""
    positions = position_of(labels.long())  # type: ignore[type-var]
    # torch's own mean divides by the weights of the labels that are there.
    total = functional.cross_entropy(
        logits, positions, weight=weight, ignore_index=UNLABELLED_POSITION, reduction="sum"
    )
    return total / (labels > 0).sum().clamp(min=1)


# Each is made from the (C,) shares of the classes.
LOSSES: dict[Loss, Callable[[torch.Tensor], nn.Module]] = {
    Loss.CROSS_ENTROPY_DICE: CrossEntropyDice,
    Loss.CROSS_ENTROPY: lambda _: CrossEntropy(),
    Loss.WEIGHTED_BCE: WeightedBCE,
    Loss.WEIGHTED_BCE_PRINTED: partial(WeightedBCE, variant=Variant.PRINTED),
    Loss.SQUARED_ERROR: lambda _: SquaredError(),
    Loss.LOCALISED: lambda _: LocalisedCrossEntropy(),
}
# Those that judge each class by itself, as the sigmoid of its logit; the others judge the softmax of all. A
# card has to say which, as inference must turn logits into probabilities in the same way.
INDEPENDENT_LOSSES = frozenset({Loss.SQUARED_ERROR})
