"""What a recipe makes the weights follow: its loss, its optimiser, the learning rate over the run."""

from __future__ import annotations

import math

import torch
from torch import nn

from ...core.classes import class_index
from .losses import LOSSES
from .recipe import Recipe

WARM_UP = 0.03  # share of the run


def learning_rate(recipe: Recipe, share: float) -> float:
    """Return the rate at ``share``, 0 to 1 of the run: linear warm-up, then cosine to zero."""
    if not recipe.cosine:
        return recipe.learning_rate
    if share < WARM_UP:
        return recipe.learning_rate * max(share / WARM_UP, 0.01)
    rest = min(1.0, (share - WARM_UP) / (1 - WARM_UP))
    return recipe.learning_rate * max(0.5 * (1 + math.cos(math.pi * rest)), 1e-3)


def build_loss(recipe: Recipe, prior: torch.Tensor) -> nn.Module:
    """Return the recipe's loss for images in which classes have the (10,) shares ``prior``."""
    prior = prior.clone()
    prior[[class_index(code) for code in recipe.exclude]] = 0.0
    return LOSSES[recipe.loss](prior / prior.sum())


def build_optimiser(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    """Return the recipe's optimiser; biases and normalisation do not decay."""
    kind = getattr(torch.optim, recipe.optimiser)
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.decay}, {"params": vectors, "weight_decay": 0.0}]
    return kind(groups, lr=recipe.learning_rate)
