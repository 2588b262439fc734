# SPDX-License-Identifier: GPL-2.0-or-later
"""What a training run is: a recipe, from where, to where, how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from ..recipes.recipe import Recipe
from .devices import Hardware
from .run_state import Progress
from .splits import Folders


@dataclass(frozen=True)
class Job:
    """One training run: what, from where, to where, how long.

    Attributes
    ----------
    data, validation, test : tuple of Path
        Folders of shards, or data sets as they are published; see `metocean.training.fit.splits.open_data`.
    minutes, steps : float, int or None
        The budget. Steps, where given, make a run repeatable to the bit; minutes cannot.
    init : Path or None
        Weights to begin with.
    log_s, save_s : float
        Seconds between progress lines and saved states.
    validations : int
        How often the average is scored, in equal shares of the budget and the last time at its end.
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
    init: Optional[Path] = None
    # Not of the recipe: where it ran must not make a run another one when it resumes.
    hardware: Hardware = field(default_factory=Hardware)
    log_s: float = 20.0
    save_s: float = 120.0
    validations: int = 10
    commit: str = "unknown"

    @property
    def folders(self) -> Folders:
        """Return where the run's images come from."""
        return Folders(self.data, self.validation, self.test, self.out / "shards")

    def share_done(self, progress: Progress) -> float:
        """Return how much of the budget is used: 1 is all."""
        # By steps, where they are given: then the learning rate and the stages do not depend on the clock.
        return progress.step / self.steps if self.steps else progress.seconds / (60 * self.minutes)

    def validations_due(self, progress: Progress) -> int:
        """Return how many validations should be done, but for that at the end."""
        # That at the end follows anyway, so that it is not counted here.
        return min(int(self.share_done(progress) * self.validations), self.validations - 1)
