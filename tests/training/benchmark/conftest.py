# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of the benchmark, and what stands in for its weights."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.training.benchmark import __main__ as command
from metocean.training.benchmark import bench as benches
from metocean.training.benchmark import settings
from metocean.training.data.shards import Content, write_shard
from metocean.training.fit.trainer import Trainer
from tiny_benchmark import TINY, KilledError


@pytest.fixture
def folder(tmp_path):
    """Sixty images with masks, as many of each class."""
    tags = (np.arange(60) % 10 + 1).astype(np.uint8)
    labels = tags[:, None, None].repeat(4, 1).repeat(4, 2)
    write_shard(tmp_path / "shard-000", Content(labels.repeat(4, 1).repeat(4, 2), labels, tags), {})
    return tmp_path


@pytest.fixture
def weights_folder(tmp_path_factory, monkeypatch):
    """A folder instead of that of the bundled weights: what they are does not matter here."""
    monkeypatch.setattr(settings, "WEIGHTS", tmp_path_factory.mktemp("weights"))
    return settings.WEIGHTS


@pytest.fixture(scope="module")
def simulated(tmp_path_factory, write_textures):
    """Twelve images to train on, four to validate, six to test, all with masks."""
    folder = tmp_path_factory.mktemp("simulated")
    for seed, (part, count) in enumerate((("train", 12), ("validation", 4), ("test", 6))):
        write_textures(folder / part / "shard-000", count, seed, cells=12, step=8)
    return folder


@pytest.fixture
def counted(monkeypatch, tmp_path):
    """Count trainings and scorings; ``kill_at`` ends the process, as it were, in a later one of them."""
    calls = {"trained": [], "scored": [], "kill_at": None}
    train, dice = Trainer.run, benches.dice

    def count(name, what):
        if calls["kill_at"] == len(calls["trained"]) + len(calls["scored"]):
            raise KilledError
        calls[name].append(what)

    def counting_run(trainer):
        count("trained", trainer.job.out.name)
        return train(trainer)

    def counting_dice(method, *rest):
        count("scored", method)
        return dice(method, *rest)

    monkeypatch.setattr(Trainer, "run", counting_run)
    monkeypatch.setattr(benches, "dice", counting_dice)
    monkeypatch.setattr(command, "QUICK", TINY)
    monkeypatch.setattr(settings, "WEIGHTS", tmp_path / "weights")
    return calls
