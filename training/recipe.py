"""What a training run is: its settings, by model and preset."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Optional

from ..core.errors import OptionError
from ..models.checkpoint import INDEPENDENT_LOSSES
from ..models.im2px import Im2pxConfig
from ..models.inception import InceptionConfig
from ..models.unet import UNetConfig
from .augment import PAPER, Augmentation
from .hardware import Hardware
from .state import Progress
from .tasks import TASKS, Task


@dataclass(frozen=True)
class Stage:
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

    Attributes
    ----------
    model : str
        A key of `metocean.training.tasks.TASKS`.
    network : dataclass
        The configuration of its network.
    loss : str
        A key of `metocean.training.losses.LOSSES`.
    batch : int
        Images a step and device in the first stage; where images are larger there are fewer of them.
    balance : float
        Share of images drawn uniformly by class, the others as they come.
    ema : float
        Decay of the averaged weights, which are those that are kept; 0: no average.
    clip : float
        Largest norm of the gradient; 0: any.
    keep : "last" or "best"
        The weights at the end, or those with the least loss on the validation images.
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
    stages: tuple[Stage, ...]
    loss: str
    optimiser: str
    learning_rate: float
    decay: float
    cosine: bool
    batch: int
    balance: float
    ema: float
    clip: float
    keep: str
    seed: int = 0
    exclude: tuple[str, ...] = ()
    coarser: float = 1.0
    per_class: Optional[int] = None

    def __post_init__(self) -> None:
        allowed = self.task.losses
        if self.loss not in allowed:
            raise OptionError(f"Loss {self.loss} is not for {self.model}; choose from {', '.join(allowed)}.")

    @property
    def task(self) -> Task:
        """What the model learns."""
        return TASKS[self.model]

    @property
    def independent(self) -> bool:
        """True where the loss judges each class by itself; see `metocean.models.checkpoint.Card`."""
        return self.loss in INDEPENDENT_LOSSES

    def stage(self, share: float) -> Stage:
        """Return the stage at ``share``, 0 to 1 of the run."""
        return next((stage for stage in self.stages if share < stage.until), self.stages[-1])

    def batch_in(self, stage: Stage) -> int:
        """Return the images a step and device, so many that memory stays what it is in the first stage."""
        return max(1, round(self.batch * (self.stages[0].size_px / stage.size_px) ** 2))


_UNET = Recipe(
    model="unet",
    preset="ours",
    network=UNetConfig(width=16, norm=True),
    augmentation=Augmentation(),
    # Parts with something in them teach more in the same time than whole imagettes, which are mostly sea.
    stages=(Stage(0.6, 128, on_phenomenon=True), Stage(1.0, 256)),
    loss="cross-entropy-dice",
    optimiser="AdamW",
    learning_rate=1e-3,
    decay=0.01,
    cosine=True,
    batch=32,
    balance=0.5,
    ema=0.995,
    clip=5.0,
    keep="last",
)
# Fine texture at 50 m is what simulated waves are least true in: blurred as far as at the U-Net's 100 m.
_AT_50_M = Augmentation(blur_chance=0.5, blur_px=2.2)
_CATEGORIZER = replace(
    _UNET,
    model="categorizer",
    augmentation=_AT_50_M,
    network=InceptionConfig(width=0.5),
    stages=(Stage(0.7, 256, on_phenomenon=True), Stage(1.0, 512)),
    loss="cross-entropy",
    learning_rate=5e-4,
    balance=1.0,
)
_IM2PX = replace(
    _UNET,
    model="im2px",
    augmentation=_AT_50_M,
    network=Im2pxConfig(width=16, norm=True),
    # Little more than the network's reach: of larger parts less is what the image is named for.
    stages=(Stage(1.0, 128, on_phenomenon=True),),
    loss="cross-entropy",
    batch=128,
    balance=1.0,
)
# Colin et al. 2022, Section 2.2, and the authors' code. Weights of the U-Net's loss answer for rarity, so its
# images are drawn as they come. Rate and batch of IM2PX are not published; they are the U-Net's.
_PAPER: dict[str, Any] = {
    "preset": "paper",
    "augmentation": PAPER,
    "optimiser": "Adam",
    "learning_rate": 1e-3,
    "decay": 0.0,
    "cosine": False,
    "ema": 0.0,
    "clip": 0.0,
    "keep": "best",
}
_PAPER_UNET = replace(
    _UNET,
    **_PAPER,
    network=UNetConfig(width=32, norm=False),
    stages=(Stage(1.0, 256),),
    loss="wbce",
    balance=0.0,
)
_PAPER_CATEGORIZER = replace(
    _CATEGORIZER,
    **{**_PAPER, "learning_rate": 1e-4},
    network=InceptionConfig(width=1.0),
    stages=(Stage(1.0, 512),),
    batch=16,
)
_PAPER_IM2PX = replace(
    _IM2PX,
    **_PAPER,
    network=Im2pxConfig(width=32, norm=False),
    stages=(Stage(1.0, 512),),
    batch=_UNET.batch,
    loss="squared-error",
)
_ALL = (_UNET, _CATEGORIZER, _IM2PX, _PAPER_UNET, _PAPER_CATEGORIZER, _PAPER_IM2PX)
RECIPES = {(recipe.model, recipe.preset): recipe for recipe in _ALL}
PRESETS = ("ours", "paper")


@dataclass(frozen=True)
class Job:
    """One training run: what, from where, to where, how long.

    Attributes
    ----------
    data, validation, test : tuple of Path
        Folders of shards, or data sets as they are published; see `metocean.training.sources.open_data`.
    minutes, steps : float, int or None
        The budget. Steps, where given, make a run repeatable to the bit; minutes cannot.
    init : Path or None
        Weights to begin with.
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
    init: Optional[Path] = None
    hardware: Hardware = field(default_factory=Hardware)
    log_s: float = 20.0
    save_s: float = 120.0
    validate_s: float = 600.0
    commit: str = "unknown"

    def share_done(self, progress: Progress) -> float:
        """Return how much of the budget is used: 1 is all."""
        return progress.step / self.steps if self.steps else progress.seconds / (60 * self.minutes)
