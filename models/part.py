"""Method C of Colin et al. 2022 (Section 3.3): the categorizer on small tiles, each by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch.nn.functional import pad

from .inception import Inception
from .predictor import Predictor, interpolation


@dataclass(frozen=True)
class Tiles:
    """Side, odd and at least 75, of the tiles, and the stride from one to the next."""

    side_px: int
    stride_px: int

    def centres(self, length_px: int) -> np.ndarray:
        """Return the middle pixels of the tiles along a side.

        Those of the tiles that lie within the image (18 and 9 of the paper's on 512 px), and before and
        after them, by the same stride, those within the image whose tiles reach over its border.
        """
        return np.arange(self.side_px // 2 % self.stride_px, length_px, self.stride_px)


# The paper's two choices.
PART_75 = Tiles(75, 25)
PART_129 = Tiles(129, 43)


def part_maps(predictor: Predictor[Inception], roughness: np.ndarray, tiles: Tiles) -> np.ndarray:
    """Return (10, H/8, W/8) float32 probabilities of (H, W) sqrt roughness at 50 m.

    Between the tiles' middles they are interpolated. The image is reflected beyond its border, which the
    paper leaves open, so H and W must exceed half a tile.
    """
    scores = tile_scores(predictor, roughness, tiles)
    rows, columns = (
        interpolation(tiles.centres(side), predictor.cell_centres(side)) for side in roughness.shape
    )
    return rows @ scores @ columns.T


def tile_scores(predictor: Predictor[Inception], roughness: np.ndarray, tiles: Tiles) -> np.ndarray:
    """Return the (10, lines, samples) float32 probabilities of the tiles."""
    half, side, stride = tiles.side_px // 2, tiles.side_px, tiles.stride_px
    padded = pad(predictor.image(roughness), (half,) * 4, mode="reflect")
    lines, samples = (tiles.centres(length) for length in roughness.shape)
    # In the padded image a tile starts where its middle is in the image.
    grid = padded[0, 0, lines[0] :, samples[0] :].unfold(0, side, stride).unfold(1, side, stride)
    scores = predictor.probabilities(grid.reshape(-1, 1, side, side))  # (tiles, 10)
    return scores.T.reshape(-1, len(lines), len(samples)).cpu().numpy()
