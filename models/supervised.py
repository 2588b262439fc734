"""Method A: a fully supervised U-Net as a `metocean.core.method.Method`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ..core.errors import ModelError
from .checkpoint import Card, load_weights
from .device import autocast, choose_device, choose_dtype
from .predictor import Predictor
from .unet import MULTIPLE, UNet, halo_px


class Supervised:
    """A U-Net bound to a device and a precision.

    Attributes are those of `metocean.core.method.Method`. In float32 the result of a block does not depend
    on how the scene was cut, up to rounding.
    """

    output_stride = UNet.STEP
    multiple = MULTIPLE

    def __init__(self, network: UNet, card: Card, device: torch.device, dtype: torch.dtype) -> None:
        self.halo = halo_px()
        self.resolution_m = card.resolution_m
        self.model_id = card.model_id
        self.training = str(card.training.get("data", "unknown"))
        self.device = str(device)
        self.dtype = dtype
        network = network.folded().to(device)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.predictor = Predictor(network, card.temperature)

    @classmethod
    def load(cls, weights: Path, device: str, precision: str) -> Supervised:
        """Read weights and card, choose the device; a `ModelError` says what is wrong."""
        chosen = choose_device(device)
        dtype = choose_dtype(chosen, precision)
        network, card = load_weights(weights, UNet)
        return cls(network, card, chosen, dtype)

    def predict(self, roughness: np.ndarray) -> np.ndarray:
        """Return the (10, H/4, W/4) float32 probabilities of (H, W) float32 sqrt roughness, 0 to 2."""
        if roughness.ndim != 2 or any(side == 0 or side % MULTIPLE for side in roughness.shape):
            raise ValueError(
                f"A block of shape {roughness.shape} does not have sides of a multiple of {MULTIPLE}."
            )
        try:
            return self._probabilities(roughness).cpu().numpy()
        except RuntimeError as error:
            if "out of memory" not in str(error) and "allocate memory" not in str(error):
                raise
            raise ModelError(
                f"Device {self.device} has too little memory for this block; use another device."
            ) from error

    def _probabilities(self, roughness: np.ndarray) -> torch.Tensor:
        with autocast(torch.device(self.device), self.dtype):
            return self.predictor.probabilities(self.predictor.image(roughness))[0]
