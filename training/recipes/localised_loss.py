# SPDX-License-Identifier: GPL-2.0-or-later
"""Ours for the categorizer: what there is in an image, and where."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from ...core.classes import class_index
from .targets import one_hot

WAVES = class_index("POW")
# Of the last map of InceptionV3: a cell, and where the first one begins, in label cells. Its unpadded first
# convolutions leave a margin, so that 512 px, which are 64 label cells, make 14 cells and not 16.
MAP_STEP, MAP_FIRST = 4, 3


class LocalisedCrossEntropy(nn.Module):
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
        # In training there is a second head; validation and the published network have the first alone.
        whole, *maps = (logits,) if isinstance(logits, torch.Tensor) else logits
        found = one_hot(labels, whole.shape[1])
        images = besides_waves(found.sum(dim=(2, 3)))
        images = torch.where(images.any(dim=1, keepdim=True), images, one_hot(tags, whole.shape[1]))
        loss = _of_shares(whole, images)
        for located in maps:
            cells = functional.avg_pool2d(found[:, :, MAP_FIRST:, MAP_FIRST:], MAP_STEP)
            # The map ends before the last label cells, as it begins after the first.
            lines, samples = located.shape[2:]
            loss = loss + _of_shares(located, besides_waves(cells[:, :, :lines, :samples]))
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
