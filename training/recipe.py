"""What a training run is: its settings, learning rate over time and averaged weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

import torch
from torch import nn

from ..models.unet import UNetConfig
from .augment import PAPER, Augmentation
from .losses import CrossEntropyDice, WeightedBCE
from .state import Progress

WARM_UP = 0.03  # share of the run


@dataclass(frozen=True)
class Recipe:
    """Settings that belong to the result, and go into its card."""

    preset: str
    network: UNetConfig
    augmentation: Augmentation
    loss: str
    optimiser: str
    learning_rate: float
    decay: float
    cosine: bool
    batch: int
    balance: float  # share of images drawn uniformly by class
    ema: float  # 0: none
    clip: float  # largest norm of the gradient
    keep: str  # "last" or "best" on validation
    seed: int


OURS = Recipe(
    preset="ours",
    network=UNetConfig(width=16, norm=True),
    augmentation=Augmentation(),
    loss="cross-entropy + soft Dice",
    optimiser="AdamW",
    learning_rate=1e-3,
    decay=0.01,
    cosine=True,
    batch=32,
    balance=0.5,
    ema=0.995,
    clip=5.0,
    keep="last",
    seed=0,
)
# Colin et al. 2022, Section 2.2. Images are drawn as they come; weights of the loss answer for rarity.
PUBLISHED = replace(
    OURS,
    preset="paper",
    network=UNetConfig(width=32, norm=False),
    augmentation=PAPER,
    loss="weighted binary cross-entropy",
    optimiser="Adam",
    decay=0.0,
    cosine=False,
    balance=0.0,
    ema=0.0,
    clip=1e9,
    keep="best",
)
PRESETS = {recipe.preset: recipe for recipe in (OURS, PUBLISHED)}


@dataclass(frozen=True)
class Job:
    """One training run: what, from where, to where, how long.

    Attributes
    ----------
    data, validation, test : tuple of Path
        Folders of shards; see `metocean.training.publish.Data`.
    minutes, steps : float, int or None
        The budget. Steps, where given, make a run repeatable to the bit; minutes cannot.
    log_s, save_s, validate_s : float
        Seconds between progress lines, saved states and validations.
    commit : str
        Of the code, for the card.
    """

    recipe: Recipe
    data: tuple[Path, ...]
    out: Path
    validation: tuple[Path, ...] = ()
    test: tuple[Path, ...] = ()
    minutes: float = 60.0
    steps: Optional[int] = None
    log_s: float = 20.0
    save_s: float = 120.0
    validate_s: float = 600.0
    commit: str = "unknown"

    def share_done(self, progress: Progress) -> float:
        """Return how much of the budget is used: 1 is all."""
        return progress.step / self.steps if self.steps else progress.seconds / (60 * self.minutes)


def learning_rate(recipe: Recipe, progress: float) -> float:
    """Return the rate at ``progress``, 0 to 1 of the budget: linear warm-up, then cosine to zero."""
    if not recipe.cosine:
        return recipe.learning_rate
    if progress < WARM_UP:
        return recipe.learning_rate * max(progress / WARM_UP, 0.01)
    rest = min(1.0, (progress - WARM_UP) / (1 - WARM_UP))
    return recipe.learning_rate * max(0.5 * (1 + math.cos(math.pi * rest)), 1e-3)


def build_loss(recipe: Recipe, prior: torch.Tensor) -> nn.Module:
    """Return the recipe's loss for classes that have the shares ``prior``."""
    if recipe.loss == PUBLISHED.loss:
        return WeightedBCE(1 / prior.clamp(min=1e-4))
    return CrossEntropyDice(prior)


def build_optimiser(recipe: Recipe, network: nn.Module) -> torch.optim.Optimizer:
    """Return the recipe's optimiser; biases and normalisation do not decay."""
    kind = torch.optim.AdamW if recipe.optimiser == OURS.optimiser else torch.optim.Adam
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.decay}, {"params": vectors, "weight_decay": 0.0}]
    return kind(groups, lr=recipe.learning_rate)


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """Move ``average`` towards ``network``, fast in the first steps; counters are copied."""
    decay = min(decay, (1 + step) / (10 + step)) if decay else 0.0
    current = network.state_dict()
    for name, value in average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(current[name], 1 - decay)
        else:
            value.copy_(current[name])
