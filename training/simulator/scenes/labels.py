# SPDX-License-Identifier: GPL-2.0-or-later
"""What annotators leave out of a simulated image: real masks do not cover all of theirs."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from ....core.arrays import Array
from ....core.classes import value_of
from ..draws import Draws
from ..sea import UNLABELLED


def leave_unlabelled(rng: Draws, labels: Array, share: float) -> None:
    """Unlabel about a ``share`` of an image next to where classes meet: annotators leave out what is unclear.

    Icebergs keep their labels. Some meetings are clear: leaving out all would erase whatever is thin. Where
    nothing meets, a corner is left out. In two of seven masks of the paper's authors 12 and 27 % are left
    out.
    """
    # Coarser than the image: what is left out follows no detail, and distances are found in no time.
    step = 8
    coarse = labels[::step, ::step]
    meeting = np.zeros(coarse.shape, bool)
    meeting[1:] |= coarse[1:] != coarse[:-1]
    meeting[:, 1:] |= coarse[:, 1:] != coarse[:, :-1]
    meeting &= _one_side(rng, coarse.shape)
    if not meeting.any():
        meeting[(0, -1)[int(rng.integers(2))], (0, -1)[int(rng.integers(2))]] = True
    distance = ndimage.distance_transform_edt(~meeting)
    unclear = (distance <= np.quantile(distance, share)).repeat(step, 0).repeat(step, 1)
    unclear = unclear[: labels.shape[0], : labels.shape[1]]
    labels[unclear & (labels != value_of("IB"))] = UNLABELLED


def _one_side(rng: Draws, shape: tuple[int, ...]) -> Array:
    """Return what lies on one side of a line through the middle third of an image."""
    angle = rng.uniform(0, 2 * np.pi)
    rows, columns = (np.linspace(-1, 1, side) for side in shape)
    values: Array = rows[:, None] * np.sin(angle) + columns * np.cos(angle) > rng.uniform(-1 / 3, 1 / 3)
    return values
