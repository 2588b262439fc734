# SPDX-License-Identifier: GPL-2.0-or-later
"""Random logits, and labels of which some are 0, unlabelled."""

from __future__ import annotations

import torch


def random_batch(seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, 10, 6, 6, generator=generator)
    labels = torch.randint(0, 11, (2, 6, 6), generator=generator, dtype=torch.uint8)
    return logits, labels
