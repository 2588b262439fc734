# SPDX-License-Identifier: GPL-2.0-or-later
"""Wide scenes as in Colin et al. 2022, Section 5: tiles that overlap by half, their centres kept.

It is slower than `metocean.models.methods.blockwise`, and its tiles leave seams: their margin, a quarter of
a tile or 52 px of 100 m, is narrower than the 94 px that the U-Net sees beyond a block. It is here because
it is the paper's, and because MASK has no other way: its scores are of a whole image, and a scene has to be
cut into such.
"""

from __future__ import annotations

from typing import Callable

import numpy as np

from ...core.arrays import Array
from ...core.classes import CLASSES
from ...core.feedback import Feedback, step_of
from ...core.methods.image import Image
from ...core.methods.protocol import Method, WrappedMethod
from ...core.methods.tiling import Span, round_up

TILE_M = 20_000.0
Predict = Callable[[Image, Feedback], Array]


class Mosaic(WrappedMethod):
    """A method that gets a scene tile by tile, with as many computations as tiles cover each pixel: four.

    What a cell says depends on where in its tile it lies, which shows as seams: docs/mosaic.md measures them.
    Attributes are those of `metocean.core.methods.protocol.Method`.
    """

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        return mosaic(image, tile_px(self), self.output_stride, self._method.predict, feedback)


def tile_px(method: Method) -> int:
    """Return the side of the paper's tiles for a method, in pixels.

    A quarter of a tile, its margin, has to be whole cells: 20 km become 20.8 km.
    """
    return round_up(round(TILE_M / method.resolution_m), 4 * method.output_stride)


def tile_spans(length: int, side: int) -> list[Span]:
    """Return the tiles of ``side`` pixels along an axis, and what is kept of each.

    An image no longer than a tile is one. The first and the last tile of a longer one reach over its border.
    """
    if length <= side:
        return [Span(0, length, 0, length)]
    kept, margin = side // 2, side // 4
    return [
        Span(start - margin, start - margin + side, start, min(start + kept, length))
        for start in range(0, length, kept)
    ]


def mosaic(image: Image, side: int, stride: int, predict: Predict, feedback: Feedback) -> Array:
    """Return (10, h, w) maps of an image, made of those of its tiles; 0 where nothing is known.

    Parameters
    ----------
    image : Image
    side : int
        Of the tiles in pixels, a multiple of 4 x ``stride``.
    stride : int
        Pixels per cell of the maps.
    predict : callable
        (tile, feedback) -> its (10, side / stride, side / stride) maps.
    feedback : Feedback
        Tiles are equal parts of it.
    """
    todo = tiles(image, side)
    result = np.zeros((len(CLASSES), *image.known_pixels.shape), np.float32)
    for done, (lines, samples) in enumerate(todo):
        part = step_of(feedback, done, len(todo))
        # What `read` gives has no holes, and goes on by reflection where a tile reaches over the border.
        maps = predict(Image.from_array(image.read(lines.read, samples.read), stride), part)
        kept = maps[:, lines.crop(stride), samples.crop(stride)]
        result[:, lines.cells(stride), samples.cells(stride)] = kept
    return result


def tiles(image: Image, side: int) -> list[tuple[Span, Span]]:
    """Return the tiles of an image that keep something known, line by line."""
    lines, samples = (tile_spans(length, side) for length in image.shape)
    return [(down, along) for down in lines for along in samples if image.known(down.own, along.own)]
