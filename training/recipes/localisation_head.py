"""A second head of the categorizer, for as long as it learns: where in an image things are.

A name says that something is somewhere in 400 km²; labels by pixel say where. They are asked of each cell of
the last map, by a head beside the network's own that is dropped at the end, as the auxiliary one of Szegedy
et al. 2016 (Section 4) is: the categorizer itself stays the paper's.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import nn

from ...models.networks.blocks import Network
from ...models.networks.inception import Inception
from .recipe import Recipe


class WithPlaces(nn.Module):
    """A categorizer and a head for each cell of its last map, which begins with zeros."""

    def __init__(self, network: Inception) -> None:
        super().__init__()
        self.network = network
        self.places = nn.Conv2d(network.dense.in_features, network.config.classes, 1)
        for parameter in self.places.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits of images (N, 10), and of each cell of their last maps (N, 10, h, w)."""
        features = self.network.layers(self.network.channels(x))
        return self.network.pooled(features), self.places(features)


def learner(recipe: Recipe, network: Network) -> nn.Module:
    """Return what is trained: ``network``, with a second head where the recipe's loss asks for one."""
    return WithPlaces(cast(Inception, network)) if recipe.loss == "names-and-places" else network
