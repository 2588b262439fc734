# SPDX-License-Identifier: GPL-2.0-or-later
"""A training that is killed goes on where it was saved, and only with the same settings."""

from dataclasses import replace

import pytest
import torch
from metocean.core.errors import ModelError
from metocean.models.networks.unet import UNetConfig
from metocean.training.fit.evaluation import Evaluation
from metocean.training.fit.trainer import Trainer
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import TrainingStage
from small_training import TINY, TWO_STAGES, trainer

pytestmark = pytest.mark.usefixtures("one_thread")


class KilledError(Exception):
    pass


def kill_at(step: int, run: Trainer, monkeypatch):
    read = run.batches.read

    def interrupted(number, stage):
        if number == step:
            raise KilledError
        return read(number, stage)

    monkeypatch.setattr(run.batches, "read", interrupted)


@pytest.mark.parametrize("recipe", [TINY, TWO_STAGES], ids=["unet", "categorizer in two stages"])
def test_killed_and_resumed_equals_unbroken(data, tmp_path, monkeypatch, recipe):
    unbroken = trainer(data, tmp_path / "a", recipe)
    unbroken.run()
    killed = trainer(data, tmp_path / "b", recipe, save_s=0.0)
    kill_at(3, killed, monkeypatch)
    with pytest.raises(KilledError):
        killed.run()
    resumed = trainer(data, tmp_path / "b", recipe)
    assert resumed.state.progress.step == 3
    resumed.run()
    for part in ("network", "average"):
        expected, found = (getattr(t.state, part).state_dict() for t in (unbroken, resumed))
        assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert resumed.state.progress.images == unbroken.state.progress.images


def test_other_settings_do_not_resume(data, tmp_path):
    trainer(data, tmp_path).run()
    with pytest.raises(ModelError, match="other settings"):
        trainer(data, tmp_path, replace(TINY, learning_rate=0.5))


def test_damaged_state_is_named(data, tmp_path):
    trainer(data, tmp_path).run()
    (tmp_path / "state.pt").write_bytes(b"no state")
    with pytest.raises(ModelError, match=r"state\.pt"):
        trainer(data, tmp_path)


def test_a_best_network_found_since_the_last_save_is_kept(data, tmp_path, monkeypatch):
    recipe = replace(
        RECIPES["unet", "paper"], network=UNetConfig(width=1), batch=4, stages=(TrainingStage(1.0, 32),)
    )
    losses = iter([0.5, 0.7])
    monkeypatch.setattr(Evaluation, "loss", property(lambda _: next(losses)))
    run = trainer(data, tmp_path, recipe)
    run.step()
    run._save()
    run._validate()  # and is killed before it saves
    resumed = trainer(data, tmp_path, recipe)
    resumed.step()
    resumed._validate()
    assert torch.load(tmp_path / "best.pt", weights_only=True)["loss"] == 0.5


def test_nothing_is_saved_of_a_loss_that_is_not_finite(data, tmp_path):
    run = trainer(data, tmp_path, save_s=0.0)
    run.state.network.head.weight.data.fill_(float("nan"))
    with pytest.raises(ModelError, match="not finite"):
        run.run()
    assert not (tmp_path / "state.pt").exists()
