# SPDX-License-Identifier: GPL-2.0-or-later
from dataclasses import replace

import numpy as np
import pytest
import torch
from metocean.core.errors import OptionError
from metocean.models.networks.im2px import Im2pxConfig
from metocean.models.networks.inception import InceptionConfig
from metocean.models.networks.registry import NETWORKS
from metocean.models.networks.unet import UNetConfig
from metocean.training.fit.command_line import parse
from metocean.training.recipes.optimiser import build_loss, build_optimiser, learning_rate
from metocean.training.recipes.paper_losses import SquaredError, WeightedBCE
from metocean.training.recipes.presets import RECIPES

OURS = RECIPES["unet", "ours"]


def test_paper_presets_are_the_papers():
    unet, categorizer, im2px = (RECIPES[model, "paper"] for model in ("unet", "categorizer", "im2px"))
    assert (unet.batch, unet.network, unet.balance) == (32, UNetConfig(32, False, 10), 0.0)
    assert (categorizer.batch, categorizer.learning_rate) == (16, 1e-4)
    assert (categorizer.network, categorizer.balance) == (InceptionConfig(1.0, 10), 1.0)
    assert (im2px.network, im2px.balance) == (Im2pxConfig(32, False, 10), 1.0)
    prior = torch.full((10,), 0.1)
    assert isinstance(build_loss(im2px, prior), SquaredError)
    loss = build_loss(unet, prior)
    assert isinstance(loss, WeightedBCE) and loss.variant == "code"
    for recipe in (unet, categorizer, im2px):
        assert recipe.ema == recipe.decay == recipe.clip == recipe.augmentation.zoom == 0
        assert recipe.optimiser == "Adam" and recipe.keep == "best"
        assert [learning_rate(recipe, share) for share in (0, 0.5, 1)] == [recipe.learning_rate] * 3
    assert [recipe.stages[0].size_px for recipe in (unet, categorizer, im2px)] == [256, 512, 512]
    assert im2px.batch == unet.batch


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: f"{recipe.model} {recipe.preset}")
def test_every_recipe_fits_its_network(recipe):
    network, config = NETWORKS[recipe.task.network]
    assert isinstance(recipe.network, config)
    assert all(stage.size_px % (4 * network.STEP) == 0 for stage in recipe.stages)
    assert recipe.stages[-1].until == 1.0
    assert RECIPES[recipe.model, recipe.preset] is recipe


def test_learning_rate_warms_up_and_comes_down():
    rates = [learning_rate(OURS, share) for share in np.linspace(0, 1, 201)]
    assert rates[0] == pytest.approx(OURS.learning_rate / 100)
    assert max(rates) == pytest.approx(OURS.learning_rate) and rates.index(max(rates)) == 6  # 3 %
    assert all(a > b for a, b in zip(rates[6:-4], rates[7:]))
    assert rates[-1] <= OURS.learning_rate / 1000
    assert learning_rate(OURS, 1.2) == rates[-1]


@pytest.mark.parametrize(("model", "turn"), [("unet", 0.6), ("categorizer", 0.6)])
def test_parts_are_seen_first_and_whole_images_last(model, turn):
    recipe = RECIPES[model, "ours"]
    seen = [recipe.stage(share) for share in (0.0, turn - 0.01, turn, 0.99, 1.0)]
    whole_px = 64 * NETWORKS[recipe.task.network][0].STEP
    assert [stage.size_px for stage in seen] == [whole_px // 2] * 2 + [whole_px] * 3
    assert [stage.on_phenomenon for stage in seen] == [True, True, False, False, False]
    assert [recipe.batch_in(stage) for stage in recipe.stages] == [recipe.batch, recipe.batch // 4]
    assert replace(recipe, batch=1).batch_in(recipe.stages[1]) == 1


def test_a_loss_that_makes_no_sense_lists_the_choices():
    with pytest.raises(OptionError, match="cross-entropy, squared-error"):
        replace(RECIPES["im2px", "ours"], loss="wbce")


def test_excluded_classes_do_not_count_in_the_weights():
    recipe = replace(RECIPES["unet", "paper"], exclude=("IB",))
    weight = build_loss(recipe, torch.tensor([0.1] * 9 + [0.2])).weight
    assert weight[2] == 0
    assert float(weight[0] / weight[9]) == pytest.approx(2)


def test_biases_do_not_decay():
    network = torch.nn.Conv2d(1, 2, 3)
    groups = build_optimiser(OURS, network).param_groups
    assert [(len(g["params"]), g["weight_decay"]) for g in groups] == [(1, OURS.decay), (1, 0.0)]


def test_the_command_line_says_what_differs_from_the_preset(tmp_path):
    line = "--model categorizer --data a b --out run --width 1 --batch 3 --exclude SI IB --init bundled"
    job = parse([*line.split(), "--devices", "2", "--commit", "abc"], None)
    recipe = RECIPES["categorizer", "ours"]
    wanted = replace(recipe, network=InceptionConfig(1.0), batch=3, exclude=("IB", "SI"))
    assert job.recipe == wanted
    assert job.init.name == "categorizer.safetensors" and job.init.parent.name == "weights"
    assert [path.name for path in job.data] == ["a", "b"]
    assert job.hardware.devices == "2" and job.commit == "abc"
    assert parse(["--data", "a", "--out", "run"], None).recipe == OURS
