"""From sqrt roughness to probabilities on the grid of label cells: what the methods have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Generic, Optional

import numpy as np
import torch

from .layers import AnyNetwork

# The networks see sqrt roughness, 0 to 2, as 0 to 1.
INPUT_SCALE = 2.0


@dataclass(frozen=True)
class Predictor(Generic[AnyNetwork]):
    """A network and how it is asked.

    Attributes
    ----------
    network : `Network`
        In evaluation mode.
    temperature : float
        Logits are divided by it.
    batch : int
        Images it is given at once.
    """

    network: AnyNetwork
    temperature: float = 1.0
    batch: int = 16

    def image(self, roughness: np.ndarray) -> torch.Tensor:
        """Return (H, W) sqrt roughness as the network wants it: (1, 1, H, W), 0 to 1, on its device.

        Raises
        ------
        ValueError
            H or W is no multiple of the network's ``STEP``, or zero.
        """
        step = self.network.STEP
        if roughness.ndim != 2 or any(side == 0 or side % step for side in roughness.shape):
            raise ValueError(
                f"An image of shape {roughness.shape} does not have sides of a multiple of {step}."
            )
        image = torch.from_numpy(np.ascontiguousarray(roughness, np.float32))
        image = image.to(next(self.network.parameters()).device)
        return image.clamp(0, INPUT_SCALE)[None, None] / INPUT_SCALE

    @torch.inference_mode()
    def probabilities(
        self, images: torch.Tensor, forward: Optional[Callable[[torch.Tensor], torch.Tensor]] = None
    ) -> torch.Tensor:
        """Return the float32 probabilities, classes along axis 1, of (N, 1, H, W) images.

        ``forward`` gives the logits; the network itself if left out.
        """
        forward = forward or self.network
        parts = images.contiguous(memory_format=torch.channels_last).split(self.batch)
        logits = torch.cat([forward(part) for part in parts]).float()
        return (logits / self.temperature).softmax(dim=1)

    def cell_centres(self, length_px: int) -> np.ndarray:
        """Return the (length_px / STEP,) centres of the label cells along a side, in pixels."""
        step = self.network.STEP
        return np.arange(0, length_px, step) + (step - 1) / 2


def interpolation(known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the (wanted, known) float32 matrix that interpolates linearly along one axis.

    Positions are ascending. Beyond the outermost known ones their values go on. ``rows @ maps @ columns.T``
    with such a matrix for each axis is bilinear interpolation.
    """
    columns = [np.interp(wanted, known, unit) for unit in np.eye(len(known))]
    return np.stack(columns, axis=1).astype(np.float32)
