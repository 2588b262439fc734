# SPDX-License-Identifier: GPL-2.0-or-later
"""Method D of Colin et al. 2022 (Section 3.4): the categorizer's dense layer on each cell of its last map.

Zhou et al. 2016, "Learning Deep Features for Discriminative Localization" (CVPR). A categorizer takes the
mean over its last map and then the dense layer; both are linear, so that the dense layer can come first: the
logits of the image are then the mean of logits of cells, and these say where in the image a class comes
from.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from torch import nn

from ...core.arrays import Array
from ...core.feedback import Feedback
from ...core.methods.image import Image
from ..networks.inception import STEM, Inception
from ..networks.receptive_field import receptive_field
from .base import Predictor
from .blockwise import Stage
from .to_cells import on_cells

STEM_BLOCK = 1024  # pixels of 50 m
TRUNK_BLOCK = 640  # cells of 400 m: a swath of 250 km is one block wide


class Cam(Predictor[Inception]):
    """Class activation maps of an image at 50 m, as if it had been given to the categorizer as a whole.

    Softmax for each cell of the last map, as the paper's "pixels below 0.5 are undecided" needs
    probabilities; then bilinear between the middles of what the cells see. Those do not fill the image, as
    the network's steps down pad nothing: 512 px give 14 cells of 32 px.
    """

    NETWORK = Inception

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        maps = self.maps(stages(self.network), image, feedback)
        # 75 px make one cell, whose middle is pixel 37: cells do not begin at the image's border.
        field = receptive_field(self.network.layers)
        seen = [field.centre_px + field.stride_px * np.arange(cells) for cells in maps.shape[1:]]
        return on_cells(maps, seen, image.known_pixels.shape, self.output_stride)


def stages(network: Inception) -> tuple[Stage, Stage]:
    """Return the network in two: the stem, whose maps are large, and the rest, which looks 650 px far.

    Up to the stem's second pooling, at an eighth of the resolution, the network sees little around a cell, so
    that blocks with a narrow halo do. From there on a map is so small that a swath is one block wide.
    """
    layers = list(network.layers)
    stem = Stage.from_layers(nn.Sequential(*layers[: len(STEM)]), STEM_BLOCK)
    trunk = Stage.from_layers(nn.Sequential(*layers[len(STEM) :]), TRUNK_BLOCK)
    return (
        replace(stem, layers=(network.channels, *stem.layers)),
        replace(trunk, layers=(*trunk.layers, network.classify_cells)),
    )
