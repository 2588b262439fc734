"""Losses, in float32 whatever the network computed in, by name in `LOSSES`.

All take logits (N, C, …) and labels (N, …): 0 unlabelled, 1..C the class; "…" is H, W, or nothing where an
image has one label. The weighted binary cross-entropy and the squared error are those of Colin et al. 2022.
"""

from __future__ import annotations

from functools import partial
from typing import Callable

import torch
from torch import nn
from torch.nn import functional

VARIANTS = ("code", "printed")


def one_hot(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """(N, …) labels to (N, C, …) float32 targets; all zero where unlabelled."""
    return functional.one_hot(labels.long(), classes + 1)[..., 1:].movedim(-1, 1).float()


class WeightedBCE(nn.Module):
    """The paper's weighted binary cross-entropy over softmax probabilities (eq. 1 and the authors' code).

    With p the share of ones in the whole batch tensor, ``variant="code"`` weights positives by (1 − p) and
    negatives by p, as the authors' code does; ``"printed"`` has the two swapped, as eq. 1 does. The logarithm
    is taken of min(probability + 0.01, 1).

    Parameters
    ----------
    prior : (C,) float tensor
        Share of each class. Class weights are C / share, over the sum of 1 / share; 0 for an absent class.
    """

    weight: torch.Tensor

    def __init__(self, prior: torch.Tensor, variant: str = "code") -> None:
        super().__init__()
        if variant not in VARIANTS:
            raise ValueError(f"variant is {variant!r}; choose from {', '.join(VARIANTS)}.")
        self.variant = variant
        rarity = torch.where(prior > 0, 1 / prior.clamp(min=1e-4), torch.zeros_like(prior))
        self.register_buffer("weight", (rarity * len(rarity) / rarity.sum()).float())

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean over what is labelled and all classes."""
        probabilities = logits.float().softmax(dim=1)
        target = one_hot(labels, logits.shape[1])
        labelled = (labels > 0).unsqueeze(1).float()
        share = target.mean()
        positive, negative = (1 - share, share) if self.variant == "code" else (share, 1 - share)
        hit = target * _floored_log(probabilities) * positive
        rejected = (1 - target) * _floored_log(1 - probabilities) * negative
        losses = -(hit + rejected) * _over_classes(self.weight, logits) * labelled
        return losses.sum() / (labelled.sum() * logits.shape[1]).clamp(min=1)


class CrossEntropyDice(nn.Module):
    """Class-weighted cross-entropy plus soft Dice.

    Dice is pooled over the batch, and averaged over the classes that occur in it.

    Parameters
    ----------
    prior : (C,) float tensor
        Share of each class in the labelled pixels the network will see; weights go as 1/√prior.
    """

    weight: torch.Tensor

    def __init__(self, prior: torch.Tensor) -> None:
        super().__init__()
        prior = prior.clamp(min=1e-3).float()  # no class outweighs others by more than √1000
        weight = 1 / prior.sqrt()
        self.register_buffer("weight", weight * prior.sum() / (weight * prior).sum())  # 1 for the mean pixel

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Cross-entropy over what is labelled plus one minus mean Dice."""
        logits = logits.float()
        return cross_entropy(logits, labels, self.weight) + 1 - self._dice(logits, labels)

    def _dice(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        target = one_hot(labels, logits.shape[1])
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


class SquaredError(nn.Module):
    """The authors' loss for IM2PX: mean squared error of each class's sigmoid."""

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean over what is labelled and all classes."""
        errors = (logits.float().sigmoid() - one_hot(labels, logits.shape[1])).square()
        labelled = (labels > 0).unsqueeze(1)
        return (errors * labelled).sum() / (labelled.sum() * logits.shape[1]).clamp(min=1)


def cross_entropy(
    logits: torch.Tensor, labels: torch.Tensor, weight: torch.Tensor | None = None
) -> torch.Tensor:
    """Cross-entropy, a mean over labels, not weights: a batch of common classes must not count less."""
    total = functional.cross_entropy(
        logits, labels.long() - 1, weight=weight, ignore_index=-1, reduction="sum"
    )
    return total / (labels > 0).sum().clamp(min=1)


def _floored_log(probabilities: torch.Tensor) -> torch.Tensor:
    return torch.log(torch.clamp(probabilities + 0.01, max=1.0))


def _over_classes(values: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    return values.view(1, -1, *(1 for _ in logits.shape[2:]))


# Each is made from the (C,) shares of the classes.
LOSSES: dict[str, Callable[[torch.Tensor], nn.Module]] = {
    "cross-entropy-dice": CrossEntropyDice,
    "cross-entropy": lambda _: CrossEntropy(),
    "wbce": WeightedBCE,
    "wbce-printed": partial(WeightedBCE, variant="printed"),
    "squared-error": lambda _: SquaredError(),
}
