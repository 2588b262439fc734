"""From the simulator's grid to the networks' label cells of about 400 m, some of them left unlabelled."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from ...core.classes import CLASSES, class_index
from .draws import Draws
from .sea import UNLABELLED


def network_labels(labels: np.ndarray, step: int) -> np.ndarray:
    """Return labels on the network's output grid, cells of ``step`` x ``step`` pixels.

    A cell is an iceberg's if any pixel of it is, an oceanic front's from a fifth of its area on, otherwise of
    the class that has at least half of it; else 0 (unlabelled).
    """
    rows, columns = labels.shape[0] // step, labels.shape[1] // step
    blocks = labels[: rows * step, : columns * step].reshape(rows, step, columns, step)
    share = np.stack([(blocks == value).mean((1, 3)) for value in range(1, len(CLASSES) + 1)])
    best = share.argmax(0)
    result = np.where(share.max(0) >= 0.5, best + 1, 0)
    front, berg = class_index("OF"), class_index("IB")
    result = np.where(share[front] >= 0.2, front + 1, result)
    return np.where(share[berg] > 0, berg + 1, result).astype(np.uint8)


def leave_unlabelled(rng: Draws, labels: np.ndarray, share: float) -> None:
    """Unlabel about a ``share`` of an image next to where classes meet: annotators leave out what is unclear.

    Icebergs keep their labels. Some meetings are clear: leaving out all would erase whatever is thin. Where
    nothing meets, a corner is left out.
    """
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
    labels[unclear & (labels != class_index("IB") + 1)] = UNLABELLED


def _one_side(rng: Draws, shape: tuple[int, ...]) -> np.ndarray:
    """Return what lies on one side of a line through the middle third of an image."""
    angle = rng.uniform(0, 2 * np.pi)
    rows, columns = (np.linspace(-1, 1, side) for side in shape)
    return rows[:, None] * np.sin(angle) + columns * np.cos(angle) > rng.uniform(-1 / 3, 1 / 3)
