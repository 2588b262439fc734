# SPDX-License-Identifier: GPL-2.0-or-later
"""From sqrt roughness to probabilities: what the methods have in common.

A method is a network on a device, in a precision, with a way of asking it about an image. The ways differ,
and have a module each; here is what all of them do: prepare the network, hand it images, calibrate what it
answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Callable, ClassVar, Generic, Optional

import numpy as np
import torch
from torch import nn
from torch.nn.functional import logsigmoid

from ...core.arrays import Array
from ...core.errors import OptionError
from ...core.feedback import Feedback
from ...core.methods.image import Image
from ...core.methods.protocol import THRESHOLD, Method
from ...core.methods.training_ranges import TrainingRanges
from ...core.quantity import to_unit
from ..card import Card
from ..checkpoint import load_weights
from ..device import autocast, choose_device, choose_dtype
from ..networks.blocks import AnyNetwork
from .blockwise import FeatureMap, Stage, run_stages
from .looking import looking
from .mosaic import Mosaic

CPU = torch.device("cpu")


class Predictor(Generic[AnyNetwork]):
    """Base of the methods: a network on a device, in a precision, that gives probabilities.

    Attributes are those of `metocean.core.methods.protocol.Method`.

    Parameters
    ----------
    network : Network
        Made faster in place; see `metocean.models.networks.blocks.Network.folded`.
    card : Card
        Of its weights.
    device : torch.device
        Where it computes; see `metocean.models.device.choose_device`.
    dtype : torch.dtype
        Of the convolutions.
    batch : int
        Images the network is given at once.
    exclusive : bool
        False: probabilities of each class by itself, several of which may be high. An `OptionError` where the
        network did not learn that.
    """

    NETWORK: ClassVar[type[Any]]
    threshold = THRESHOLD

    def __init__(
        self,
        network: AnyNetwork,
        card: Card,
        device: torch.device = CPU,
        dtype: torch.dtype = torch.float32,
        batch: int = 64,
        exclusive: bool = True,
    ) -> None:
        if not exclusive and not card.independent:
            raise OptionError(
                f"The classes of {card.model_id} cannot be independent, as it learnt to divide one "
                "probability among them (softmax): leave them exclusive, or use weights trained with "
                "--loss squared-error.",
                option="exclusive",
            )
        self.exclusive, self._independent = exclusive, card.independent
        self.resolution_m, self.model_id = card.resolution_m, card.model_id
        self.training = str(card.training.get("data", "unknown"))
        self.device, self.output_stride = str(device), network.STEP
        self.network: AnyNetwork = network.folded().to(device)
        # With the channels of a pixel side by side, as convolutions of CPUs and of NVIDIA's tensor cores want
        # them: with folded normalisation and this a wide swath takes the U-Net 60 % of the time.
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        for module in self.network.modules():
            # Autocast rounds the weights of a convolution as well, but anew for every batch. The dense layer
            # stays in float32: MASK looks at small differences of its results.
            if isinstance(module, nn.Conv2d):
                module.to(dtype)
        # Told by whoever loads the weights: `metocean.models.registry.load_method`.
        self.settings: Mapping[str, object] = {}
        self.training_ranges = TrainingRanges()
        self.temperature, self.dtype, self.batch = card.temperature, dtype, batch

    @classmethod
    def load(cls, weights: Path, device: str, precision: str, **settings: Any) -> Predictor[Any]:
        """Read weights and card, choose the device; a `ModelError` says what is wrong.

        ``settings`` are the method's own; see `metocean.models.registry.METHODS`.
        """
        chosen = choose_device(device)
        dtype = choose_dtype(chosen, precision)
        network, card = load_weights(weights, cls.NETWORK)
        return cls(network, card, chosen, dtype, **settings)

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        raise NotImplementedError

    def in_tiles(self) -> Method:
        """Return the method as the paper has it on wide scenes, tile by tile."""
        return Mosaic(self)

    def tensor(self, roughness: Array) -> torch.Tensor:
        """Return (…, H, W) sqrt roughness as the network wants it: (N, 1, H, W), 0 to 1, on its device."""
        # torch takes no array with negative strides, as mirrored images have.
        images = torch.from_numpy(np.ascontiguousarray(roughness, np.float32)).to(self.device)
        images = to_unit(images.view(-1, 1, *images.shape[-2:]))
        return images.contiguous(memory_format=torch.channels_last)

    @torch.inference_mode()
    def probabilities(
        self, images: torch.Tensor, forward: Optional[Callable[[torch.Tensor], torch.Tensor]] = None
    ) -> torch.Tensor:
        """Return the float32 probabilities, classes along axis 1, of (N, 1, H, W) images.

        ``forward`` gives the logits; the network itself if left out.
        """
        with self.precision():
            return self.to_probabilities((forward or self.network)(images))

    def precision(self) -> Any:
        """Return the context in which the network computes in its ``dtype``."""
        return autocast(torch.device(self.device), self.dtype)

    def to_probabilities(self, logits: torch.Tensor) -> torch.Tensor:
        """Return the float32 probabilities of logits, classes along axis 1.

        Networks are surer than they are right. Divided by a temperature, fitted on images they did not learn
        from, logits give probabilities that mean what they say: Guo et al. 2017, "On Calibration of Modern
        Neural Networks" (ICML), Section 4.2.
        """
        logits = logits.float() / self.temperature
        if not self._independent:
            return logits.softmax(dim=1)
        # The softmax of their logarithms is each sigmoid's share of the sum of all, and does not divide by
        # zero where all sigmoids vanish.
        return logsigmoid(logits).softmax(dim=1) if self.exclusive else logits.sigmoid()

    @torch.inference_mode()
    def maps(self, stages: Sequence[Stage], image: Image, feedback: Feedback) -> Array:
        """Return the (classes, h, w) float32 probabilities that the network's stages give for an image."""
        # Sides that are no multiple of what the network takes are filled up by reflection, as `Image.read`
        # does beyond the border: zeros would be a dark edge to the network.
        lines, samples = (type(self.network).side(length) for length in image.shape)
        source = FeatureMap((lines, samples), lambda *window: self.tensor(image.read(*window)), image.known)
        with self.precision(), looking(self.network, feedback) as watch:
            logits = run_stages(stages, source, watch, self.device)
        probabilities: Array = self.to_probabilities(logits)[0].cpu().numpy()
        return probabilities
