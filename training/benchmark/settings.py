# SPDX-License-Identifier: GPL-2.0-or-later
"""How large a benchmark is: what is trained, how often and for how long, and on how much it is scored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional, Union

from ...models.networks.im2px import Im2pxConfig
from ...models.networks.inception import InceptionConfig
from ...models.networks.unet import UNetConfig
from ...models.registry import WEIGHTS
from ..recipes.augmentation import PAPER
from ..recipes.losses import Loss
from ..recipes.presets import RECIPES
from ..recipes.recipe import Recipe, TrainingStage


@dataclass(frozen=True)
class Training:
    """A recipe and its budget in minutes, or in steps, which ``minutes`` are then expected to suffice for.

    ``begun`` is the model whose bundled weights it begins with, empty for random ones.
    """

    recipe: Recipe
    minutes: float = 0.0
    steps: Optional[int] = None
    begun: str = ""

    @property
    def init(self) -> Optional[Path]:
        """File of the weights it begins with; None for random ones."""
        return Bundled(self.begun).path if self.begun else None

    def changed(self, **changes: Any) -> Training:
        """Return the same with ``changes`` to the recipe."""
        return replace(self, recipe=replace(self.recipe, **changes))

    def __str__(self) -> str:
        """Return a name that says what sets it apart from the other trainings of a benchmark."""
        recipe = self.recipe
        # These are all that differ within a benchmark; of anything else the digest in the folder's name
        # tells.
        coarser = f"-coarser{recipe.coarser:g}" if recipe.coarser != 1 else ""
        few = f"-{recipe.per_class}masks" if recipe.per_class else ""
        return f"{recipe.model}-{recipe.network.width:g}{coarser}{few}-seed{recipe.seed}"


@dataclass(frozen=True)
class Bundled:
    """The weights that come with the plugin, of a key of `metocean.training.recipes.tasks.TASKS`."""

    model: str

    @property
    def path(self) -> Path:
        """Their file."""
        return WEIGHTS / f"{self.model}.safetensors"

    def __str__(self) -> str:
        """Return a name like those of trainings."""
        return f"{self.model}, bundled"


AnyTraining = Union[Training, Bundled]


@dataclass(frozen=True)
class Counts:
    """How many images are simulated where none are given."""

    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class Settings:
    """A benchmark.

    Attributes
    ----------
    supervised, categorizer, im2px : Training
        Those of Table 2, each once for every seed.
    by_masks : Training
        Of Figure 3, once for each of ``masks_per_class`` and ``masks_seeds``.
    by_resolution : Training
        Of Table 1, once for each of ``resolutions_m``, which are nominal and 50 m at the finest. In steps,
        so that all see as many images.
    masking_images : int
        Test images of each class on which method B is scored, which needs 257 forward passes for one.
    counts : Counts
    relative_cost : float
        What a method takes for an image compared with the full setting, to tell beforehand how long.
    """

    name: str
    supervised: Training
    categorizer: Training
    im2px: Training
    by_masks: Training
    by_resolution: Training
    seeds: tuple[int, ...]
    masks_seeds: tuple[int, ...]
    resolutions_m: tuple[float, ...]
    masks_per_class: tuple[int, ...]
    masking_images: int
    counts: Counts
    relative_cost: float = 1.0


def _by_names_alone(recipe: Recipe) -> Recipe:
    """Return a recipe that masks have no part in: what images are named for may lie anywhere in them."""
    stages = tuple(replace(stage, on_phenomenon=False) for stage in recipe.stages)
    return replace(recipe, stages=stages, loss=Loss.CROSS_ENTROPY)


# In minutes, many steps of small batches teach more than few of large ones.
_UNET = replace(RECIPES["unet", "ours"], network=UNetConfig(width=8, norm=True), batch=16)
_CATEGORIZER = _by_names_alone(replace(RECIPES["categorizer", "ours"], batch=16))
_IM2PX = _by_names_alone(replace(RECIPES["im2px", "ours"], batch=32))
# The eight symmetries alone, as in the paper: with ours more masks are worth no more in minutes (mean Dice of
# 50 to 1,000 a class was 0.52 to 0.46).
_FEW_MASKS = replace(_UNET, augmentation=PAPER)
# Of whole images alone: a part of one, at 340 m, would be smaller than the network takes.
_WHOLE = replace(_CATEGORIZER, stages=(TrainingStage(1.0, 512),), batch=8)

# About three hours and a half on two CPU cores; parts measured side by side, each with a thread of its own,
# take a fifth less.
FULL = Settings(
    name="full",
    supervised=Training(_UNET, minutes=10),
    categorizer=Training(_CATEGORIZER, minutes=10),
    im2px=Training(_IM2PX, minutes=5),
    by_masks=Training(_FEW_MASKS, minutes=10),
    # Of random weights a thousand steps make a quarter right, whatever the resolution; of those that learnt
    # at 50 m three hundred leave the coarser ones far behind.
    by_resolution=Training(_WHOLE, minutes=30, steps=1000, begun="categorizer"),
    seeds=(0, 1, 2),
    masks_seeds=(0,),
    resolutions_m=(50.0, 100.0, 200.0, 340.0),
    masks_per_class=(50, 100, 200, 400, 1000),
    masking_images=2,
    counts=Counts(train=10_000, validation=300, test=300),
)

# Minutes: everything is there, and nothing is learnt well.
QUICK = replace(
    FULL,
    name="quick",
    supervised=Training(replace(_UNET, network=UNetConfig(width=4, norm=True)), minutes=0.3),
    categorizer=Training(replace(_CATEGORIZER, network=InceptionConfig(width=0.1), batch=16), minutes=0.5),
    im2px=Training(replace(_IM2PX, network=Im2pxConfig(width=4, norm=True), batch=16), minutes=0.3),
    by_masks=Training(
        replace(_FEW_MASKS, network=UNetConfig(width=4, norm=True), stages=(TrainingStage(1.0, 256),)),
        minutes=0.3,
    ),
    by_resolution=Training(_WHOLE, minutes=0.5, steps=2, begun="categorizer"),
    masks_per_class=(5, 10, 20, 40),
    masking_images=1,
    counts=Counts(train=500, validation=40, test=40),
    relative_cost=0.2,
)
