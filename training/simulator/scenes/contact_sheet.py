"""A picture of simulated images beside their labels, to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ....core.classes import CLASSES, CODES
from ...data.quicklooks import stretch
from ...data.shards import halved
from . import wide
from .training_images import Triple, training_image, wide_images


def write_sheet(path: Path, rows: Iterable[Sequence[Triple]]) -> None:
    """Draw rows of images at 100 m, each beside its labels."""
    import matplotlib.image

    tiles = [np.concatenate([_tile(image, labels) for image, labels, _ in row], 1) for row in rows]
    matplotlib.image.imsave(path, np.concatenate(tiles, 0))


def by_class(seed: int, columns: int = 6) -> Iterator[list[Triple]]:
    """Yield images of each class in turn."""
    before = seed * 10_000_000 - 1
    for number, code in enumerate(CODES):
        yield [training_image(before - column - 100 * number, code) for column in range(columns)]


def by_scene(seed: int, scenes: int = 3) -> Iterator[list[Triple]]:
    """Yield the rows of images of each of several wide scenes."""
    for number in range(scenes):
        images = wide_images(seed * 10_000_000 - 1 - number)
        yield from (images[start : start + wide.ACROSS] for start in range(0, wide.IMAGETTES, wide.ACROSS))


def _tile(image: np.ndarray, labels: np.ndarray) -> np.ndarray:
    grey = stretch(np.square(halved(image).astype(np.float32)))
    colours = np.array([(0, 0, 0)] + [c.rgb for c in CLASSES], np.uint8)
    aside = np.pad(colours[labels], ((0, len(grey) - len(labels)), (0, 0), (0, 0)))
    return np.concatenate([grey[:, :, None].repeat(3, 2), aside], 1)
