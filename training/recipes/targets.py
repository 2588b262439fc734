# SPDX-License-Identifier: GPL-2.0-or-later
"""What losses compare probabilities with."""

from __future__ import annotations

import torch
from torch.nn import functional

from ...core.classes import CLASS_VALUES


def one_hot(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """(N, …) labels to (N, C, …) float32 targets; all zero where unlabelled."""
    # The column of what is unlabelled is made, too, and then dropped.
    first = CLASS_VALUES.start
    return functional.one_hot(labels.long(), first + classes)[..., first:].movedim(-1, 1).float()
