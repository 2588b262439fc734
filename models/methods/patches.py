# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of maps that are computed by themselves: where they lie along an axis, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import torch


@dataclass(frozen=True)
class Intervals:
    """Parts of a map along one axis, in cells: what a mask covers, or what of a map it can have changed.

    Attributes
    ----------
    starts : tuple of int
        One for each.
    size : int
        The same for all, so that they can be computed together.
    length : int
        Of the map; all lie within.
    """

    starts: tuple[int, ...]
    size: int
    length: int

    @classmethod
    def from_limits(cls, first: Sequence[int], stop: Sequence[int], length: int) -> Intervals:
        """Return the smallest intervals that hold, each, what the map has of ``first`` to ``stop``."""
        limits = [(max(a, 0), min(b, length)) for a, b in zip(first, stop)]
        # Never empty: a stride can leave out the cells that changed, and a layer takes no map without any.
        size = max(1, *(b - a for a, b in limits))
        # All have the size of the largest; near the far border they begin earlier, to stay within the map.
        return cls(tuple(min(a, length - size) for a, _ in limits), size, length)

    @classmethod
    def from_union(cls, parts: Sequence[Intervals]) -> Intervals:
        """Return the smallest intervals that hold, each, its counterparts in all of these, of one map."""
        first = [min(starts) for starts in zip(*(part.starts for part in parts))]
        stop = [max(stops) for stops in zip(*([a + part.size for a in part.starts] for part in parts))]
        return cls.from_limits(first, stop, parts[0].length)

    def whole_map(self) -> Intervals:
        """Return as many that are, each, all of the map."""
        return Intervals((0,) * len(self.starts), self.length, self.length)

    def padded(self, padding: int) -> Intervals:
        """Return the same cells as counted in the padded map."""
        return Intervals(tuple(a + padding for a in self.starts), self.size, self.length + 2 * padding)

    def through(self, kernel: int, stride: int) -> Intervals:
        """Return the outputs of a layer that pads nothing which see any of these cells.

        Output n of such a layer sees cells n * stride to n * stride + kernel - 1.
        """
        first = [-((kernel - 1 - a) // stride) for a in self.starts]  # (a - kernel + 1) / stride, rounded up
        stop = [(a + self.size - 1) // stride + 1 for a in self.starts]
        return Intervals.from_limits(first, stop, (self.length - kernel) // stride + 1)

    def seen(self, kernel: int, stride: int, length: int) -> Intervals:
        """Return what these outputs of such a layer see of its input, ``length`` cells long."""
        return Intervals(tuple(a * stride for a in self.starts), (self.size - 1) * stride + kernel, length)

    def slices(self) -> list[slice]:
        """Return the cells of each."""
        return [slice(a, a + self.size) for a in self.starts]

    def overlaps(self, other: Intervals) -> list[tuple[slice, slice]]:
        """Return what each shares with its counterpart, as cells of the one and cells of the other."""
        pairs = []
        for a, b in zip(self.starts, other.starts):
            first = max(a, b)
            stop = max(min(a + self.size, b + other.size), first)
            pairs.append((slice(first - a, stop - a), slice(first - b, stop - b)))
        return pairs


class Patch(NamedTuple):
    """Values (N, C, h, w) of N parts of a map: each of ``rows`` with each of ``columns``, line by line."""

    values: torch.Tensor
    rows: Intervals
    columns: Intervals

    @property
    def is_whole_map(self) -> bool:
        """Whether each part is all of the map."""
        return self.rows.size == self.rows.length and self.columns.size == self.columns.length

    def within(self, rows: Intervals, columns: Intervals, known: torch.Tensor) -> Patch:
        """Return these parts of the map ``known`` (1, C, H, W), with what they share with the patch."""
        if (self.rows, self.columns) == (rows, columns):
            return self
        values = torch.cat([known[:, :, y, x] for y, x in product(rows.slices(), columns.slices())])
        shared = product(rows.overlaps(self.rows), columns.overlaps(self.columns))
        for to, source, ((to_y, y), (to_x, x)) in zip(values, self.values, shared):
            to[:, to_y, to_x] = source[:, y, x]
        return Patch(values, rows, columns)
