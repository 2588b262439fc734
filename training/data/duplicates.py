# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that two published data sets have in common, whatever their names, sizes and grey levels.

Those with masks are a part of those with names alone (paper, Section 2), resized and stretched anew. An image
of the test set that was trained on would be scored for what was remembered.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import ndimage

from ...core.arrays import Array
from .shards import Shard

SIDE = 32
# Correlation of what SIDE x SIDE pixels show from which two images are one. Of 750,000 pairs of different
# simulated images the most alike have 0.60, the next 0.37; 99 % of images have 0.89 with their quick-looks.
ALIKE = 0.7
# Images read at a time: shards may be larger than memory.
_AT_ONCE = 64


class DuplicateFinder:
    """Tells which images of a shard are among those of others: ``duplicates(shard)`` is (N,) bool."""

    def __init__(self, others: list[Shard]) -> None:
        self._others = np.concatenate([np.zeros((0, SIDE**2), np.float32), *map(structure, others)])
        self._known: dict[Path, Array] = {}

    def __call__(self, shard: Shard) -> Array:
        """Compare the images of a shard; a second time the answer is remembered."""
        if shard.path not in self._known:
            # Of vectors of length 1 the product is the correlation.
            likeness = structure(shard) @ self._others.T
            self._known[shard.path] = (likeness > ALIKE).any(axis=1)
            count = np.count_nonzero(self._known[shard.path])
            if count:
                print(
                    f"{shard.path}: {count} images are left out, which are also in the test or validation set"
                )
        return self._known[shard.path]


def structure(shard: Shard) -> Array:
    """Return (N, 1024) float32 of length 1: what stands out of its surroundings; 0 where nothing does.

    Grey levels, trends and the stretch of a quick-look are gone with the surroundings' mean, and with the
    length.
    """
    pixels = shard.images.shape[-1] // SIDE
    seen = []
    for first in range(0, len(shard.images), _AT_ONCE):
        images = shard.images[first : first + _AT_ONCE, : SIDE * pixels, : SIDE * pixels]
        means = images.reshape(-1, SIDE, pixels, SIDE, pixels).mean((2, 4), dtype=np.float32)
        seen.append(means - ndimage.uniform_filter(means, (0, 7, 7)))
    flat: Array = np.concatenate([np.zeros((0, SIDE, SIDE), np.float32), *seen]).reshape(-1, SIDE**2)
    # Of an image of one value nothing stands out; rounding must not make it like another.
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-3)
    return flat
