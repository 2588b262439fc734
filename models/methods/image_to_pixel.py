# SPDX-License-Identifier: GPL-2.0-or-later
"""Method E of Colin et al. 2022 (Section 3.5): a segmenter that learnt the image's class at every pixel.

Such labels are wrong wherever the image shows something else. As the network sees too little around a cell to
know what the rest of the image holds, it can only learn what a class looks like from near.
"""

from __future__ import annotations

from ...core.arrays import Array
from ...core.feedback import Feedback
from ...core.methods.image import Image
from ..networks.im2px import Im2px
from ..registry import IMAGE_LABEL_THRESHOLD
from .base import Predictor
from .blockwise import Stage

BLOCK = 512  # pixels of 50 m: the maps of larger ones leave a processor's cache


class ImageToPixel(Predictor[Im2px]):
    """The encoder's classes, 400 m a cell, of an image at 50 m: the same however it is cut into blocks.

    It decides from 0.3 on, not from the paper's 0.5; see `metocean.models.registry.IMAGE_LABEL_THRESHOLD`.
    """

    NETWORK = Im2px
    threshold = IMAGE_LABEL_THRESHOLD

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        return self.maps((Stage.from_layers(self.network.layers, BLOCK),), image, feedback)
