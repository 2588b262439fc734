# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark on textures of 96 px and networks that are as narrow as can be."""

from __future__ import annotations

from dataclasses import replace

from metocean.models.networks.im2px import Im2pxConfig
from metocean.models.networks.inception import InceptionConfig
from metocean.models.networks.unet import UNetConfig
from metocean.training.benchmark import __main__ as command
from metocean.training.benchmark.settings import QUICK, Training
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import TrainingStage

SIDE_PX = 96


def brief(model, network, size_px=SIDE_PX):
    recipe = replace(RECIPES[model, "ours"], network=network, batch=2, stages=(TrainingStage(1.0, size_px),))
    return Training(recipe, steps=1)


TINY = replace(
    QUICK,
    name="tiny",
    supervised=brief("unet", UNetConfig(width=1, norm=True), SIDE_PX // 2),
    categorizer=brief("categorizer", InceptionConfig(width=0.01)),
    im2px=brief("im2px", Im2pxConfig(width=1, norm=True)),
    by_masks=brief("unet", UNetConfig(width=1, norm=True), SIDE_PX // 2),
    by_resolution=brief("categorizer", InceptionConfig(width=0.01)),
    seeds=(0, 1),
    resolutions_m=(50.0, 60.0),
    masks_per_class=(2, 4, 10, 20),
    masking_images=2,
)
# Two of Table 1; three networks of Table 2, twice, less one that Table 1 has too, as its recipe is the same;
# three numbers of masks, since no class has more than 6.
TRAININGS = 2 + 3 * 2 - 1 + 3


class KilledError(Exception):
    """Stands in for the end of the process."""


def run(work, simulated, *more):
    """Run the command as it is typed, with its tables and figures in ``work / "out"``."""
    arguments = ["--work", work, "--out", work / "out", "--simulated", simulated, "--quick", *more]
    command.main(list(map(str, arguments)))
