"""Losses for segmentation with unlabelled pixels, in float32 whatever the network computed in.

`WeightedBCE` is the paper's (Colin et al. 2022, eq. 1 and the authors' code); `CrossEntropyDice` is ours.
Both take logits (N, C, H, W) and labels (N, H, W): 0 unlabelled, 1..C the class.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

VARIANTS = ("code", "printed")


def one_hot(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """(N, H, W) labels to (N, C, H, W) float32 targets; all zero where unlabelled."""
    return functional.one_hot(labels.long(), classes + 1)[..., 1:].permute(0, 3, 1, 2).float()


class WeightedBCE(nn.Module):
    """The paper's weighted binary cross-entropy over softmax probabilities.

    With p the share of ones in the whole batch tensor, ``variant="code"`` weights positives by (1 − p) and
    negatives by p, as the authors' code does; ``"printed"`` has the two swapped, as eq. 1 does. The logarithm
    is taken of min(probability + 0.01, 1).

    Parameters
    ----------
    rarity : (C,) float tensor
        1 / share of pixels; class weights are rarity · C / Σ rarity.
    """

    weight: torch.Tensor

    def __init__(self, rarity: torch.Tensor, variant: str = "code") -> None:
        super().__init__()
        if variant not in VARIANTS:
            raise ValueError(f"variant is {variant!r}; choose from {', '.join(VARIANTS)}.")
        self.variant = variant
        self.register_buffer("weight", (rarity * len(rarity) / rarity.sum()).float())

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean over the labelled pixels and all classes."""
        probabilities = logits.float().softmax(dim=1)
        target = one_hot(labels, logits.shape[1])
        labelled = (labels > 0).unsqueeze(1).float()
        share = target.mean()
        positive, negative = (1 - share, share) if self.variant == "code" else (share, 1 - share)
        hit = target * _floored_log(probabilities) * positive
        rejected = (1 - target) * _floored_log(1 - probabilities) * negative
        losses = -(hit + rejected) * self.weight.view(1, -1, 1, 1) * labelled
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
        """Cross-entropy over the labelled pixels plus one minus mean Dice."""
        logits = logits.float()
        labels = labels.long()
        # Mean over pixels, not over weights: a batch without rare classes must not count them less.
        entropy = functional.cross_entropy(
            logits, labels - 1, weight=self.weight, ignore_index=-1, reduction="sum"
        ) / (labels > 0).sum().clamp(min=1)
        return entropy + 1 - self._dice(logits, labels)

    def _dice(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        target = one_hot(labels, logits.shape[1])
        probabilities = logits.softmax(dim=1) * (labels > 0).unsqueeze(1)
        axes = (0, 2, 3)
        present = target.sum(axes) > 0
        overlap = 2 * (probabilities * target).sum(axes)
        dice = overlap / (probabilities.sum(axes) + target.sum(axes)).clamp(min=1e-6)
        return (dice * present).sum() / present.sum().clamp(min=1)


def _floored_log(probabilities: torch.Tensor) -> torch.Tensor:
    return torch.log(torch.clamp(probabilities + 0.01, max=1.0))
