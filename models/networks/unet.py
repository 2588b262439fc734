# SPDX-License-Identifier: GPL-2.0-or-later
"""The fully supervised U-Net of Colin et al. 2022 (Section 2.2), from 256 x 256 at 100 m to 64 x 64 at 400 m.

Four levels and a centre, three convolutions in each, but only two steps up: the decoder never returns to
full resolution, as borders drawn by hand are not known to better than 400 m (their Figure 2). Layout as
published in the authors' code; batch normalisation is ours, and optional. Ronneberger et al. 2015
(arXiv:1505.04597) for the U-Net as such.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from .blocks import CONVS, ConvBlock, Network, check_limits

LEVELS = 4  # before the centre; each ends in a 2 x 2 max-pool
UP_STEPS = 2
FINE_LEVELS = LEVELS - UP_STEPS  # whose maps the decoder never sees again


@dataclass(frozen=True)
class UNetConfig:
    """Filters of the first level (32 in the paper, doubled at each level), batch normalisation, classes."""

    width: int = 32
    norm: bool = False
    classes: int = 10

    def __post_init__(self) -> None:
        check_limits(self, width=(1, 64), norm=(False, True), classes=(1, 1000))


class UNet(Network):
    """U-Net with two up-steps.

    Input (N, 1, H, W), H and W multiples of 16, sqrt roughness / 2 in 0..1;
    output logits (N, classes, H/4, W/4).
    """

    STEP = 2**FINE_LEVELS
    MULTIPLE = 2**LEVELS

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        filters = [config.width * 2**level for level in range(LEVELS + 1)]  # 32, 64, 128, 256, 512
        self.down = nn.ModuleList(
            ConvBlock(i, o, config.norm) for i, o in zip([1, *filters[:-1]], filters)
        )  # the last one is the centre
        steps = range(LEVELS, LEVELS - UP_STEPS, -1)
        self.up = nn.ModuleList(
            # With ``output_padding`` the sides are doubled, not one cell short of it.
            nn.ConvTranspose2d(filters[s], filters[s - 1], 3, stride=2, padding=1, output_padding=1)
            for s in steps
        )
        # Twice the filters come in: those from below and those of the level itself.
        self.merge = nn.ModuleList(ConvBlock(filters[s], filters[s - 1], config.norm) for s in steps)
        self.head = nn.Conv2d(filters[LEVELS - UP_STEPS], config.classes, 1)

    @property
    def logit_layer(self) -> nn.Conv2d:
        """The last convolution, of 1 x 1."""
        return self.head

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (N, classes, H/4, W/4)."""
        return self.coarse(self.fine(x))

    def fine(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the levels before the last `UP_STEPS` make of an image: (N, 64, H/4, W/4)."""
        for block in self.down[:FINE_LEVELS]:
            x = torch.max_pool2d(block(x), 2)  # (N, 32, H/2, W/2), (N, 64, H/4, W/4)
        return x

    def coarse(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits of what `fine` gives: nothing else of the fine levels is ever used.

        That is why the two are methods of their own: over wide scenes each is run by itself.
        """
        skips: list[torch.Tensor] = []
        for block in self.down[FINE_LEVELS:-1]:
            x = block(x)  # (N, 128, H/4, W/4), (N, 256, H/8, W/8)
            skips.append(x)
            x = torch.max_pool2d(x, 2)  # (N, 128, H/8, W/8), (N, 256, H/16, W/16)
        x = self.down[-1](x)  # (N, 512, H/16, W/16)
        for up, merge in zip(self.up, self.merge):
            x = merge(torch.cat([up(x), skips.pop()], dim=1))  # (N, 256, H/8, W/8), (N, 128, H/4, W/4)
        logits: torch.Tensor = self.head(x)  # (N, classes, H/4, W/4)
        return logits


def reach(level: int = 0) -> int:
    """Return how many cells of a level around a block can influence its logits.

    Holds for blocks that start and end on a multiple of `UNet.MULTIPLE` pixels. Followed backwards from the
    first cell of a block (0: its furthest cell to the left) and from the last one (-1: to the right).
    """
    left, right = 0, -1
    for _ in range(UP_STEPS):
        left, right = left - CONVS, right + CONVS
        # Transposed 3 x 3, stride 2: even cell 2m reads cell m, odd cell 2m + 1 reads m and m + 1.
        left, right = left // 2, (right + 1) // 2
    for _ in range(LEVELS - level):
        left, right = left - CONVS, right + CONVS
        left, right = 2 * left, 2 * right + 1  # 2 x 2 max-pool: cell m reads cells 2m and 2m + 1
    return max(CONVS - left, right + CONVS + 1)
