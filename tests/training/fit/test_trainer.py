# SPDX-License-Identifier: GPL-2.0-or-later
"""What a training learns, keeps and begins with."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from metocean.core.classes import class_index
from metocean.core.errors import ModelError
from metocean.models.checkpoint import load_weights
from metocean.models.networks.unet import UNetConfig
from metocean.training import evaluate
from metocean.training.fit.evaluation import Evaluation
from metocean.training.recipes.augmentation import PAPER
from metocean.training.recipes.initial_weights import NEVER, first_network
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import TrainingStage
from small_training import ENCODER, TINY, TWO_STAGES, trainer

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("recipe", [TINY, TWO_STAGES, ENCODER], ids=lambda recipe: recipe.model)
def test_every_model_trains_and_is_scored_on_what_was_held_out(data, tmp_path, recipe):
    path = trainer(data, tmp_path, recipe, steps=2).run()
    assert path == tmp_path / f"{recipe.model}.safetensors"
    _, card = load_weights(path)
    assert card.training["images_in_pool"] == 10 and card.scores["images"] == 2  # of twelve
    # Only where images have one class each is it asked which of them leave no doubt.
    assert ("alone" in card.scores) == (recipe.model == "categorizer")
    assert card.scores.get("alone", {"images": 0})["images"] <= 2


def test_it_learns_and_the_command_line_scores_it(data, tmp_path, capsys):
    recipe = replace(
        TINY,
        network=UNetConfig(width=3, norm=True),
        batch=12,
        ema=0.8,
        learning_rate=5e-3,
        augmentation=PAPER,
    )
    run = trainer(data, tmp_path, recipe, steps=70, validation=(data / "shard-001",))
    for _ in range(70):
        run.step()
    losses = torch.stack(run.losses)
    assert losses[-5:].mean() < 0.5 * losses[:5].mean()
    path = run._publish()
    arguments = ["--weights", str(path), "--data", str(data / "shard-001"), "--out", str(tmp_path / "scores")]
    evaluate.main(arguments)
    content = json.loads((tmp_path / "scores" / "scores.json").read_text())
    assert content["test_set"] == "simulated"
    assert np.sum(content["confusion"]) == 12 * 7 * 8  # the first line is unlabelled
    assert content["argmax"]["AF"] > 0.8 and content["argmax"]["POW"] > 0.8
    assert "| argmax |" in capsys.readouterr().out


def test_paper_preset_keeps_the_best_network(data, tmp_path, monkeypatch):
    recipe = replace(
        RECIPES["unet", "paper"], network=UNetConfig(width=1), batch=4, stages=(TrainingStage(1.0, 32),)
    )
    run = trainer(data, tmp_path, recipe, steps=3, validation=(data / "shard-001",), validations=3)
    losses = iter([3.0, 1.0, 2.0])
    monkeypatch.setattr(Evaluation, "loss", property(lambda _: next(losses)))
    after, step = [], run.step
    head = run.state.network.head.weight
    monkeypatch.setattr(run, "step", lambda: (step(), after.append(head.detach().clone())))
    run.run()
    torch.testing.assert_close(run.state.average.module.head.weight, after[1])  # not the last
    assert not torch.equal(after[1], after[2])


def test_fine_tuning_begins_with_the_weights_it_is_given(data, tmp_path):
    path = trainer(data, tmp_path / "a", steps=2).run()
    kept, card = load_weights(path)
    run = trainer(data, tmp_path / "b", init=path)
    for name, value in kept.state_dict().items():
        if value.is_floating_point():
            assert torch.equal(run.state.network.state_dict()[name], value)
    _, tuned = load_weights(run.run())
    assert tuned.training["begun_with"] == card.model_id
    with pytest.raises(ModelError, match=r"width=1.*width=2.*set --width"):
        first_network(replace(TINY, network=UNetConfig(width=2, norm=True)), path)


@pytest.mark.parametrize("recipe", [TINY, TWO_STAGES, ENCODER], ids=lambda recipe: recipe.model)
def test_an_excluded_class_is_neither_learnt_nor_predicted(data, tmp_path, recipe):
    run = trainer(data, tmp_path, replace(recipe, exclude=("AF",)), steps=3)
    network, card = load_weights(run.run())
    with torch.no_grad():
        probabilities = network(torch.rand(2, 1, 96, 96)).softmax(1)
    assert (probabilities[:, class_index("AF")] == 0).all()
    head = [p for p in run.plain.parameters() if p.ndim == 1][-1]
    assert float(head[class_index("AF")].detach()) == NEVER  # no gradient has moved it
    assert card.training["recipe"]["exclude"] == ["AF"]
    assert np.sum(np.array(json.loads(json.dumps(card.scores["confusion"])))[class_index("AF")]) == 0
