"""Losses, in float32 whatever the network computed in, by name in `LOSSES`.

Those of one head take logits (N, C, …) and labels (N, …): 0 unlabelled, 1..C the class; "…" is H, W, or
nothing where an image has one label. The weighted binary cross-entropy and the squared error are those of
Colin et al. 2022.
"""

from __future__ import annotations

from functools import partial
from typing import Callable

import torch
from torch import nn
from torch.nn import functional

from ...core.classes import class_index

VARIANTS = ("code", "printed")
WAVES = class_index("POW")
# Of the last map of InceptionV3: a cell, and where the first one begins, in label cells.
MAP_STEP, MAP_FIRST = 4, 3


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


class NamesAndPlaces(nn.Module):
    """Cross-entropy of what there is besides plain waves: of an image, and of each cell of its last map."""

    def forward(
        self,
        logits: torch.Tensor | tuple[torch.Tensor, torch.Tensor],
        target: tuple[torch.Tensor, torch.Tensor],
    ) -> torch.Tensor:
        """Return the sum of both means; where there are logits of images alone, that of these.

        Parameters
        ----------
        logits : (N, C), and (N, C, h, w) of the maps' cells
        target : (N, L, L) labels and (N,) tags
            An image of which nothing is labelled is one of its tag.
        """
        labels, tags = target
        whole, *maps = (logits,) if isinstance(logits, torch.Tensor) else logits
        found = one_hot(labels, whole.shape[1])
        images = besides_waves(found.sum(dim=(2, 3)))
        images = torch.where(images.any(dim=1, keepdim=True), images, one_hot(tags, whole.shape[1]))
        loss = _of_shares(whole, images)
        for places in maps:
            cells = functional.avg_pool2d(found[:, :, MAP_FIRST:, MAP_FIRST:], MAP_STEP)
            lines, samples = places.shape[2:]
            loss = loss + _of_shares(places, besides_waves(cells[:, :, :lines, :samples]))
        return loss


def besides_waves(found: torch.Tensor) -> torch.Tensor:
    """Return equal shares (N, C, …) for all classes that are ``found``, for plain waves only if no other is.

    However small, a process is what one looks for. ``found`` (N, C, …) is more than 0 where there is some;
    all shares are 0 where there is nothing.
    """
    others = (found > 0).float()
    others[:, WAVES] *= others.sum(dim=1) == 1
    return others / others.sum(dim=1, keepdim=True).clamp(min=1)


def _of_shares(logits: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """Cross-entropy with (N, C, …) shares, a mean over what has any."""
    losses = -functional.log_softmax(logits.float(), dim=1) * shares
    # A class that is never predicted is infinitely unlikely, and has no share.
    return torch.where(shares > 0, losses, 0).sum() / shares.sum().clamp(min=1)


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
    "names-and-places": lambda _: NamesAndPlaces(),
}
# Those that judge each class by itself, as the sigmoid of its logit; the others judge the softmax of all. A
# card has to say which, as inference must turn logits into probabilities in the same way.
INDEPENDENT_LOSSES = frozenset({"squared-error"})
