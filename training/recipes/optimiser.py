# SPDX-License-Identifier: GPL-2.0-or-later
"""What a recipe makes the weights follow: its loss, its optimiser, the learning rate over the run."""

from __future__ import annotations

import math
from typing import Callable

import torch
from torch import nn

from ...core.classes import class_index
from .losses import LOSSES
from .recipe import Optimiser, Recipe

# Share of the run. Adam's estimates of the gradient's size are worth little in the first steps.
WARM_UP = 0.03
OPTIMISERS: dict[Optimiser, Callable[..., torch.optim.Optimizer]] = {
    Optimiser.ADAM: torch.optim.Adam,
    Optimiser.ADAMW: torch.optim.AdamW,
}


def learning_rate(recipe: Recipe, share: float) -> float:
    """Return the rate at ``share``, 0 to 1 of the run: linear warm-up, then cosine to zero."""
    if not recipe.cosine:
        return recipe.learning_rate
    if share < WARM_UP:
        # A hundredth at first, not zero: a step of that would be for nothing.
        return recipe.learning_rate * max(share / WARM_UP, 0.01)
    # A budget in minutes ends after its last step, a little later than 1.
    rest = min(1.0, (share - WARM_UP) / (1 - WARM_UP))
    return recipe.learning_rate * max(0.5 * (1 + math.cos(math.pi * rest)), 1e-3)


def build_loss(recipe: Recipe, prior: torch.Tensor) -> nn.Module:
    """Return the recipe's loss for images in which classes have the (10,) shares ``prior``."""
    prior = prior.clone()
    # Classes that are left out must not take weight from the others.
    prior[[class_index(code) for code in recipe.exclude]] = 0.0
    return LOSSES[recipe.loss](prior / prior.sum())


def build_optimiser(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    """Return the recipe's optimiser; biases and normalisation do not decay."""
    kind = OPTIMISERS[recipe.optimiser]
    # Decay is for what multiplies features. A bias or a scale of a normalisation has one dimension.
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.decay}, {"params": vectors, "weight_decay": 0.0}]
    return kind(groups, lr=recipe.learning_rate)
