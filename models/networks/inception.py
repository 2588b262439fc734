# SPDX-License-Identifier: GPL-2.0-or-later
"""The categorizer of Colin et al. 2022: InceptionV3, one class for a whole image.

Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision" (CVPR, arXiv:1512.00567),
with batch normalisation in every convolution and without the auxiliary head, as commonly built. The steps
down pad nothing, so that sides of 75, 129, 256, 299 and 512 px give maps of 1, 2, 6, 8 and 14 cells.

The network stands here as tables of its layers, which `build_layers` turns into torch's. Blocks A to E are
named as in torchvision; shapes are those of an image of 512 px at width 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Callable, Union

import torch
from torch import nn

from .blocks import Network, NormedConv, Parallel, check_limits, without_autocast

CHANNEL_MULTIPLE = 8  # narrower networks keep whole vectors of channels


@dataclass(frozen=True)
class InceptionConfig:
    """Factor on all numbers of filters (1 in the paper), classes."""

    width: float = 1.0
    classes: int = 10

    def __post_init__(self) -> None:
        check_limits(self, width=(0.01, 2.0), classes=(1, 1000))


@dataclass(frozen=True)
class Conv:
    """Filters at width 1, kernel (lines, samples), stride; ``padded`` keeps the sides of a map."""

    filters: int
    kernel: tuple[int, int]
    stride: int = 1
    padded: bool = True

    def build(self, inputs: int, width: float) -> tuple[nn.Module, int]:
        """Return the layer and its number of filters."""
        filters = CHANNEL_MULTIPLE * max(round(self.filters * width / CHANNEL_MULTIPLE), 1)
        padding = (self.kernel[0] // 2, self.kernel[1] // 2) if self.padded else (0, 0)
        conv = nn.Conv2d(inputs, filters, self.kernel, self.stride, padding, bias=False)
        return NormedConv(conv), filters


# What a network is made of, one after the other: a convolution, a pooling, or branches side by side.
Step = Union[Conv, Callable[[], nn.Module], "list[tuple[Step, ...]]"]

conv_1x1 = partial(Conv, kernel=(1, 1))
conv_3x3 = partial(Conv, kernel=(3, 3))
# Halves the resolution; as it pads nothing, a side of n becomes (n - 1) / 2, rounded down.
reduction = partial(Conv, kernel=(3, 3), stride=2, padded=False)
MAX = partial(nn.MaxPool2d, 3, stride=2)
MEAN = partial(nn.AvgPool2d, 3, stride=1, padding=1)

STEM: tuple[Step, ...] = (
    *(reduction(32), conv_3x3(32, padded=False), conv_3x3(64), MAX),  # (N, 64, 126, 126)
    *(conv_1x1(80), conv_3x3(192, padded=False), MAX),  # (N, 192, 61, 61)
)


def block_a(pooled: int) -> Step:
    """Return branches of up to 5 x 5, at an eighth of the resolution; ``pooled`` filters behind the mean."""
    return [
        (conv_1x1(64),),
        (conv_1x1(48), Conv(64, (5, 5))),
        (conv_1x1(64), conv_3x3(96), conv_3x3(96)),
        (MEAN, conv_1x1(pooled)),
    ]


def block_c(narrow: int) -> Step:
    """Return branches of up to 13 x 13, at a sixteenth, with ``narrow`` filters in between.

    A kernel of 7 x 7 as one of 7 x 1 and one of 1 x 7 has two sevenths of the weights (Section 3.2 of
    theirs).
    """
    wide, tall = (1, 7), (7, 1)
    return [
        (conv_1x1(192),),
        (conv_1x1(narrow), Conv(narrow, wide), Conv(192, tall)),
        (conv_1x1(narrow), Conv(narrow, tall), Conv(narrow, wide), Conv(narrow, tall), Conv(192, wide)),
        (MEAN, conv_1x1(192)),
    ]


# B and D halve the resolution by strided branches beside a pooling (Section 5 of theirs); E ends in kernels
# of 1 x 3 and 3 x 1 side by side, which they have on the coarsest maps (their Figure 7).
BLOCK_B: Step = [(reduction(384),), (conv_1x1(64), conv_3x3(96), reduction(96)), (MAX,)]
BLOCK_D: Step = [
    (conv_1x1(192), reduction(320)),
    (conv_1x1(192), Conv(192, (1, 7)), Conv(192, (7, 1)), reduction(192)),
    (MAX,),
]
CROSS: Step = [(Conv(384, (1, 3)),), (Conv(384, (3, 1)),)]
BLOCK_E: Step = [
    (conv_1x1(320),),
    (conv_1x1(384), CROSS),
    (conv_1x1(448), conv_3x3(384), CROSS),
    (MEAN, conv_1x1(192)),
]

LAYERS: tuple[Step, ...] = (
    *STEM,  # (N, 192, 61, 61)
    *(block_a(32), block_a(64), block_a(64), BLOCK_B),  # (N, 768, 30, 30)
    *(block_c(128), block_c(160), block_c(160), block_c(192), BLOCK_D),  # (N, 1280, 14, 14)
    *(BLOCK_E, BLOCK_E),  # (N, 2048, 14, 14)
)


def build_layers(steps: tuple[Step, ...], inputs: int, width: float) -> tuple[nn.Sequential, int]:
    """Return the layers for ``inputs`` channels, and the number of channels they give."""
    layers, channels = [], inputs
    for step in steps:
        if isinstance(step, Conv):
            layer, channels = step.build(channels, width)
        elif isinstance(step, list):
            branches = [build_layers(branch, channels, width) for branch in step]
            layer, channels = Parallel(b for b, _ in branches), sum(filters for _, filters in branches)
        else:
            layer = step()
        layers.append(layer)
    return nn.Sequential(*layers), channels


class Inception(Network):
    """InceptionV3 for one channel.

    Input (N, 1, H, W) at 50 m, H and W at least 75, sqrt roughness / 2 in 0..1; output logits (N, classes).

    ``STEP`` is that of the label cells, 8 px, to which methods B, C and D interpolate; the cells of the last
    map are 32 px apart.
    """

    STEP = MULTIPLE = 8
    LEAST = 75
    layers: nn.Sequential

    def __init__(self, config: InceptionConfig) -> None:
        super().__init__()
        self.config = config
        self.layers, features = build_layers(LAYERS, 3, config.width)
        self.dense = nn.Linear(features, config.classes)

    @property
    def logit_layer(self) -> nn.Linear:
        """The dense layer, on the mean of the last map."""
        return self.dense

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits of the whole image: those of the mean over the last map."""
        return self.pooled(self.layers(self.channels(x)))

    def maps(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (N, classes, h, w) of each cell of the last map; their mean is that of the image."""
        return self.classify_cells(self.layers(self.channels(x)))

    def channels(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the layers want (N, 3, H, W): the image three times.

        The network was made for red, green and blue; with three channels weights of the published layout
        fit, too.
        Nothing is copied.
        """
        return x.expand(-1, 3, -1, -1)

    def pooled(self, features: torch.Tensor) -> torch.Tensor:
        """Return the logits (N, classes) of images from their last maps (N, 2048, h, w)."""
        return self._classify(features.mean(dim=(2, 3), dtype=self.dense.weight.dtype))  # of (N, 2048)

    def classify_cells(self, features: torch.Tensor) -> torch.Tensor:
        """Return the logits (N, classes, h, w) of each cell of last maps (N, 2048, h, w) by itself."""
        return self._classify(features.movedim(1, -1)).movedim(-1, 1)  # of (N, h, w, 2048)

    def _classify(self, features: torch.Tensor) -> torch.Tensor:
        """Return logits (N, …, classes) of features (N, …, 2048), in float32 whatever the layers ran in.

        MASK subtracts the scores of two images that are almost alike. With mean and dense layer in bf16, too,
        its maps correlate with those of float32 by 0.955 only; with these two exact, by 0.998 (measured).
        """
        with without_autocast(features.device):
            logits: torch.Tensor = self.dense(features.to(self.dense.weight.dtype))
        return logits
