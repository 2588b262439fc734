"""Method D of Colin et al. 2022 (Section 3.4): the categorizer's dense layer on each cell of its last map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from torch import nn

from ...core.feedback import Feedback
from ...core.methods.image import Image
from ..networks.blocks import receptive_field
from ..networks.inception import STEM, Inception
from .base import Predictor
from .blockwise import Stage
from .to_cells import on_cells

STEM_BLOCK = 1024  # pixels of 50 m
TRUNK_BLOCK = 640  # cells of 400 m: a swath of 250 km is one block wide


class Cam(Predictor[Inception]):
    """Class activation maps of an image at 50 m, as if it had been given to the categorizer as a whole.

    Softmax for each cell of the last map, then bilinear between the places that the cells look at: those do
    not fill the image, as the network's steps down pad nothing.
    """

    NETWORK = Inception

    def predict(self, image: Image, feedback: Feedback) -> np.ndarray:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        maps = self.maps(stages(self.network), image, feedback)
        field = receptive_field(self.network.layers)
        seen = [field.centre_px + field.stride_px * np.arange(cells) for cells in maps.shape[1:]]
        return on_cells(maps, seen, image.known_pixels.shape, self.output_stride)


def stages(network: Inception) -> tuple[Stage, Stage]:
    """Return the network in two: the stem, whose maps are large, and the rest, which looks 650 px far."""
    layers = list(network.layers)
    stem = Stage.from_layers(nn.Sequential(*layers[: len(STEM)]), STEM_BLOCK)
    trunk = Stage.from_layers(nn.Sequential(*layers[len(STEM) :]), TRUNK_BLOCK)
    return (
        replace(stem, layers=(network.channels, *stem.layers)),
        replace(trunk, layers=(*trunk.layers, network.classify_cells)),
    )
