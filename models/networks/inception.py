"""The categorizer of Colin et al. 2022: InceptionV3, one class for a whole image.

Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision" (CVPR, arXiv:1512.00567),
with batch normalisation in every convolution and without the auxiliary head, as commonly built. The steps
down pad nothing, so that sides of 75, 129, 256, 299 and 512 px give maps of 1, 2, 6, 8 and 14 cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Callable, Union

import torch
from torch import nn

from .blocks import Network, NormedConv, Parallel, check, exact

CHANNEL_MULTIPLE = 8  # narrower networks keep whole vectors of channels


@dataclass(frozen=True)
class InceptionConfig:
    """Factor on all numbers of filters (1 in the paper), classes."""

    width: float = 1.0
    classes: int = 10

    def __post_init__(self) -> None:
        check(self, width=(0.01, 2.0), classes=(1, 1000))


@dataclass(frozen=True)
class Conv:
    """Filters at width 1, kernel (lines, samples), stride; ``valid`` pads nothing, else sides are kept."""

    filters: int
    kernel: tuple[int, int]
    stride: int = 1
    valid: bool = False

    def build(self, inputs: int, width: float) -> tuple[nn.Module, int]:
        """Return the layer and its number of filters."""
        filters = CHANNEL_MULTIPLE * max(round(self.filters * width / CHANNEL_MULTIPLE), 1)
        padding = (0, 0) if self.valid else (self.kernel[0] // 2, self.kernel[1] // 2)
        conv = nn.Conv2d(inputs, filters, self.kernel, self.stride, padding, bias=False)
        return NormedConv(conv), filters


# A convolution, a pooling, or branches side by side.
Step = Union[Conv, Callable[[], nn.Module], "list[tuple[Step, ...]]"]

point = partial(Conv, kernel=(1, 1))
square = partial(Conv, kernel=(3, 3))
down = partial(Conv, kernel=(3, 3), stride=2, valid=True)
MAX = partial(nn.MaxPool2d, 3, stride=2)
MEAN = partial(nn.AvgPool2d, 3, stride=1, padding=1)

STEM: tuple[Step, ...] = (
    *(down(32), square(32, valid=True), square(64), MAX),
    *(point(80), square(192, valid=True), MAX),
)


def block_a(pooled: int) -> Step:
    """Up to 5 x 5, at an eighth of the resolution."""
    return [
        (point(64),),
        (point(48), Conv(64, (5, 5))),
        (point(64), square(96), square(96)),
        (MEAN, point(pooled)),
    ]


def block_c(narrow: int) -> Step:
    """Up to 13 x 13 in factors of 7 x 1 and 1 x 7, at a sixteenth."""
    wide, tall = (1, 7), (7, 1)
    return [
        (point(192),),
        (point(narrow), Conv(narrow, wide), Conv(192, tall)),
        (point(narrow), Conv(narrow, tall), Conv(narrow, wide), Conv(narrow, tall), Conv(192, wide)),
        (MEAN, point(192)),
    ]


BLOCK_B: Step = [(down(384),), (point(64), square(96), down(96)), (MAX,)]
BLOCK_D: Step = [
    (point(192), down(320)),
    (point(192), Conv(192, (1, 7)), Conv(192, (7, 1)), down(192)),
    (MAX,),
]
CROSS: Step = [(Conv(384, (1, 3)),), (Conv(384, (3, 1)),)]
BLOCK_E: Step = [(point(320),), (point(384), CROSS), (point(448), square(384), CROSS), (MEAN, point(192))]

LAYERS: tuple[Step, ...] = (
    *STEM,
    *(block_a(32), block_a(64), block_a(64), BLOCK_B),
    *(block_c(128), block_c(160), block_c(160), block_c(192), BLOCK_D),
    *(BLOCK_E, BLOCK_E),
)


def sequence(steps: tuple[Step, ...], inputs: int, width: float) -> tuple[nn.Sequential, int]:
    """Return the layers for ``inputs`` channels, and the number of channels they give."""
    layers, channels = [], inputs
    for step in steps:
        if isinstance(step, Conv):
            layer, channels = step.build(channels, width)
        elif isinstance(step, list):
            branches = [sequence(branch, channels, width) for branch in step]
            layer, channels = Parallel(b for b, _ in branches), sum(filters for _, filters in branches)
        else:
            layer = step()
        layers.append(layer)
    return nn.Sequential(*layers), channels


class Inception(Network):
    """InceptionV3 for one channel.

    Input (N, 1, H, W) at 50 m, H and W at least 75, sqrt roughness / 2 in 0..1; output logits (N, classes).
    """

    STEP = MULTIPLE = 8
    LEAST = 75
    layers: nn.Sequential

    def __init__(self, config: InceptionConfig) -> None:
        super().__init__()
        self.config = config
        self.layers, features = sequence(LAYERS, 3, config.width)
        self.dense = nn.Linear(features, config.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits of the whole image: those of the mean over the last map."""
        return self.pooled(self.layers(self.channels(x)))

    def maps(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (N, classes, h, w) of each cell of the last map; their mean is that of the image."""
        return self.classify_cells(self.layers(self.channels(x)))

    def channels(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the layers want (N, 3, H, W): the image three times."""
        return x.expand(-1, 3, -1, -1)

    def pooled(self, features: torch.Tensor) -> torch.Tensor:
        """Return the logits (N, classes) of images from their last maps (N, 2048, h, w)."""
        return self._classify(features.mean(dim=(2, 3), dtype=self.dense.weight.dtype))

    def classify_cells(self, features: torch.Tensor) -> torch.Tensor:
        """Return the logits (N, classes, h, w) of each cell of last maps (N, 2048, h, w) by itself."""
        return self._classify(features.movedim(1, -1)).movedim(-1, 1)

    def _classify(self, features: torch.Tensor) -> torch.Tensor:
        with exact(features.device):  # MASK looks at small differences
            return self.dense(features.to(self.dense.weight.dtype))
