# SPDX-License-Identifier: GPL-2.0-or-later
from dataclasses import replace

import pytest
from metocean.models.networks.unet import UNetConfig
from metocean.training.fit.devices import Hardware, launch
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import TrainingStage
from metocean.training.speed import training_loop

pytestmark = pytest.mark.usefixtures("one_thread")


def test_each_stage_is_timed_with_its_own_batch():
    recipe = RECIPES["categorizer", "ours"]
    parts = [recipe.only_stage(stage) for stage in recipe.stages]
    assert [(part.stages[0].size_px, part.batch) for part in parts] == [(256, 32), (512, 8)]
    assert all(
        part.stage(0.5) == part.stages[0] and part.batch_in(part.stages[0]) == part.batch for part in parts
    )


def test_speeds_are_images_over_median_seconds(monkeypatch):
    recipe = replace(
        RECIPES["unet", "ours"],
        network=UNetConfig(width=1, norm=True),
        batch=2,
        stages=(TrainingStage(1.0, 32),),
    )
    seconds = iter([9.0, 9.0, 0.5, 0.25, 0.5, 0.25, 7.0, 0.25])

    def timed(step, fabric):
        step()
        return next(seconds)

    monkeypatch.setattr(training_loop, "timed", timed)
    fabric = launch(Hardware(device="cpu", precision="32-true"))
    assert training_loop.measure(recipe, fabric, rounds=3) == (4.0, 8.0)
