"""The fully supervised U-Net of Colin et al. 2022 (Section 2.2), from 256 x 256 at 100 m to 64 x 64 at 400 m.

Four levels and a centre, three convolutions in each, but only two steps up: the decoder never returns to
full resolution. Layout as published in the authors' code; batch normalisation is ours, and optional.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

LEVELS = 4  # before the centre; each ends in a 2 x 2 max-pool
UP_STEPS = 2
CONVS = 3  # in each block
STRIDE = 2 ** (LEVELS - UP_STEPS)  # input pixels per output cell
MULTIPLE = 2**LEVELS  # sides of the input


@dataclass(frozen=True)
class UNetConfig:
    """Filters of the first level (32 in the paper, doubled at each level), batch normalisation, classes."""

    width: int = 32
    norm: bool = False
    classes: int = 10


class Block(nn.Module):
    """Three times 3 x 3 convolution, optional batch normalisation, ReLU."""

    def __init__(self, inputs: int, filters: int, norm: bool) -> None:
        super().__init__()
        channels = (inputs,) + (filters,) * CONVS
        pairs = zip(channels[:-1], channels[1:])
        # Batch normalisation has its own shift, so a bias before it would be dead weight.
        self.convs = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1, bias=not norm) for i, o in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm2d(filters) if norm else nn.Identity() for _ in range(CONVS))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) to (N, filters, H, W)."""
        for conv, norm in zip(self.convs, self.norms):
            x = torch.relu_(norm(conv(x)))
        return x

    def fold(self) -> None:
        """Merge each batch normalisation into its convolution; for inference only."""
        for i, norm in enumerate(self.norms):
            if isinstance(norm, nn.BatchNorm2d):
                self.convs[i] = fuse_conv_bn_eval(self.convs[i], norm)  # type: ignore[type-var]
                self.norms[i] = nn.Identity()


class UNet(nn.Module):
    """U-Net with two up-steps.

    Input (N, 1, H, W), H and W multiples of 16, sqrt roughness / 2 in 0..1;
    output logits (N, classes, H/4, W/4).
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        filters = [config.width * 2**level for level in range(LEVELS + 1)]  # 32, 64, 128, 256, 512
        self.down = nn.ModuleList(
            Block(i, o, config.norm) for i, o in zip([1, *filters[:-1]], filters)
        )  # the last one is the centre
        steps = range(LEVELS, LEVELS - UP_STEPS, -1)
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(filters[s], filters[s - 1], 3, stride=2, padding=1, output_padding=1)
            for s in steps
        )
        self.merge = nn.ModuleList(Block(filters[s], filters[s - 1], config.norm) for s in steps)
        self.head = nn.Conv2d(filters[LEVELS - UP_STEPS], config.classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits."""
        skips = []
        for block in self.down[:-1]:
            x = block(x)  # (N, 32, H, W), (N, 64, H/2, W/2), (N, 128, H/4, W/4), (N, 256, H/8, W/8)
            skips.append(x)
            x = torch.max_pool2d(x, 2)
        x = self.down[-1](x)  # (N, 512, H/16, W/16)
        for up, merge in zip(self.up, self.merge):
            x = merge(torch.cat([up(x), skips.pop()], dim=1))  # (N, 256, H/8, W/8), (N, 128, H/4, W/4)
        return self.head(x)  # (N, classes, H/4, W/4)

    def folded(self) -> UNet:
        """Make the network faster for inference, in place: no batch normalisation is left. Returns itself."""
        self.eval()
        for module in list(self.modules()):
            if isinstance(module, Block):
                module.fold()
        return self


def initialise(network: UNet, seed: int) -> None:
    """Draw He-normal weights for ReLU, zero biases; the same for the same ``seed``."""
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            fan_in = float(module.in_channels * math.prod(module.kernel_size))
            if isinstance(module, nn.ConvTranspose2d):
                fan_in /= math.prod(module.stride)  # a quarter of the products meets each output cell
            with torch.no_grad():
                module.weight.normal_(0.0, math.sqrt(2.0 / fan_in), generator=generator)
                if module.bias is not None:
                    module.bias.zero_()


def halo_px() -> int:
    """Return the input pixels around a block that can influence it, rounded up to `MULTIPLE`.

    Holds for blocks that start and end on a multiple of `MULTIPLE`. Followed backwards from the first cell
    of a block (cell 0: its furthest cell to the left) and from the last one (cell -1: to the right).
    """
    left, right = 0, -1
    for _ in range(UP_STEPS):
        left, right = left - CONVS, right + CONVS
        # Transposed 3 x 3, stride 2: even cell 2m reads cell m, odd cell 2m + 1 reads m and m + 1.
        left, right = left // 2, (right + 1) // 2
    for _ in range(LEVELS):
        left, right = left - CONVS, right + CONVS
        left, right = 2 * left, 2 * right + 1  # max-pool
    reach = max(CONVS - left, right + CONVS + 1)
    return math.ceil(reach / MULTIPLE) * MULTIPLE
