# SPDX-License-Identifier: GPL-2.0-or-later
"""The network of method E in Colin et al. 2022 (Section 3.5): an encoder that sees no further than it must.

It learns the image's class at every pixel, so what tells a class has to lie within its field of 98 px, 4.9
km: a network that sees the whole image can say the same everywhere, and be right by its labels. So it is an
encoder of three poolings and nothing else: a decoder would see further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import nn

from .blocks import ConvBlock, Network, check_limits

POOLINGS = 3  # n in Section 3.5: 512 px become 64 cells


@dataclass(frozen=True)
class Im2pxConfig:
    """Filters of the first level (32 in the paper, doubled at each level), batch normalisation, classes."""

    width: int = 32
    norm: bool = False
    classes: int = 10

    def __post_init__(self) -> None:
        check_limits(self, width=(1, 64), norm=(False, True), classes=(1, 1000))


class Im2px(Network):
    """Encoder with three poolings.

    Input (N, 1, H, W) at 50 m, H and W multiples of 8, sqrt roughness / 2 in 0..1;
    output logits (N, classes, H/8, W/8).
    """

    STEP = MULTIPLE = 2**POOLINGS

    def __init__(self, config: Im2pxConfig) -> None:
        super().__init__()
        self.config = config
        filters = [config.width * 2**level for level in range(POOLINGS + 1)]  # 32, 64, 128, 256
        layers: list[nn.Module] = [ConvBlock(1, filters[0], config.norm)]  # (N, 32, H, W)
        for inputs, outputs in zip(filters[:-1], filters[1:]):
            # (N, 64, H/2, W/2), (N, 128, H/4, W/4), (N, 256, H/8, W/8)
            layers += [nn.MaxPool2d(2), ConvBlock(inputs, outputs, config.norm)]
        head = nn.Conv2d(filters[-1], config.classes, 1)  # (N, classes, H/8, W/8)
        self.layers = nn.Sequential(*layers, head)

    @property
    def logit_layer(self) -> nn.Conv2d:
        """The last convolution, of 1 x 1."""
        # In the row of layers, not beside it: the names of its weights in files stay as they are.
        return cast(nn.Conv2d, self.layers[-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (N, classes, H/8, W/8)."""
        logits: torch.Tensor = self.layers(x)
        return logits
