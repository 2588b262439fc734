# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings that are one of a few words: types in code, and plain strings wherever they are written."""

import json
from dataclasses import asdict, replace

from metocean.training.fit.command_line import parse
from metocean.training.recipes.losses import LOSSES, Loss
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import Keep, Optimiser


def test_words_are_written_as_plain_strings():
    assert f"{Loss.WEIGHTED_BCE}" == str(Loss.WEIGHTED_BCE) == "wbce"
    assert json.dumps([Keep.BEST, Optimiser.ADAM]) == '["best", "Adam"]'
    assert Loss("names-and-places") is Loss.LOCALISED and LOSSES["wbce"] is LOSSES[Loss.WEIGHTED_BCE]
    assert set(Loss.words()) == set(LOSSES)


def test_a_recipe_is_the_same_json_as_with_strings():
    """Runs resume only with the same settings, and folders of a benchmark are named after them."""
    recipe = RECIPES["unet", "ours"]
    plain = replace(recipe, loss="cross-entropy-dice", optimiser="AdamW", keep="last")
    assert json.dumps(asdict(recipe)) == json.dumps(asdict(plain))


def test_the_command_line_takes_words():
    job = parse(["--data", "a", "--out", "run", "--loss", "wbce"], None)
    assert job.recipe.loss is Loss.WEIGHTED_BCE
