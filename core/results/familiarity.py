# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a scene looks like the images that the networks learnt from.

A network says something of anything. Where blocks of 6.4 km have a brightness or texture that training images
had not, it is not to be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..arrays import Array
from ..feedback import Feedback
from ..files.raster import open_raster
from ..methods.protocol import Method
from ..roughness.roughness import Roughness

# Label cells along the side of a block: 16 of 400 m are 6.4 km, about a third of an imagette's side.
BLOCK_CELLS = 16
# Blocks of which less is known say too little of themselves.
LEAST_KNOWN = 0.75
# Percent of the blocks beyond which the user is warned.
MANY_PERCENT = 25.0
# Instead of zero where something is divided by it: a block without any texture has finite statistics.
_TINY = np.finfo(np.float32).tiny


@dataclass(frozen=True)
class Blocks:
    """Some blocks.

    Attributes
    ----------
    statistics : (n, 4)
        In the order of `metocean.core.methods.training_ranges.STATISTICS`.
    known_pixels : (n,)
        How many of each block's pixels are known.
    """

    statistics: Array
    known_pixels: Array


def texture_blocks(roughness: Array, step: int) -> Blocks:
    """Return the blocks of (H, W) sqrt roughness, negative where nothing is known.

    ``step`` is the pixels along the side of a label cell: 4 of 100 m, 8 of 50 m. What is left over beside
    whole blocks does not count.
    """
    side = BLOCK_CELLS * step
    lines, samples = (length // side for length in roughness.shape)
    # Pixels of a block are sorted by label cell: how much of the variance lies within cells, as waves and
    # speckle do, and how much between them, as fronts and cells of convection do, tells textures apart.
    whole = roughness[: lines * side, : samples * side]
    cells = whole.reshape(lines, BLOCK_CELLS, step, samples, BLOCK_CELLS, step).transpose(0, 3, 1, 4, 2, 5)
    cells = cells.reshape(lines * samples, BLOCK_CELLS**2, step**2)
    known_pixels = (cells >= 0).sum(axis=(1, 2))
    enough = known_pixels >= LEAST_KNOWN * side**2
    return Blocks(_statistics(cells[enough]), known_pixels[enough])


def _statistics(cells: Array) -> Array:
    """Return the (n, 4) statistics of (n, cells, pixels), negative where nothing is known."""
    # Unknown pixels have no deviation and are left out of the counts; holes change nothing.
    known = cells >= 0
    each = known.sum(axis=2)
    count = each.sum(axis=1)
    mean = np.where(known, cells, 0).sum(axis=(1, 2), dtype=float) / count
    deviation = np.where(known, cells - mean[:, None, None], 0)
    square = deviation**2
    variance = np.maximum(square.sum(axis=(1, 2)) / count, _TINY)
    skew = (square * deviation).sum(axis=(1, 2)) / count / variance**1.5
    between = (deviation.sum(axis=2) ** 2 / np.maximum(each, 1)).sum(axis=1) / count
    return np.stack([mean, np.sqrt(variance) / np.maximum(mean, _TINY), skew, 1 - between / variance], axis=1)


@dataclass(frozen=True)
class Familiarity:
    """How much of a scene is unlike training images.

    Attributes
    ----------
    blocks, unlike : int
        How many blocks were looked at, and how many of them lie outside the ranges.
    unlike_pixels : int
        Known pixels of these.
    """

    blocks: int
    unlike: int
    unlike_pixels: int

    @property
    def percent(self) -> float:
        """Share of the blocks that are unlike."""
        return 100 * self.unlike / self.blocks

    def tell(self, feedback: Feedback) -> None:
        """Log it, as a warning where it is much."""
        told = (
            f"{self.percent:.0f} % of the scene's {self.blocks} blocks of 6.4 km have a brightness or "
            "texture that no training image has"
        )
        if self.percent > MANY_PERCENT:
            feedback.warn(f"{told}: look at the roughness before you trust the classes there.")
        else:
            feedback.info(f"{told}.")


def familiarity(roughness: Roughness, method: Method, feedback: Feedback) -> Optional[Familiarity]:
    """Compare a scene with training images; None where it is too small, or nothing is known of them.

    ``roughness`` has the resolution of ``method``, whose training images are meant.
    """
    ranges = method.training_ranges
    if method.resolution_m not in ranges.boxes:
        return None
    # Boxes are of one resolution: texture at 50 m is another than at 100 m.
    found = list(_strips(roughness, method.output_stride, feedback))
    unlike = [ranges.unlike(strip.statistics, method.resolution_m) for strip in found]
    count = sum(len(strip.known_pixels) for strip in found)
    pixels = sum(int(strip.known_pixels[chosen].sum()) for strip, chosen in zip(found, unlike))
    return Familiarity(count, sum(int(chosen.sum()) for chosen in unlike), pixels) if count else None


def _strips(roughness: Roughness, step: int, feedback: Feedback) -> Iterator[Blocks]:
    # Strip by strip, as high as a block: memory does not grow with the length of a scene.
    raster, side = open_raster(roughness.path), BLOCK_CELLS * step
    lines, samples = roughness.shape
    for line in range(0, lines - side + 1, side):
        feedback.progress(line / lines)
        yield texture_blocks(raster.GetRasterBand(1).ReadAsArray(0, line, samples, side), step)
