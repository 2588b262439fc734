"""Method C of Colin et al. 2022 (Section 3.3): the categorizer on small tiles, each by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from ..core.feedback import Feedback
from ..core.image import Image
from .device import with_back_off
from .grids import on_cells
from .inception import Inception
from .predictor import Predictor
from .squares import Squares


@dataclass(frozen=True)
class Tiles(Squares):
    """Tiles of an image that the categorizer gets one by one."""

    SIDES_PX: ClassVar[tuple[int, int]] = (Inception.LEAST, 1023)

    def centres(self, length_px: int) -> np.ndarray:
        """Return the middle pixels of the tiles along a side.

        Those of the tiles that lie within the image (18 and 9 of the paper's on 512 px), and before and
        after them, by the same stride, those within the image whose tiles reach over its border. An image too
        short for any has one in its middle.
        """
        centres = np.arange(self.side_px // 2 % self.stride_px, length_px, self.stride_px)
        return centres if centres.size else np.array([length_px // 2])

    def around(self, centre: int) -> slice:
        """Return the pixels of the tile with this middle, along a side."""
        return slice(centre - self.side_px // 2, centre + self.side_px // 2 + 1)


class TileByTile(Predictor[Inception]):
    """The classes of tiles of an image at 50 m, bilinear between the tiles' middles.

    The image is reflected beyond its border, which the paper leaves open.
    """

    NETWORK = Inception

    def __init__(self, *network: Any, side_px: int, stride_px: int, **options: Any) -> None:
        super().__init__(*network, **options)
        self.tiles = Tiles(side_px, stride_px)

    def predict(self, image: Image, feedback: Feedback) -> np.ndarray:
        """Return the class probabilities of a whole image; see `metocean.core.method.Method`."""
        centres = [self.tiles.centres(side) for side in image.shape]
        scores = self.tile_scores(image, feedback)
        return on_cells(scores, centres, image.known_pixels.shape, self.output_stride)

    def tile_scores(self, image: Image, feedback: Feedback) -> np.ndarray:
        """Return the (10, lines, samples) float32 probabilities of tiles; 0 where nothing near is known."""
        rows, columns = (self.tiles.centres(side) for side in image.shape)
        scores = np.zeros((len(rows), len(columns), self.network.config.classes), np.float32)
        for done, line in enumerate(rows):
            feedback.progress(done / len(rows))
            chosen = self._near_something_known(image, line, columns)
            if chosen.any():
                scores[done, chosen] = self._scores(self._tiles(image, line, columns)[chosen])
        return np.moveaxis(scores, -1, 0)

    def _near_something_known(self, image: Image, line: int, columns: np.ndarray) -> np.ndarray:
        """Return for each tile of a line whether a cell that is interpolated from it may hold something."""
        lines, reach = self.tiles.around(line), self.tiles.stride_px
        return np.array([image.known(lines, self.tiles.around(column), reach) for column in columns])

    def _tiles(self, image: Image, line: int, columns: np.ndarray) -> np.ndarray:
        """Return a line of tiles, (n, side, side)."""
        first, last = self.tiles.around(columns[0]), self.tiles.around(columns[-1])
        strip = image.read(self.tiles.around(line), slice(first.start, last.stop))
        tiles = sliding_window_view(strip, self.tiles.side_px, axis=1)[:, :: self.tiles.stride_px]
        return np.moveaxis(tiles, 1, 0)

    def _scores(self, tiles: np.ndarray) -> np.ndarray:
        """Return the (n, 10) probabilities of (n, side, side) tiles."""
        return with_back_off(partial(self._in_batches, tiles), self.batch, 1, self.device).cpu().numpy()

    def _in_batches(self, tiles: np.ndarray, batch: int) -> torch.Tensor:
        starts = range(0, len(tiles), batch)
        return torch.cat([self.probabilities(self.tensor(tiles[start : start + batch])) for start in starts])
