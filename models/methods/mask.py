"""Method B of Colin et al. 2022 (Section 3.2): what hiding a part of the image does to the image's scores.

Equation 3 is read as it must be meant: a square is hidden, not a cross. Equation 4: the drop of the image's
score, where there is one, averaged over the masks that cover a pixel.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, ClassVar

import numpy as np
import torch

from ...core.errors import OptionError
from ...core.feedback import Feedback
from ...core.methods.image import Image
from ...core.methods.protocol import Method
from ..device import with_back_off
from ..networks.inception import Inception
from ..registry import DROP_THRESHOLD, FILLS
from .base import Predictor
from .mosaic import mosaic, tile_px, tiles
from .partial_inception import PartialInception, Windows
from .square_grids import SquareGrid

IMAGETTE_PX = 512
# Of an image with a part hidden, compared with a whole one.
PARTIAL_COST = 0.5


@dataclass(frozen=True)
class Masks(SquareGrid):
    """Squares that hide a part of an image, one at a time.

    A stride of 32 gives the paper's 16 x 16 masks on 512 px; its text has 25, which does not.

    Attributes
    ----------
    fill : str
        One of `FILLS`: what they show, the image's mean or zero.
    """

    SIDES_PX: ClassVar[tuple[int, int]] = (1, IMAGETTE_PX - 1)
    fill: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fill not in FILLS:
            raise OptionError(f"Masks are filled with {' or '.join(FILLS)}; {self.fill!r} is not possible.")

    def cover(self, length_px: int) -> np.ndarray:
        """Return (length_px, n) bool: along one side, whether a mask at each of n centres hides a pixel."""
        # Where the stride is long, a mask centred beyond the border hides the last pixels.
        stop = max(length_px, length_px - 1 - self.side_px // 2 + self.stride_px)
        centres = np.arange(self.stride_px // 2, stop, self.stride_px)
        return np.abs(np.arange(length_px)[:, None] - centres) <= self.side_px / 2


class Mask(Predictor[Inception]):
    """The mean drops of the classes' scores, 400 m a cell, of an image at 50 m.

    They are raw: 0 to 1, seldom above 0.5, and no probabilities over the classes. A scene larger than an
    imagette is always cut into imagettes that overlap by half, as scores are of a whole image.
    """

    NETWORK = Inception
    threshold = DROP_THRESHOLD

    def __init__(self, *network: Any, fill: str, side_px: int, stride_px: int, **options: Any) -> None:
        super().__init__(*network, **options)
        self.masks, self.exclusive = Masks(side_px, stride_px, fill), False
        self.imagette_px = IMAGETTE_PX

    def predict(self, image: Image, feedback: Feedback) -> np.ndarray:
        """Return the class maps of a whole image; see `metocean.core.methods.protocol.Method`."""
        self._announce(image, feedback)
        return mosaic(image, self.imagette_px, self.output_stride, self.imagette, feedback)

    def in_tiles(self) -> Method:
        """Make the paper's tiles the imagettes, as there is no need to cut twice. Returns itself."""
        self.imagette_px = tile_px(self)
        return self

    def imagette(self, image: Image, feedback: Feedback) -> np.ndarray:
        """Return the (10, h, w) maps of an image that is scored as a whole. A cell has its pixels' mean."""
        height, width = (self.network.side(length) for length in image.shape)
        roughness = image.read(slice(0, height), slice(0, width))
        drops = with_back_off(
            partial(score_drops, self, roughness, self.masks, feedback), self.batch, 1, self.device
        )
        rows, columns = (
            _mean_over_masks(self.masks.cover(side), self.output_stride) for side in roughness.shape
        )
        lines, samples = image.known_pixels.shape
        return (rows @ drops @ columns.T)[:, :lines, :samples]

    def _announce(self, image: Image, feedback: Feedback) -> None:
        """Say how long it will take, from what the network takes for one image: nobody waits blindly."""
        imagettes = len(tiles(image, self.imagette_px))
        sides = [min(self.network.side(length), self.imagette_px) for length in image.shape]
        masks = math.prod(self.masks.cover(side).shape[1] for side in sides)
        blank = self.tensor(np.zeros(sides, np.float32))
        self.probabilities(blank)  # the first time takes longer
        started = time.perf_counter()
        self.probabilities(blank)
        minutes = (time.perf_counter() - started) * PARTIAL_COST * masks * imagettes / 60
        feedback.info(
            f"MASK asks the categorizer about {imagettes} imagettes with {masks} masks each: about "
            f"{minutes:.1f} minutes on {self.device}."
        )


def score_drops(
    predictor: Predictor[Inception], roughness: np.ndarray, masks: Masks, feedback: Feedback, batch: int
) -> np.ndarray:
    """Return (10, lines, samples) float32: by how much each mask lowers the image's scores, not below 0.

    At most ``batch`` masks are tried at once.
    """
    image = predictor.tensor(roughness)
    fill = image.mean() if masks.fill == "mean" else image.new_zeros(())
    rows, columns = (masks.cover(side) for side in roughness.shape)
    incremental = PartialInception(predictor.network)
    whole = predictor.probabilities(image, incremental.whole)  # (1, 10)
    drops = np.zeros((whole.shape[1], rows.shape[1], columns.shape[1]), np.float32)
    batches = _batches(rows.shape[1], columns.shape[1], batch)
    for done, (lines, samples) in enumerate(batches):
        feedback.progress(done / len(batches))
        down, along = rows[:, lines], columns[:, samples]
        hidden = torch.where(_squares(down, along).to(image.device), fill, image)
        changed = partial(incremental.changed, rows=_windows(down), columns=_windows(along))
        lost = (whole - predictor.probabilities(hidden, changed)).clamp(min=0)  # (masks, 10)
        drops[:, lines[:, None], samples] = lost.T.reshape(-1, len(lines), len(samples)).cpu().numpy()
    return drops


def _batches(lines: int, samples: int, most: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return which lines of masks with which samples make up each batch of at most ``most`` masks.

    About as far from the border, as what a mask can change ends there: fewer cells are computed in vain.
    """
    side = math.isqrt(most)
    return list(product(_groups(lines, side), _groups(samples, most // side)))


def _groups(count: int, most: int) -> list[np.ndarray]:
    positions = np.arange(count)
    from_border = np.argsort(np.minimum(positions, positions[::-1]), kind="stable")
    return [from_border[start : start + most] for start in range(0, count, most)]


def _squares(rows: np.ndarray, columns: np.ndarray) -> torch.Tensor:
    """Return (masks, 1, H, W) bool, whether a mask hides a pixel, from (H, n) and (W, m) along the sides."""
    squares = rows.T[:, None, :, None] & columns.T[None, :, None, :]
    return torch.from_numpy(squares.reshape(-1, 1, len(rows), len(columns)))


def _windows(cover: np.ndarray) -> Windows:
    """Return the windows that hold the masks along one side."""
    first = cover.argmax(axis=0)
    return Windows.covering(first.tolist(), (first + cover.sum(axis=0)).tolist(), len(cover))


def _mean_over_masks(cover: np.ndarray, step: int) -> np.ndarray:
    """Return (length / step, n) float32: the masks' weights in a cell, the mean of its pixels' means."""
    weights = cover / cover.sum(axis=1, keepdims=True)
    return weights.reshape(-1, step, cover.shape[1]).mean(axis=1).astype(np.float32)
