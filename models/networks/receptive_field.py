# SPDX-License-Identifier: GPL-2.0-or-later
"""How far a cell of a network's output sees.

It is worked out from the layers themselves, as Araujo et al. 2019, "Computing Receptive
Fields of Convolutional Neural Networks" (Distill), do: the closed forms in Colin et al. 2022 give other
numbers (1255 px for InceptionV3, which sees 1311). Halos of blocks depend on it, and a test holds it against
the gradient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Union

from torch import nn

from .blocks import Parallel


@dataclass(frozen=True)
class ReceptiveField:
    """What the cells of a map see of the input, along one side and in pixels.

    Attributes
    ----------
    size_px : int
        Width of what one cell sees.
    stride_px : int
        From one cell to the next.
    centre_px : float
        Middle of what cell 0 sees; 0 is the middle of the first pixel.
    """

    size_px: int = 1
    stride_px: int = 1
    centre_px: float = 0.0

    @property
    def reach_px(self) -> int:
        """How far a cell sees beyond the ``stride_px`` pixels it stands for, to the side it sees furthest.

        Cell 0 stands for pixels 0 to ``stride_px`` - 1. Its field need not have its middle there: layers that
        pad nothing move it to the right.
        """
        half = (self.size_px - 1) / 2
        return math.ceil(max(half - self.centre_px, self.centre_px + half - self.stride_px + 1, 0))

    def through(self, layer: Union[nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d]) -> ReceptiveField:
        """Return the field of what ``layer`` makes of the map.

        Its kernel adds as many cells less one, each as far from the next as the map's own are in the input.
        """
        kernel, stride, padding = (_along(p) for p in (layer.kernel_size, layer.stride, layer.padding))
        return ReceptiveField(
            self.size_px + (kernel - 1) * self.stride_px,
            self.stride_px * stride,
            self.centre_px + ((kernel - 1) / 2 - padding) * self.stride_px,
        )


PIXEL = ReceptiveField()  # of the input itself


def output_length(module: nn.Module, length: int) -> int:
    """Return the length of what ``module`` makes of a map so long, along one side; see `receptive_field`."""
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)):
        kernel, stride, padding = (_along(p) for p in (module.kernel_size, module.stride, module.padding))
        # As torch documents it for layers without dilation, which no network here has.
        return (length + 2 * padding - kernel) // stride + 1
    children = list(module.children())
    # Branches side by side give maps of the same size, or they could not be put together.
    for child in module.branches[:1] if isinstance(module, Parallel) else children:
        length = output_length(child, length)
    return length


def receptive_field(module: nn.Module, before: ReceptiveField = PIXEL) -> ReceptiveField:
    """Return the field of the cells that come out of ``module``, for whose input it is ``before``.

    Layers act in the order of their definition; of branches side by side the one that sees furthest counts.
    """
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)):
        return before.through(module)
    if isinstance(module, Parallel):
        fields = [receptive_field(branch, before) for branch in module.branches]
        return max(fields, key=lambda field: field.size_px)
    for child in module.children():
        before = receptive_field(child, before)
    return before


def _along(parameter: Any) -> int:
    """Return a layer's parameter along the last axis; what is not square comes in pairs.

    In InceptionV3 each kernel of 1 x n has one of n x 1 before, behind or beside it: both axes see alike.
    """
    return int(parameter[-1] if isinstance(parameter, tuple) else parameter)
