"""What the pipeline asks of a segmentation method; `metocean.models` provides them."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Method(Protocol):
    """A segmentation method bound to its network.

    Attributes
    ----------
    resolution_m : float
        Ground spacing of the roughness it wants.
    output_stride : int
        Input pixels per output cell along each side.
    multiple : int
        Blocks start on, and have sides of, multiples of this many pixels; itself one of ``output_stride``.
    halo : int
        Input pixels around a block that can influence it, rounded up to ``multiple``.
    model_id : str
        Which weights, for the log and the outputs' metadata.
    training : str
        What the weights were trained on, likewise.
    device : str
        Where it runs.
    """

    resolution_m: float
    output_stride: int
    multiple: int
    halo: int
    model_id: str
    training: str
    device: str

    def predict(self, roughness: np.ndarray) -> np.ndarray:
        """Return class probabilities of one block.

        Parameters
        ----------
        roughness : (H, W) float32
            sqrt(sigma0 / CMOD5.N(10 m/s, 45°)), 0 to 2, no NaN; H and W multiples of ``multiple``.

        Returns
        -------
        (10, H / output_stride, W / output_stride) float32
            In the order of `metocean.core.classes.CLASSES`; exclusive methods sum to one over them.
        """
