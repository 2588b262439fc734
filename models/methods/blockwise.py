"""Parts of a network, one after the other, each over a whole map by blocks: exact, and in little memory.

Fine maps are large and look around little, coarse ones are small and look far: cut where the map has become
small, a network costs neither the memory of the whole scene nor wide halos.
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
from ..networks.blocks import output_length, receptive_field

Layer = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Stage:
    """A part of a network.

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
        Of the output, by that of the input.
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
        """Return the stage of layers whose `receptive_field` is known."""
        field = receptive_field(layers)
        length = partial(output_length, layers)
        return cls(tuple(layers), field.stride_px, field.stride_px, field.reach_px, length, block)


@dataclass(frozen=True)
class Map:
    """What a stage reads: the image, or what the stage before it made.

    Attributes
    ----------
    shape : (int, int)
    read : callable
        (lines, samples) -> (1, C, h, w) tensor.
    wanted : callable
        (lines, samples) -> whether anything that is asked for depends on this window.
    """

    shape: tuple[int, int]
    read: Callable[[slice, slice], torch.Tensor]
    wanted: Callable[[slice, slice], bool]


def through(stages: Sequence[Stage], source: Map, feedback: Feedback, device: str) -> torch.Tensor:
    """Return what stages make of an image, one after the other; 0 where nothing of it is wanted.

    ``source.wanted`` answers for pixels. Blocks become smaller until memory on ``device`` suffices.
    """
    scale, result, maps = 1, torch.empty(0), source
    for number, stage in enumerate(stages):
        wanted = _Wanted(source, scale, _reach_px(stages, number))
        part = step_of(feedback, number, len(stages))
        run = partial(_run, stage, replace(maps, wanted=wanted), part)
        result = with_back_off(run, stage.block, stage.multiple, device)
        maps = Map(_sides(result), partial(_window, result), wanted)
        scale *= stage.stride
    return result


@dataclass(frozen=True)
class _Wanted:
    """Whether anything that is asked for depends on a window of a map of ``scale`` pixels a cell."""

    source: Map
    scale: int
    reach_px: int

    def __call__(self, lines: slice, samples: slice) -> bool:
        near = (
            slice(max(part.start * self.scale - self.reach_px, 0), part.stop * self.scale + self.reach_px)
            for part in (lines, samples)
        )
        return self.source.wanted(*near)


def _reach_px(stages: Sequence[Stage], number: int) -> int:
    """Return how far the stages after a number see, in pixels of the image."""
    reach_px, scale = 0, 1
    for later, stage in enumerate(stages):
        reach_px += stage.reach * scale if later > number else 0
        scale *= stage.stride
    return reach_px


def _sides(maps: torch.Tensor) -> tuple[int, int]:
    return maps.shape[-2], maps.shape[-1]


def _window(maps: torch.Tensor, lines: slice, samples: slice) -> torch.Tensor:
    return maps[..., lines, samples]


def _run(stage: Stage, source: Map, feedback: Feedback, block: int) -> torch.Tensor:
    result: Optional[torch.Tensor] = None
    shape = [stage.length(side) for side in source.shape]
    todo = [
        piece
        for piece in blocks(source.shape, block, stage.reach, stage.multiple)
        if source.wanted(piece.lines.own, piece.samples.own)
    ]
    for done, piece in enumerate(todo):
        steps = len(stage.layers)
        maps = source.read(piece.lines.read, piece.samples.read)
        for number, layer in enumerate(stage.layers):
            feedback.progress((done + number / steps) / len(todo))
            maps = layer(maps)
        if result is None:
            result = maps.new_zeros((*maps.shape[:2], *shape))
        _paste(result, maps, piece, stage.stride)
    if result is None:
        raise ValueError("Nothing of the map is wanted.")
    return result


def _paste(result: torch.Tensor, maps: torch.Tensor, piece: Block, stride: int) -> None:
    spans = piece.lines, piece.samples
    rows, columns = (span.cells(stride) for span in spans)
    target = result[..., rows, columns]
    first = [span.crop(stride).start for span in spans]
    # At the far border layers without padding give fewer cells than there are pixels for.
    height, width = target.shape[-2:]
    target.copy_(maps[..., first[0] : first[0] + height, first[1] : first[1] + width])
