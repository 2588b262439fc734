# SPDX-License-Identifier: GPL-2.0-or-later
"""The settings of a training run that belong to its result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable, Optional

from ...core.errors import OptionError
from .augmentation import Augmentation
from .choice import Choice
from .losses import INDEPENDENT_LOSSES, Loss
from .tasks import TASKS, Task


class Optimiser(Choice):
    """Rules by which gradients change weights, by the names of torch's classes."""

    ADAM = "Adam"
    ADAMW = "AdamW"


class Keep(Choice):
    """Which weights are kept: those at the end, or those with the least loss on the validation images."""

    LAST = "last"
    BEST = "best"


@dataclass(frozen=True)
class TrainingStage:
    """A part of a run.

    Attributes
    ----------
    until : float
        Share of the run at which it ends.
    size_px : int
        Sides of the images the network sees.
    on_phenomenon : bool
        Where images are larger, show the part of them that they are named for, not any part.
    """

    until: float
    size_px: int
    on_phenomenon: bool = False


@dataclass(frozen=True)
class Recipe:
    """Settings that belong to the result, and go into its card.

    All fields become JSON: in the card, in recipe.json of a run, which resumes only with the same, and in the
    names of a benchmark's folders. New fields therefore make earlier runs those of other settings.

    Attributes
    ----------
    model : str
        A key of `metocean.training.recipes.tasks.TASKS`.
    preset : str
        One of `metocean.training.recipes.presets.PRESETS`, which the recipe began as.
    network : dataclass
        The configuration of its network.
    augmentation : Augmentation
    stages : tuple of TrainingStage
        In order; the last one ends at 1.
    loss : Loss
    optimiser : Optimiser
    learning_rate, decay : float
        The largest rate of the run, and the decay of weights.
    cosine : bool
        Whether the rate warms up and comes down, see `metocean.training.recipes.optimiser.learning_rate`.
    batch : int
        Images a step and device in the first stage; where images are larger there are fewer of them.
    balance : float
        Share of images drawn uniformly by class, the others as they come.
    ema : float
        Decay of the averaged weights, which are those that are kept; 0: no average.
    clip : float
        Largest norm of the gradient; 0: any.
    keep : Keep
    seed : int
        Of random weights, and of all that is drawn.
    exclude : tuple of str
        Classes that the network does not learn and never predicts.
    coarser : float
        Show images in pixels so many times larger than the network's own: 4 for 200 m instead of 50 m.
    per_class : int or None
        Train on so many images tagged for each class and no others; None: on all.
    """

    model: str
    preset: str
    network: Any
    augmentation: Augmentation
    stages: tuple[TrainingStage, ...]
    loss: Loss
    optimiser: Optimiser
    learning_rate: float
    decay: float
    cosine: bool
    batch: int
    balance: float
    ema: float
    clip: float
    keep: Keep
    seed: int = 0
    exclude: tuple[str, ...] = ()
    coarser: float = 1.0
    per_class: Optional[int] = None

    def __post_init__(self) -> None:
        # Here, not on the command line: recipes are also changed field by field.
        allowed = self.task.losses
        if self.loss not in allowed:
            raise OptionError(f"Loss {self.loss} is not for {self.model}; choose from {', '.join(allowed)}.")

    @property
    def task(self) -> Task:
        """What the model learns."""
        return TASKS[self.model]

    @property
    def target(self) -> Callable[[Any, Any], Any]:
        """What the loss compares logits with, of (moved cells, tags)."""
        return self.task.losses[self.loss]

    @property
    def independent(self) -> bool:
        """True where the loss judges each class by itself; see `metocean.models.card.Card`."""
        return self.loss in INDEPENDENT_LOSSES

    def stage(self, share: float) -> TrainingStage:
        """Return the stage at ``share``, 0 to 1 of the run."""
        # At the very end, and after it, it is the last one.
        return next((stage for stage in self.stages if share < stage.until), self.stages[-1])

    def batch_in(self, stage: TrainingStage) -> int:
        """Return the images a step and device, so many that memory stays what it is in the first stage."""
        # Memory goes with the pixels: images of twice the side are a quarter as many.
        return max(1, round(self.batch * (self.stages[0].size_px / stage.size_px) ** 2))

    def only_stage(self, stage: TrainingStage) -> Recipe:
        """Return a recipe that is ``stage`` from its beginning to its end."""
        return replace(self, stages=(replace(stage, until=1.0),), batch=self.batch_in(stage))
