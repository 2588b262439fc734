# SPDX-License-Identifier: GPL-2.0-or-later
"""The methods of Table 2, as the paper has them: what they make of an imagette, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from ...core.arrays import Array
from ...core.feedback import Silent
from ...core.methods.image import Image
from ...core.methods.protocol import Method as AnyMethod
from ...core.quantity import from_uint8
from ...models import registry
from ...models.card import Card
from ...models.methods.base import Predictor
from ...models.networks.blocks import Network
from ..data.shards import Shard
from ..metrics.dice import PooledDice


@dataclass(frozen=True)
class Method:
    """A row of Table 2.

    Attributes
    ----------
    training : str
        The field of `Settings` that its network comes from.
    image_s : float
        Seconds it takes for an imagette in the full setting on two cores, to tell beforehand how long.
    masking : bool
        Scored on `Settings.masking_images` only.
    """

    training: str
    image_s: float
    masking: bool = False


# By the names they have in `metocean.models.registry.METHODS`, in the order of the paper.
BENCHMARKED_METHODS = {
    "unet": Method("supervised", 0.1),
    "mask_mean": Method("categorizer", 5.0, masking=True),
    "mask_zero": Method("categorizer", 5.0, masking=True),
    "part_75": Method("categorizer", 0.5),
    "part_129": Method("categorizer", 0.5),
    "cam": Method("categorizer", 0.1),
    "im2px": Method("im2px", 0.1),
}


def predictor(method: str, network: Network, card: Card, device: torch.device) -> Predictor[Any]:
    """Return a method with its settings in the paper, in float32.

    Parameters
    ----------
    method : str
        A key of `BENCHMARKED_METHODS`.
    network : Network
    card : Card
        Of its weights.
    device : torch.device
    """
    found: Predictor[Any] = registry.method_class(method)(
        network, card, device, **registry.METHODS[method].settings
    )
    return found


def mapped(method: AnyMethod, shards: list[Shard]) -> Iterator[tuple[Array, Array]]:
    """Yield the (10, L, L) maps and the (L, L) labels of each image."""
    for shard in shards:
        # One by one: methods take a scene, which an imagette is a small one of.
        for number in range(len(shard.images)):
            image, labels = shard.read(number, method.output_stride, shard.cells)
            roughness = from_uint8(image)
            yield method.predict(Image.from_array(roughness, method.output_stride), Silent()), labels


def dice(method: AnyMethod, shards: list[Shard]) -> dict[str, Any]:
    """Return Dice by variant, then class; MASK's drops, no probabilities, count as they are."""
    sums = PooledDice()
    for maps, labels in mapped(method, shards):
        sums.add(maps, labels)
    return sums.scores()
