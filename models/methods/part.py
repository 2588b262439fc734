# SPDX-License-Identifier: GPL-2.0-or-later
"""Method C of Colin et al. 2022 (Section 3.3): the categorizer on small tiles, each by itself.

InceptionV3 takes the mean over its last map, so that it names images of any size from 75 px on. Equation 7
has the tile around (x, y) from x - S/2 to x + S/2; as its sides are odd, a tile of 75 px is pixels x - 37 to
x + 37. Tiles share nothing that could be computed once: at strides of 25 and 43 px the network's own
strides, 2 to 32 px, cut each of them in another way. What helps is to give it many at a time, and none that
shows nodata alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...core.arrays import Array
from ...core.feedback import Feedback
from ...core.methods.image import Image
from ..device import with_back_off
from ..networks.inception import Inception
from .base import Predictor
from .looking import looking
from .sliding_window import SlidingWindow
from .to_cells import on_cells

# Of all tiles that the network is given at once. With fewer too much time goes to its weights, which are laid
# out anew for every batch; with more its widest maps no longer fit into a processor's cache.
BATCH_PX = 800_000


@dataclass(frozen=True)
class Tiles(SlidingWindow):
    """Tiles of an image that the categorizer gets one by one."""

    SIDES_PX: ClassVar[tuple[int, int]] = (Inception.LEAST, 1023)

    def centres(self, length_px: int) -> Array:
        """Return the middle pixels of the tiles along a side.

        Those of the tiles that lie within the image (18 and 9 of the paper's on 512 px), and before and
        after them, by the same stride, those within the image whose tiles reach over its border. An image too
        short for any has one in its middle.

        Examples
        --------
        >>> Tiles(side_px=75, stride_px=25).centres(104).tolist()
        [12, 37, 62, 87]
        """
        centres = np.arange(self.side_px // 2 % self.stride_px, length_px, self.stride_px)
        return centres if centres.size else np.array([length_px // 2])

    def window(self, centre: int) -> slice:
        """Return the pixels of the tile with this middle, along a side."""
        return slice(centre - self.side_px // 2, centre + self.side_px // 2 + 1)


class TileByTile(Predictor[Inception]):
    """The classes of tiles of an image at 50 m, bilinear between the tiles' middles.

    The image is reflected beyond its border, which the paper leaves open.
    """

    NETWORK = Inception

    def __init__(self, *network: Any, side_px: int, stride_px: int, **options: Any) -> None:
        self.tiles = Tiles(side_px, stride_px)
        # As many pixels at once whatever the tiles' size.
        options.setdefault("batch", max(BATCH_PX // side_px**2, 1))
        super().__init__(*network, **options)

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        centres = [self.tiles.centres(side) for side in image.shape]
        scores = self.tile_scores(image, feedback)
        return on_cells(scores, centres, image.known_pixels.shape, self.output_stride)

    def tile_scores(self, image: Image, feedback: Feedback) -> Array:
        """Return the (10, lines, samples) float32 probabilities of tiles; 0 where nothing near is known."""
        with looking(self.network, feedback) as watch:
            return with_back_off(partial(self._in_batches, image, watch), self.batch, 1, self.device)

    def _in_batches(self, image: Image, feedback: Feedback, batch: int) -> Array:
        """Return the scores of all tiles, at most ``batch`` at once; batches go on from line to line."""
        rows, columns = (self.tiles.centres(side) for side in image.shape)
        scores = np.zeros((self.network.config.classes, len(rows), len(columns)), np.float32)
        wanted = np.argwhere([self._near_something_known(image, row, columns) for row in rows])
        for start in range(0, len(wanted), batch):
            feedback.progress(start / len(wanted))
            lines, samples = wanted[start : start + batch].T
            tiles = self._tiles(image, rows[lines], columns[samples])
            scores[:, lines, samples] = self.probabilities(self.tensor(tiles)).T.cpu().numpy()
        return scores

    def _near_something_known(self, image: Image, row: int, columns: Array) -> list[bool]:
        """Return for each tile of a line whether a cell that is interpolated from it may hold something."""
        lines, reach = self.tiles.window(row), self.tiles.stride_px
        return [image.known(lines, self.tiles.window(column), reach) for column in columns]

    def _tiles(self, image: Image, rows: Array, columns: Array) -> Array:
        """Return (n, side, side) tiles with these middles, given line by line, as they are read."""
        return np.concatenate([self._line(image, row, columns[rows == row]) for row in np.unique(rows)])

    def _line(self, image: Image, row: int, columns: Array) -> Array:
        """Return (n, side, side) tiles of one line: views of one strip, as tiles overlap by two thirds."""
        first, last = self.tiles.window(columns[0]), self.tiles.window(columns[-1])
        strip = image.read(self.tiles.window(row), slice(first.start, last.stop))
        tiles = sliding_window_view(strip, self.tiles.side_px, axis=1)[
            :, columns - columns[0]
        ]  # (side, n, side)
        return np.moveaxis(tiles, 1, 0)
