"""Cut a scene into blocks whose predictions, side by side, equal the prediction of the whole scene.

A block is read with a halo and clipped at the image border, so that a network's own zero padding acts exactly
where it would for the whole scene. Sides are padded (by reflection) to a multiple only at the far end of the
scene.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Span:
    """One axis of a block, in pixels: real pixels ``read_start:read_stop``, then ``pad`` reflected ones."""

    read_start: int
    read_stop: int
    pad: int
    start: int
    stop: int

    def crop(self, stride: int) -> slice:
        """Return the cells of a prediction of this span that belong to ``start:stop``, partial ones too."""
        return slice((self.start - self.read_start) // stride, -(-(self.stop - self.read_start) // stride))

    def cells(self, stride: int) -> slice:
        """Return where those cells lie in the whole scene's prediction."""
        return slice(self.start // stride, -(-self.stop // stride))


@dataclass(frozen=True)
class Block:
    """A block of the scene: what to read around it and what of the prediction to keep."""

    lines: Span
    samples: Span

    def pad(self, pixels: np.ndarray) -> np.ndarray:
        """Reflect the far end of the pixels read, so that both sides are the multiple asked for."""
        if not (self.lines.pad or self.samples.pad):
            return pixels
        return np.pad(pixels, ((0, self.lines.pad), (0, self.samples.pad)), mode="reflect")

    def crop(self, prediction: np.ndarray, stride: int) -> np.ndarray:
        """Keep the block's own cells of a (…, lines / stride, samples / stride) prediction."""
        return prediction[..., self.lines.crop(stride), self.samples.crop(stride)]


def spans(length: int, block: int, halo: int, multiple: int) -> Iterator[Span]:
    """Yield the spans of one axis; see `blocks`."""
    block = max(_round_up(block, multiple), multiple)
    # At least one multiple, so that the reflection at the far end finds its source within the pixels read.
    halo = max(_round_up(halo, multiple), multiple)
    padded = _round_up(length, multiple)
    for start in range(0, length, block):
        read_stop = min(start + block + halo, padded)
        yield Span(
            read_start=max(0, start - halo),
            read_stop=min(read_stop, length),
            pad=max(0, read_stop - length),
            start=start,
            stop=min(start + block, length),
        )


def blocks(shape: tuple[int, int], block: int, halo: int, multiple: int) -> list[Block]:
    """Return the blocks that cover a scene.

    Parameters
    ----------
    shape : (lines, samples)
        Size of the scene in pixels.
    block : int
        Side of a block in pixels without its halo, rounded up to ``multiple``.
    halo : int
        Pixels around a block that can influence it. With the receptive field's reach or more, the blocks'
        predictions equal the whole scene's.
    multiple : int
        What the sides of every array given to the network are a multiple of; blocks start on it, too.

    Returns
    -------
    list of Block
        Line by line. Their ``start:stop`` parts cover the scene without overlap.

    Examples
    --------
    >>> [(b.lines.start, b.lines.stop, b.samples.pad) for b in blocks((20, 10), 16, 4, 4)]
    [(0, 16, 2), (16, 20, 2)]
    """
    columns = list(spans(shape[1], block, halo, multiple))
    return [Block(rows, column) for rows in spans(shape[0], block, halo, multiple) for column in columns]


def _round_up(length: int, multiple: int) -> int:
    return -(-length // multiple) * multiple
