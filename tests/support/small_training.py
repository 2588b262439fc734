# SPDX-License-Identifier: GPL-2.0-or-later
"""Trainings that take seconds: networks as narrow as can be, on the images that ``write_textures`` writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from metocean.models.networks.im2px import Im2pxConfig
from metocean.models.networks.inception import InceptionConfig
from metocean.models.networks.unet import UNetConfig
from metocean.training.fit.devices import Hardware, launch
from metocean.training.fit.job import Job
from metocean.training.fit.trainer import Trainer
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import TrainingStage

EXACT = Hardware(device="cpu", precision="32-true")  # faster than bf16 in networks so narrow
TINY = replace(
    RECIPES["unet", "ours"], network=UNetConfig(width=1, norm=True), batch=4, stages=(TrainingStage(1.0, 32),)
)
# Crops of a phenomenon, then whole images.
TWO_STAGES = replace(
    RECIPES["categorizer", "ours"],
    network=InceptionConfig(width=0.01),
    batch=4,
    stages=(TrainingStage(0.5, 80, on_phenomenon=True), TrainingStage(1.0, 96)),
)
ENCODER = replace(
    RECIPES["im2px", "ours"],
    network=Im2pxConfig(width=1, norm=True),
    batch=4,
    stages=(TrainingStage(1.0, 64, True),),
)


def trainer(data: Path, out: Path, recipe=TINY, **changes) -> Trainer:
    """Return the trainer of a job of four steps, on images as large as the recipe's network needs."""
    shard = "shard-000" if recipe.model == "unet" else "large"
    settings = {"data": (data / shard,), "out": out, "steps": 4, "hardware": EXACT, **changes}
    job = Job(recipe, **settings)
    return Trainer(job, launch(job.hardware))
