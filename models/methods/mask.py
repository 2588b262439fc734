# SPDX-License-Identifier: GPL-2.0-or-later
"""Method B of Colin et al. 2022 (Section 3.2): what hiding a part of the image does to the image's scores.

Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks" (ECCV). The paper's equations
need a reading:

- Equation 3 joins its two conditions by "and", which would hide a cross. Here a square is hidden: a pixel is
  kept where it is more than half a side away along one *or* the other axis.
- In Equation 4 the score M(X) is one number for the image, not one for each pixel: Y is the drop of that
  score, where there is one, averaged over the masks that cover a pixel.
- A stride of 25 px, 16 x 16 masks and 257 runs do not fit together on 512 px: see `Masks`.

A scene takes so many runs of the categorizer that most of the work is in not repeating what they have in
common: `metocean.models.methods.partial_inception`.
"""

from __future__ import annotations

import math
import time
from functools import partial
from typing import Any

import numpy as np
import torch

from ...core.arrays import Array
from ...core.feedback import Feedback
from ...core.methods.image import Image
from ...core.methods.protocol import Method
from ..device import with_back_off
from ..networks.inception import Inception
from ..registry import DROP_THRESHOLD
from .base import Predictor
from .looking import Looking, looking
from .mask_geometry import IMAGETTE_PX, Masks, batches, hidden_intervals, hidden_pixels, mean_over_masks
from .mosaic import mosaic, tile_px, tiles
from .partial_inception import PartialInception

# What an image with a part hidden takes, compared with a whole one: measured, see docs/bench.md.
PARTIAL_COST = 0.5


class Mask(Predictor[Inception]):
    """The mean drops of the classes' scores, 400 m a cell, of an image at 50 m.

    They are raw: 0 to 1, seldom above 0.5, and no probabilities over the classes, so that any drop that can
    be told from none decides. A scene larger than an imagette is always cut into imagettes that overlap by
    half, as scores are of a whole image.
    """

    NETWORK = Inception
    threshold = DROP_THRESHOLD

    def __init__(self, *network: Any, fill: str, side_px: int, stride_px: int, **options: Any) -> None:
        super().__init__(*network, **options)
        self.masks, self.exclusive = Masks(side_px, stride_px, fill), False
        self.imagette_px = IMAGETTE_PX

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class maps of a whole image; see `metocean.core.methods.protocol.Method`."""
        self._announce(image, feedback)
        return mosaic(image, self.imagette_px, self.output_stride, self.imagette, feedback)

    def in_tiles(self) -> Method:
        """Make the paper's tiles the imagettes, as there is no need to cut twice. Returns itself."""
        self.imagette_px = tile_px(self)
        return self

    def imagette(self, image: Image, feedback: Feedback) -> Array:
        """Return the (10, h, w) maps of an image that is scored as a whole. A cell has its pixels' mean."""
        height, width = (self.network.side(length) for length in image.shape)
        roughness = image.read(slice(0, height), slice(0, width))
        with looking(self.network, feedback) as watch:
            drops = with_back_off(
                partial(score_drops, self, roughness, self.masks, watch), self.batch, 1, self.device
            )
        rows, columns = (
            mean_over_masks(self.masks.cover(side), self.output_stride) for side in roughness.shape
        )
        lines, samples = image.known_pixels.shape
        # The means over masks and over a cell's pixels are linear, and separate along lines and samples.
        maps: Array = rows @ drops @ columns.T  # (h, n) @ (10, n, m) @ (m, w)
        return maps[:, :lines, :samples]

    def _announce(self, image: Image, feedback: Feedback) -> None:
        """Say how long it will take, from what the network takes for one image: nobody waits blindly."""
        imagettes = len(tiles(image, self.imagette_px))
        sides = [min(self.network.side(length), self.imagette_px) for length in image.shape]
        masks = math.prod(self.masks.cover(side).shape[1] for side in sides)
        blank = self.tensor(np.zeros(sides, np.float32))
        # Once for nothing: the first time takes longer, as torch chooses what it computes with.
        self.probabilities(blank)
        started = time.perf_counter()
        self.probabilities(blank)
        minutes = (time.perf_counter() - started) * PARTIAL_COST * masks * imagettes / 60
        feedback.info(
            f"MASK asks the categorizer about {imagettes} imagettes with {masks} masks each: about "
            f"{minutes:.1f} minutes on {self.device}."
        )


def score_drops(
    predictor: Predictor[Inception], roughness: Array, masks: Masks, feedback: Feedback, batch: int
) -> Array:
    """Return by how much each mask lowers the image's scores, not below 0: Equation 4 before its mean.

    Parameters
    ----------
    predictor : Predictor of Inception
    roughness : (H, W) float32
        sqrt roughness, 0 to 2, without holes.
    masks : Masks
    feedback : Feedback
        Asked before each layer of each batch whether to go on.
    batch : int
        Most masks that are tried at once.

    Returns
    -------
    (10, lines, samples) float32
        Of masks, line by line.
    """
    image = predictor.tensor(roughness)  # (1, 1, H, W)
    fill = image.mean() if masks.fill == "mean" else image.new_zeros(())
    rows, columns = (masks.cover(side) for side in roughness.shape)
    # Most layers of `PartialInception` are computed by its own functions, and no hook of theirs is called.
    watch = Looking(feedback)
    incremental = PartialInception(predictor.network, watch.look)
    whole = predictor.probabilities(image, incremental.whole)  # (1, 10)
    drops = np.zeros((whole.shape[1], rows.shape[1], columns.shape[1]), np.float32)
    todo = batches(rows.shape[1], columns.shape[1], batch)
    for done, (lines, samples) in enumerate(todo):
        watch.progress(done / len(todo))
        down, along = rows[:, lines], columns[:, samples]
        hidden = torch.where(hidden_pixels(down, along).to(image.device), fill, image)  # (masks, 1, H, W)
        changed = partial(incremental.changed, rows=hidden_intervals(down), columns=hidden_intervals(along))
        lost = (whole - predictor.probabilities(hidden, changed)).clamp(min=0)  # (masks, 10)
        drops[:, lines[:, None], samples] = lost.T.reshape(-1, len(lines), len(samples)).cpu().numpy()
    return drops
