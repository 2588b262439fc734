# SPDX-License-Identifier: GPL-2.0-or-later
"""The losses of Colin et al. 2022: of the U-Net (Section 3.1) and, from the authors' code, of IM2PX."""

from __future__ import annotations

import torch
from torch import nn

from .choice import Choice
from .targets import one_hot


class Variant(Choice):
    """Which way round the weighted binary cross-entropy has its two weights: the code's, or eq. 1's."""

    CODE = "code"
    PRINTED = "printed"


class WeightedBCE(nn.Module):
    """The paper's weighted binary cross-entropy over softmax probabilities (eq. 1 and the authors' code).

    With p the share of ones in the whole batch tensor, ``variant="code"`` weights positives by (1 − p) and
    negatives by p, as the authors' code does; ``"printed"`` has the two swapped, as eq. 1 does. The logarithm
    is taken of min(probability + 0.01, 1).

    Parameters
    ----------
    prior : (C,) float tensor
        Share of each class. Class weights are C / share, over the sum of 1 / share; 0 for an absent class.
        With the K of eq. 2 they are K·C / ΣK of eq. 1: 0.05 for plain waves, 5.44 for icebergs.
    variant : Variant or str
    """

    weight: torch.Tensor

    def __init__(self, prior: torch.Tensor, variant: Variant = Variant.CODE) -> None:
        super().__init__()
        if variant not in Variant.words():
            raise ValueError(f"variant is {variant!r}; choose from {', '.join(Variant.words())}.")
        self.variant = Variant(variant)
        # A class that no image has must weigh nothing, not infinitely much.
        rarity = torch.where(prior > 0, 1 / prior.clamp(min=1e-4), torch.zeros_like(prior))
        self.register_buffer("weight", (rarity * len(rarity) / rarity.sum()).float())

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean over what is labelled and all classes."""
        probabilities = logits.float().softmax(dim=1)
        target = one_hot(labels, logits.shape[1])
        labelled = (labels > 0).unsqueeze(1).float()
        # Of ten classes one is right in each labelled cell: p is a tenth or less, so that the code's reading
        # makes up for the many more negatives, and eq. 1 as printed would make them count even more.
        share = target.mean()
        code = self.variant == Variant.CODE
        positive, negative = (1 - share, share) if code else (share, 1 - share)
        hit = target * _floored_log(probabilities) * positive
        rejected = (1 - target) * _floored_log(1 - probabilities) * negative
        losses = -(hit + rejected) * _over_classes(self.weight, logits) * labelled
        return losses.sum() / (labelled.sum() * logits.shape[1]).clamp(min=1)


def _floored_log(probabilities: torch.Tensor) -> torch.Tensor:
    # The authors' way to keep the logarithm finite: no pixel can cost more than -log 0.01 = 4.6.
    return torch.log(torch.clamp(probabilities + 0.01, max=1.0))


def _over_classes(values: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    return values.view(1, -1, *(1 for _ in logits.shape[2:]))


class SquaredError(nn.Module):
    """The authors' loss for IM2PX: mean squared error of each class's sigmoid.

    It judges each class by itself, so that several may be likely in one cell; the other losses divide one
    probability among them.
    """

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean over what is labelled and all classes."""
        errors = (logits.float().sigmoid() - one_hot(labels, logits.shape[1])).square()
        labelled = (labels > 0).unsqueeze(1)
        return (errors * labelled).sum() / (labelled.sum() * logits.shape[1]).clamp(min=1)
