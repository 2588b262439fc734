"""Cut a map into blocks whose predictions, side by side, equal the prediction of the whole map.

A block is read with a halo and clipped at the map's border, so that a network's own zero padding acts exactly
where it would for the whole map.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """One axis of a block: cells ``read_start:read_stop`` are read, ``start:stop`` are its own."""

    read_start: int
    read_stop: int
    start: int
    stop: int

    @property
    def read(self) -> slice:
        """What is read."""
        return slice(self.read_start, self.read_stop)

    @property
    def own(self) -> slice:
        """What is the block's own."""
        return slice(self.start, self.stop)

    def crop(self, stride: int) -> slice:
        """Return the cells of a prediction of what is read that belong to ``start:stop``."""
        return slice((self.start - self.read_start) // stride, -(-(self.stop - self.read_start) // stride))

    def cells(self, stride: int) -> slice:
        """Return where those cells lie in the whole map's prediction."""
        return slice(self.start // stride, -(-self.stop // stride))


@dataclass(frozen=True)
class Block:
    """A block: its lines and its samples."""

    lines: Span
    samples: Span


def spans(length: int, block: int, halo: int, multiple: int) -> Iterator[Span]:
    """Yield the spans of one axis; see `blocks`."""
    halo = round_up(halo, multiple)
    number = -(-length // block)
    block = round_up(-(-length // number), multiple)
    for start in range(0, length, block):
        stop = min(start + block, length)
        yield Span(max(0, start - halo), min(stop + halo, length), start, stop)


def blocks(shape: tuple[int, int], block: int, halo: int, multiple: int) -> list[Block]:
    """Return the blocks that cover a map.

    Parameters
    ----------
    shape : (lines, samples)
        Size of the map.
    block : int
        Largest side of a block, without its halo and before it becomes a multiple; all are much the same.
    halo : int
        Cells around a block that can influence it. With the receptive field's reach or more, the blocks'
        predictions equal the whole map's.
    multiple : int
        Blocks and what is read for them start on a multiple of this, and end on one or at the border.

    Returns
    -------
    list of Block
        Line by line. Their ``start:stop`` parts cover the map without overlap.

    Examples
    --------
    >>> [(b.lines.start, b.lines.stop, b.samples.read_stop) for b in blocks((20, 8), 12, 4, 4)]
    [(0, 12, 8), (12, 20, 8)]
    """
    columns = list(spans(shape[1], block, halo, multiple))
    return [Block(rows, column) for rows in spans(shape[0], block, halo, multiple) for column in columns]


def round_up(length: int, multiple: int) -> int:
    """Return the least multiple that is not below ``length``."""
    return -(-length // multiple) * multiple
