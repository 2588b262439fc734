# SPDX-License-Identifier: GPL-2.0-or-later
"""What the images that a network learnt from have of brightness and texture, so that others can be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..arrays import Array
from ..errors import ModelError

# By these `metocean.core.results.familiarity` tells what a network knows nothing of, as it says something of
# anything. Of a block: mean sqrt roughness; standard deviation over mean; skew; share of the variance that is
# within label cells of 400 m, as waves and speckle are.
STATISTICS = ("mean", "variation", "skew", "fine_share")
# The file is small; a larger one is none of ours.
LARGEST_FILE_BYTES = 100_000


@dataclass(frozen=True)
class TrainingRanges:
    """What blocks of a network's training images have of `STATISTICS`; nothing where that is not known.

    Attributes
    ----------
    boxes : dict of float to (kinds, 4, 2) array
        By resolution in metres: lowest and highest of each of `STATISTICS`, for each kind of training image.
    """

    boxes: Mapping[float, Array] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> TrainingRanges:
        """Read what `metocean.training.statistics` wrote; a `ModelError` where the file is damaged.

        Without the file there are no ranges, and nothing is known to be unlike them.
        """
        # The comparison is a service, not a condition: networks work without it.
        if not path.exists():
            return cls()
        try:
            if path.stat().st_size > LARGEST_FILE_BYTES:
                raise ValueError("too large")
            content = json.loads(path.read_text(encoding="utf-8"))["ranges"]
            return cls({float(metres): _boxes(kinds) for metres, kinds in content.items()})
        # All that JSON of another shape can end in: a list where a table should be, a text for a number.
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(f"{path} is damaged ({error}); install it again, or delete it.") from error

    def unlike(self, statistics: Array, resolution_m: float) -> Array:
        """Return (n,) bool, True for statistics (n, 4) that lie in none of the boxes.

        ``resolution_m`` has to be one of those in ``boxes``.
        """
        low, high = np.moveaxis(self.boxes[resolution_m], -1, 0)
        values = statistics[:, None]
        # All four ranges of one kind: over all kinds together they would hold mixtures that no image has.
        known: Array = ((values >= low) & (values <= high)).all(axis=2).any(axis=1)
        return ~known


def _boxes(kinds: Mapping[str, Mapping[str, list[float]]]) -> Array:
    boxes = np.array([[kind[name] for name in STATISTICS] for kind in kinds.values()], float)
    if boxes.ndim != 3 or boxes.shape[2] != 2 or not np.isfinite(boxes).all():
        raise ValueError("no ranges")
    return boxes
