"""Method D of Colin et al. 2022 (Section 3.4): the categorizer's dense layer on each cell of its last map."""

from __future__ import annotations

import numpy as np

from .inception import Inception
from .layers import receptive_field
from .predictor import Predictor, interpolation


def cam_maps(predictor: Predictor[Inception], roughness: np.ndarray) -> np.ndarray:
    """Return (10, H/8, W/8) float32 probabilities of (H, W) sqrt roughness at 50 m, H and W at least 75.

    Softmax for each cell of the last map, then bilinear between the places that the cells look at: those do
    not fill the image, as the network's steps down pad nothing.
    """
    network = predictor.network
    maps = predictor.probabilities(predictor.image(roughness), network.maps)[0].cpu().numpy()
    field = receptive_field(network.layers)
    rows, columns = (
        interpolation(field.centre_px + field.stride_px * np.arange(cells), predictor.cell_centres(side))
        for cells, side in zip(maps.shape[1:], roughness.shape)
    )
    return rows @ maps @ columns.T
