# SPDX-License-Identifier: GPL-2.0-or-later
"""The recipes, by model and preset: ours, and the paper's.

What sets ours apart: normalised networks of half the paper's width, stages that show parts first,
augmentation towards real scenes, and an average of the weights.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...models.networks.im2px import Im2pxConfig
from ...models.networks.inception import InceptionConfig
from ...models.networks.unet import UNetConfig
from .augmentation import PAPER, Augmentation
from .losses import Loss
from .recipe import Keep, Optimiser, Recipe, TrainingStage

_UNET = Recipe(
    model="unet",
    preset="ours",
    network=UNetConfig(width=16, norm=True),
    augmentation=Augmentation(),
    # Parts with something in them teach more in the same time than whole imagettes, which are mostly sea.
    stages=(TrainingStage(0.6, 128, on_phenomenon=True), TrainingStage(1.0, 256)),
    loss=Loss.CROSS_ENTROPY_DICE,
    optimiser=Optimiser.ADAMW,
    learning_rate=1e-3,
    decay=0.01,
    cosine=True,
    batch=32,
    # Half of the images are drawn by class, as some are rare: in the paper's training set (eq. 2) an iceberg
    # is one pixel in 250, an oceanic front one in 71.
    balance=0.5,
    # An average over about 1 / (1 - 0.995) = 200 steps.
    ema=0.995,
    clip=5.0,
    keep=Keep.LAST,
)
# Fine texture at 50 m is what simulated waves are least true in: blurred as far as at the U-Net's 100 m.
_AT_50_M = Augmentation(blur_chance=0.5, blur_px=2.2)
_CATEGORIZER = replace(
    _UNET,
    model="categorizer",
    augmentation=_AT_50_M,
    network=InceptionConfig(width=0.5),
    stages=(TrainingStage(0.6, 256, on_phenomenon=True), TrainingStage(1.0, 512)),
    loss=Loss.LOCALISED,
    learning_rate=5e-4,
    balance=1.0,
)
_IM2PX = replace(
    _UNET,
    model="im2px",
    augmentation=_AT_50_M,
    network=Im2pxConfig(width=16, norm=True),
    # Little more than the network's reach: of larger parts less is what the image is named for.
    stages=(TrainingStage(1.0, 128, on_phenomenon=True),),
    loss=Loss.CROSS_ENTROPY,
    batch=128,
    balance=1.0,
)
# Colin et al. 2022, Sections 3.1 and 3.5, and the authors' code. Weights of the U-Net's loss answer for
# rarity, so its images are drawn as they come. Rate and batch of IM2PX are not published; they are the
# U-Net's.
_PAPER: dict[str, Any] = {
    "preset": "paper",
    "augmentation": PAPER,
    "optimiser": Optimiser.ADAM,
    "learning_rate": 1e-3,
    "decay": 0.0,
    "cosine": False,
    "ema": 0.0,
    "clip": 0.0,
    "keep": Keep.BEST,
}
_PAPER_UNET = replace(
    _UNET,
    **_PAPER,
    network=UNetConfig(width=32, norm=False),
    stages=(TrainingStage(1.0, 256),),
    loss=Loss.WEIGHTED_BCE,
    balance=0.0,
)
_PAPER_CATEGORIZER = replace(
    _CATEGORIZER,
    **{**_PAPER, "learning_rate": 1e-4},
    network=InceptionConfig(width=1.0),
    stages=(TrainingStage(1.0, 512),),
    loss=Loss.CROSS_ENTROPY,
    batch=16,
)
_PAPER_IM2PX = replace(
    _IM2PX,
    **_PAPER,
    network=Im2pxConfig(width=32, norm=False),
    stages=(TrainingStage(1.0, 512),),
    batch=_UNET.batch,
    loss=Loss.SQUARED_ERROR,
)
_ALL = (_UNET, _CATEGORIZER, _IM2PX, _PAPER_UNET, _PAPER_CATEGORIZER, _PAPER_IM2PX)
RECIPES = {(recipe.model, recipe.preset): recipe for recipe in _ALL}
PRESETS = ("ours", "paper")
