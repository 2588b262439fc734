# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of a network, one after the other, each over a whole map by blocks: exact, and in little memory.

A wide swath does not fit into memory with all the maps that a network makes of it. Cut into blocks, it does,
but what a block's cells say near its border depends on pixels beyond. So each block is read with a halo as
wide as the network sees, and the halo is cropped from what it gives: the blocks side by side are then the
map that the network would make of the whole image. This is exact where two things hold.

- The halo covers the *reach*: all cells that can influence those of the block.
- Blocks start on a multiple of the network's stride, so that its poolings cut them as they cut the whole map.

At the border of the image a block ends where the image ends, without a halo, so that the zeros which
convolutions pad with lie where they lie for the whole image.

Fine maps are large and look around little, coarse ones are small and look far: cut in two *stages* where the
map has become small, a network costs neither the memory of the whole scene nor wide halos.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Callable, Optional

import torch
from torch import nn

from ...core.feedback import Feedback, step_of
from ...core.methods.tiling import Block, blocks
from ..device import with_back_off
from ..networks.receptive_field import output_length, receptive_field

Layer = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Stage:
    """A part of a network, as it is run over a whole map.

    Attributes
    ----------
    layers : sequence of callable
        One after the other, (1, C, h, w) to (1, C', h', w'); between them a user can cancel.
    stride : int
        Cells of its input per cell of its output.
    multiple : int
        Cells of its input that blocks start on a multiple of.
    reach : int
        Cells of its input around a block that can influence it.
    length : callable
        Of the output, by that of the input, in cells along one side.
    block : int
        Most cells of its input that a block has along each side.
    """

    layers: Sequence[Layer]
    stride: int
    multiple: int
    reach: int
    length: Callable[[int], int]
    block: int

    @classmethod
    def from_layers(cls, layers: nn.Sequential, block: int) -> Stage:
        """Return the stage of layers whose `receptive_field` is known, ``block`` cells at most a side."""
        field = receptive_field(layers)
        length = partial(output_length, layers)
        return cls(tuple(layers), field.stride_px, field.stride_px, field.reach_px, length, block)


@dataclass(frozen=True)
class FeatureMap:
    """What a stage reads, window by window: the image, or the map that the stage before it made.

    Attributes
    ----------
    shape : (int, int)
        Lines and samples, in cells.
    read : callable
        (lines, samples) -> (1, C, h, w) tensor.
    needed : callable
        (lines, samples) -> whether a result that is asked for depends on this window.
    """

    shape: tuple[int, int]
    read: Callable[[slice, slice], torch.Tensor]
    needed: Callable[[slice, slice], bool]


def run_stages(stages: Sequence[Stage], image: FeatureMap, feedback: Feedback, device: str) -> torch.Tensor:
    """Return the (1, C, h, w) map that stages, one after the other, make of an image.

    It is 0 where nothing of it is needed. Blocks become smaller until memory on ``device`` suffices.

    Parameters
    ----------
    stages : sequence of Stage
        Each reads what the one before it made.
    image : FeatureMap
        Its cells are pixels; ``needed`` tells of which of them something is known.
    feedback : Feedback
        Asked between layers whether to go on.
    device : str
        For the message where even the smallest blocks do not fit.
    """
    source, pixels_per_cell, result = image, 1, torch.empty(0)
    for number, stage in enumerate(stages):
        # What lies in nodata is not computed. But a cell there may be seen by later stages from a cell that
        # is wanted, so that the margin around what is known is as wide as all that is still to come.
        needed = _needed_within(image, pixels_per_cell, _later_reach_px(stages, number))
        run = partial(
            _run_stage, stage, replace(source, needed=needed), step_of(feedback, number, len(stages))
        )
        result = with_back_off(run, stage.block, stage.multiple, device)
        source = FeatureMap((result.shape[-2], result.shape[-1]), partial(_window, result), needed)
        pixels_per_cell *= stage.stride
    return result


def _needed_within(image: FeatureMap, pixels_per_cell: int, reach_px: int) -> Callable[[slice, slice], bool]:
    """Return what tells whether pixels within a reach of a window, given in cells, are needed."""

    def needed(lines: slice, samples: slice) -> bool:
        pixels = (
            slice(
                max(cells.start * pixels_per_cell - reach_px, 0),
                cells.stop * pixels_per_cell + reach_px,
            )
            for cells in (lines, samples)
        )
        return image.needed(*pixels)

    return needed


def _later_reach_px(stages: Sequence[Stage], number: int) -> int:
    """Return how far the stages after this number see, in pixels of the image."""
    reach_px, pixels_per_cell = 0, 1
    for later, stage in enumerate(stages):
        reach_px += stage.reach * pixels_per_cell if later > number else 0
        pixels_per_cell *= stage.stride
    return reach_px


def _window(maps: torch.Tensor, lines: slice, samples: slice) -> torch.Tensor:
    return maps[..., lines, samples]


def _run_stage(stage: Stage, source: FeatureMap, feedback: Feedback, block: int) -> torch.Tensor:
    """Return what a stage makes of its whole input, in blocks of at most ``block`` cells a side."""
    result: Optional[torch.Tensor] = None
    shape = [stage.length(side) for side in source.shape]
    todo = [
        piece
        for piece in blocks(source.shape, block, stage.reach, stage.multiple)
        if source.needed(piece.lines.own, piece.samples.own)
    ]
    for done, piece in enumerate(todo):
        maps = source.read(piece.lines.read, piece.samples.read)
        for number, layer in enumerate(stage.layers):
            feedback.progress((done + number / len(stage.layers)) / len(todo))
            maps = layer(maps)
        if result is None:  # only now its channels, type and device are known
            result = maps.new_zeros((*maps.shape[:2], *shape))
        _paste(result, maps, piece, stage.stride)
    if result is None:
        raise ValueError("Nothing of the map is needed.")
    return result


def _paste(result: torch.Tensor, maps: torch.Tensor, piece: Block, stride: int) -> None:
    """Put what a block gave, without its halo, into the whole map."""
    spans = piece.lines, piece.samples
    rows, columns = (span.cells(stride) for span in spans)
    target = result[..., rows, columns]
    first = [span.crop(stride).start for span in spans]
    # At the far border layers without padding give fewer cells than there are pixels for.
    height, width = target.shape[-2:]
    target.copy_(maps[..., first[0] : first[0] + height, first[1] : first[1] + width])
