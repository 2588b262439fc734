# SPDX-License-Identifier: GPL-2.0-or-later
"""A second head of the categorizer, for as long as it learns: where in an image things are.

A name says that something is somewhere in 400 km²; labels by pixel say where. They are asked of each cell of
the last map, by a head beside the network's own that is dropped at the end, as the auxiliary one of Szegedy
et al. 2016 (Section 4) is: the categorizer itself stays the paper's.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import nn

from ...models.networks.blocks import Network
from ...models.networks.inception import Inception
from .losses import Loss
from .recipe import Recipe

# What the head was called in the states of runs that were begun before it had its present name.
FORMER_NAME = "places"


class WithLocalisation(nn.Module):
    """A categorizer and a head for each cell of its last map, which begins with zeros.

    With zeros the head's gradient does not reach the network in the first step: it starts to learn from
    what the network's own head makes of the features.
    """

    def __init__(self, network: Inception) -> None:
        super().__init__()
        self.network = network
        # A dense layer applied to each cell, as in the class activation maps of Section 3.4 of the paper.
        self.localisation = nn.Conv2d(network.dense.in_features, network.config.classes, 1)
        for parameter in self.localisation.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits of images (N, 10), and of each cell of their last maps (N, 10, h, w)."""
        features = self.network.layers(self.network.channels(x))
        return self.network.pooled(features), self.localisation(features)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        # torch's own hook for states of earlier versions: the dictionary is changed before it is compared.
        for name in [name for name in state_dict if name.startswith(f"{prefix}{FORMER_NAME}.")]:
            renamed = name.replace(f"{prefix}{FORMER_NAME}.", f"{prefix}localisation.", 1)
            state_dict[renamed] = state_dict.pop(name)
        super()._load_from_state_dict(state_dict, prefix, *rest)


def learner(recipe: Recipe, network: Network) -> nn.Module:
    """Return what is trained: ``network``, with a second head where the recipe's loss asks for one."""
    return WithLocalisation(cast(Inception, network)) if recipe.loss == Loss.LOCALISED else network
