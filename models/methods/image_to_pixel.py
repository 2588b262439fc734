"""Method E of Colin et al. 2022 (Section 3.5): a segmenter that learnt the image's class at every pixel."""

from __future__ import annotations

import numpy as np

from ...core.feedback import Feedback
from ...core.methods.image import Image
from ..networks.im2px import Im2px
from ..registry import IMAGE_LABEL_THRESHOLD
from .base import Predictor
from .blockwise import Stage

BLOCK = 512  # pixels of 50 m


class ImageToPixel(Predictor[Im2px]):
    """The encoder's classes, 400 m a cell, of an image at 50 m: the same however it is cut into blocks."""

    NETWORK = Im2px
    threshold = IMAGE_LABEL_THRESHOLD

    def predict(self, image: Image, feedback: Feedback) -> np.ndarray:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        return self.maps((Stage.from_layers(self.network.layers, BLOCK),), image, feedback)
