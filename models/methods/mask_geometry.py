# SPDX-License-Identifier: GPL-2.0-or-later
"""The masks of method B: where they lie, what each of them hides, and in which batches they are tried."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np
import torch

from ...core.arrays import Array
from ...core.errors import OptionError
from ..registry import FILLS
from .patches import Intervals
from .sliding_window import SlidingWindow

IMAGETTE_PX = 512  # 25.6 km at 50 m: what the paper gives its categorizer


@dataclass(frozen=True)
class Masks(SlidingWindow):
    """Squares that hide a part of an image, one at a time.

    A stride of 32 gives the paper's 16 x 16 masks on 512 px; its text has 25, which gives 20 x 20.

    Attributes
    ----------
    fill : str
        One of `FILLS`: what they show, the image's mean or zero.
    """

    SIDES_PX: ClassVar[tuple[int, int]] = (1, IMAGETTE_PX - 1)
    fill: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fill not in FILLS:
            raise OptionError(
                f"Masks are filled with {' or '.join(FILLS)}; {self.fill!r} is not possible.", option="fill"
            )

    def cover(self, length_px: int) -> Array:
        """Return (length_px, n) bool: along one side, whether a mask at each of n centres hides a pixel."""
        # Each pixel has to be hidden by some mask, or its mean would be one over nothing. Where the stride is
        # long, only a mask that is centred beyond the border hides the last pixels.
        stop = max(length_px, length_px - 1 - self.side_px // 2 + self.stride_px)
        centres = np.arange(self.stride_px // 2, stop, self.stride_px)
        return np.abs(np.arange(length_px)[:, None] - centres) <= self.side_px / 2


def batches(lines: int, samples: int, most: int) -> list[tuple[Array, Array]]:
    """Return which lines of masks with which samples make up each batch of at most ``most`` masks.

    Those of a batch are about as far from the border. What a mask can change ends at the border, and all
    masks of a batch are computed over an area as large as the largest of them needs: fewer cells are
    computed in vain.
    """
    side = math.isqrt(most)
    return list(product(_groups(lines, side), _groups(samples, most // side)))


def _groups(count: int, most: int) -> list[Array]:
    """Return the positions 0 to ``count``, those nearest to either end first, in groups."""
    positions = np.arange(count)
    from_border = np.argsort(np.minimum(positions, positions[::-1]), kind="stable")
    return [from_border[start : start + most] for start in range(0, count, most)]


def hidden_pixels(rows: Array, columns: Array) -> torch.Tensor:
    """Return (masks, 1, H, W) bool, whether a mask hides a pixel, from (H, n) and (W, m) along the sides."""
    hidden = rows.T[:, None, :, None] & columns.T[None, :, None, :]  # (n, m, H, W)
    return torch.from_numpy(hidden.reshape(-1, 1, len(rows), len(columns)))


def hidden_intervals(cover: Array) -> Intervals:
    """Return the pixels that each of the masks in (length, n) ``cover`` hides along one side."""
    first = cover.argmax(axis=0)
    return Intervals.from_limits(first.tolist(), (first + cover.sum(axis=0)).tolist(), len(cover))


def mean_over_masks(cover: Array, step: int) -> Array:
    """Return (length / step, n) float32: the masks' weights in a cell, the mean of its pixels' means."""
    weights = cover / cover.sum(axis=1, keepdims=True)
    of_cells: Array = weights.reshape(-1, step, cover.shape[1]).mean(axis=1)
    return of_cells.astype(np.float32)
