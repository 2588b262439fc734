"""Method E of Colin et al. 2022 (Section 3.5): a segmenter that learnt the image's class at every pixel."""

from __future__ import annotations

import numpy as np

from .im2px import Im2px
from .predictor import Predictor


def im2px_maps(predictor: Predictor[Im2px], roughness: np.ndarray) -> np.ndarray:
    """Return (10, H/8, W/8) float32 probabilities of (H, W) sqrt roughness at 50 m."""
    return predictor.probabilities(predictor.image(roughness))[0].cpu().numpy()
