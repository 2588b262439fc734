"""Method B of Colin et al. 2022 (Section 3.2): what hiding a part of the image does to the image's scores.

Equation 3 is read as it must be meant: a square is hidden, not a cross. Equation 4: the drop of the image's
score, where there is one, averaged over the masks that cover a pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from .inception import Inception
from .layers import check
from .predictor import Predictor


@dataclass(frozen=True)
class Masks:
    """Squares that hide a part of an image, one at a time.

    Attributes
    ----------
    mean : bool
        They show the image's mean, else zero.
    side_px : int
        Side of a square. Odd, as its centre is a pixel.
    pitch_px : int
        From one centre to the next, at most ``side_px``. 32 gives the paper's 16 x 16 masks on 512 px; its
        text has 25, which does not.
    """

    mean: bool = True
    side_px: int = 75
    pitch_px: int = 32

    def __post_init__(self) -> None:
        check(self, pitch_px=(1, self.side_px))  # else some pixels are never hidden

    def cover(self, length_px: int) -> np.ndarray:
        """Return (length_px, n) bool: along one side, whether a mask at each of n centres hides a pixel."""
        centres = np.arange(self.pitch_px // 2, length_px, self.pitch_px)
        return np.abs(np.arange(length_px)[:, None] - centres) <= self.side_px / 2


def mask_maps(predictor: Predictor[Inception], roughness: np.ndarray, masks: Masks) -> np.ndarray:
    """Return the (10, H/8, W/8) float32 mean drops of probability, 0 to 1, of (H, W) sqrt roughness at 50 m.

    They are raw: seldom above 0.5, and no probabilities over the classes. A cell has the mean of its pixels.
    """
    drops = score_drops(predictor, roughness, masks)
    step = predictor.network.STEP
    rows, columns = (_mean_over_masks(masks.cover(side), step) for side in roughness.shape)
    return rows @ drops @ columns.T


def score_drops(predictor: Predictor[Inception], roughness: np.ndarray, masks: Masks) -> np.ndarray:
    """Return (10, lines, samples) float32: by how much each mask lowers the image's scores, not below 0."""
    image = predictor.image(roughness)
    rows, columns = (masks.cover(side) for side in roughness.shape)
    whole = predictor.probabilities(image)
    fill = image.mean() if masks.mean else image.new_zeros(())
    hidden = _squares(rows, columns, predictor.batch)
    masked = (torch.where(squares.to(image.device), fill, image) for squares in hidden)
    scores = torch.cat([predictor.probabilities(images) for images in masked])  # (masks, 10)
    drops = (whole - scores).clamp(min=0).T
    return drops.reshape(-1, rows.shape[1], columns.shape[1]).cpu().numpy()


def _squares(rows: np.ndarray, columns: np.ndarray, batch: int) -> Iterator[torch.Tensor]:
    """Yield (batch, 1, H, W) bool, the masks line by line."""
    lines, samples = (np.ravel(n) for n in np.indices((rows.shape[1], columns.shape[1])))
    for start in range(0, len(lines), batch):
        chosen = slice(start, start + batch)
        down, along = rows.T[lines[chosen]], columns.T[samples[chosen]]
        yield torch.from_numpy(down[:, None, :, None] & along[:, None, None, :])


def _mean_over_masks(cover: np.ndarray, step: int) -> np.ndarray:
    """Return (length / step, n) float32: the masks' weights in a cell, the mean of its pixels' means."""
    weights = cover / cover.sum(axis=1, keepdims=True)
    return weights.reshape(-1, step, cover.shape[1]).mean(axis=1).astype(np.float32)
