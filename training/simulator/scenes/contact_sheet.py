# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture of simulated images beside their labels, to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ....core.arrays import Array
from ....core.classes import CODES, palette
from ...data.quicklooks import stretch
from ...data.resizing import halved
from . import wide_imagettes
from .shard_writer import SEEDS_EACH
from .training_images import LabelledImage, training_image, wide_images


def write_sheet(path: Path, rows: Iterable[Sequence[LabelledImage]]) -> None:
    """Draw rows of images at 100 m, each beside its labels."""
    # Loaded here: only a sheet needs it.
    import matplotlib.image

    tiles = [np.concatenate([_tile(image, labels) for image, labels, _ in row], 1) for row in rows]
    matplotlib.image.imsave(path, np.concatenate(tiles, 0))


def by_class(seed: int, columns: int = 6) -> Iterator[list[LabelledImage]]:
    """Yield images of each class in turn."""
    # Seeds that come before those of the shards of this seed, so that no image of the sheet is trained on.
    before = seed * SEEDS_EACH - 1
    for number, code in enumerate(CODES):
        yield [training_image(before - column - 100 * number, code) for column in range(columns)]


def by_scene(seed: int, scenes: int = 3) -> Iterator[list[LabelledImage]]:
    """Yield the rows of images of each of several wide scenes."""
    for number in range(scenes):
        images, across = wide_images(seed * SEEDS_EACH - 1 - number), wide_imagettes.ACROSS
        yield from (images[start : start + across] for start in range(0, len(images), across))


def _tile(image: Array, labels: Array) -> Array:
    # A quick-look of the power, as published ones are, not of the square root that networks see.
    grey = stretch(np.square(halved(image).astype(np.float32)))
    aside = np.pad(palette()[labels], ((0, len(grey) - len(labels)), (0, 0), (0, 0)))
    return np.concatenate([grey[:, :, None].repeat(3, 2), aside], 1)
