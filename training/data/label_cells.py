"""From labels by pixel to the networks' label cells of 400 m."""

from __future__ import annotations

import numpy as np

from ...core.classes import CLASSES, class_index


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
