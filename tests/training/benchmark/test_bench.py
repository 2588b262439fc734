# SPDX-License-Identifier: GPL-2.0-or-later
"""Trainings and scores that are made once, and made anew where what they stand on has changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from metocean.core.classes import CODES
from metocean.core.errors import InputError
from metocean.models.card import Card
from metocean.models.checkpoint import save_weights
from metocean.models.methods.supervised import Supervised
from metocean.models.networks.registry import initialise
from metocean.models.networks.unet import UNet, UNetConfig
from metocean.training.benchmark import bundled, images, report, table2
from metocean.training.benchmark.bench import Bench
from metocean.training.benchmark.works import ImageSet, Use
from tiny_benchmark import TINY, run


@pytest.mark.usefixtures("one_thread")
def test_bundled_weights_are_scored_and_left_as_they_are(simulated, counted, tmp_path):
    network = UNet(UNetConfig(width=1))
    initialise(network, 0)
    card = Card(
        CODES, 100.0, 1.0, "tiny", training=dict.fromkeys(report.FACTS, "x"), scores={}, independent=False
    )
    save_weights(tmp_path / "weights" / "unet.safetensors", network, card)
    bench = Bench(tmp_path, TINY, images.simulated(simulated))
    (use,) = bundled.uses(TINY, "unet")
    assert set(bench.scores(use)) == set(table2.MEANING) and bench.scores(use) == bench.scores(use)
    assert len(counted["scored"]) == 1 and not counted["trained"]
    assert len(list((tmp_path / "weights").iterdir())) == 2
    assert bundled.uses(TINY, "cam") == []


@pytest.mark.usefixtures("one_thread")
def test_scores_belong_to_weights_images_and_method(simulated, counted, tmp_path, write_textures):
    run(tmp_path, simulated, "--parts", "figure3")
    assert [type(method) for method in counted["scored"]] == [Supervised] * 3
    training = TINY.supervised.changed(per_class=2)
    write_textures(tmp_path / "other" / "shard-000", 3, seed=9, cells=12, step=8)
    other = replace(images.simulated(simulated), test=(tmp_path / "other",))
    bench = Bench(tmp_path, TINY, other)
    bench.scores(Use("unet", training))
    bench.scores(Use("unet", training))
    bench.scores(Use("unet", training, ImageSet.FEW))
    assert len(counted["scored"]) == 5 and len(counted["trained"]) == 3
    bench.scores(Use("unet", replace(training, steps=2)))  # another budget is another training
    assert len(counted["scored"]) == 6 and len(counted["trained"]) == 4


@pytest.mark.usefixtures("one_thread")
def test_a_training_belongs_to_the_weights_it_began_with(simulated, counted, tmp_path):
    bench = Bench(tmp_path, TINY, images.simulated(simulated))
    training = replace(TINY.supervised, begun="unet")
    for seed in (0, 0, 1):
        network = UNet(UNetConfig(width=1, norm=True))
        initialise(network, seed)
        begun = Card(CODES, 100.0, 1.0, f"seed {seed}", training={}, scores={}, independent=False)
        save_weights(tmp_path / "weights" / "unet.safetensors", network, begun)
        card = bench.card(training)
        assert card.training["begun_with"] == f"seed {seed}"
    assert len(counted["trained"]) == 2


def test_folders_without_shards_are_named(tmp_path):
    with pytest.raises(InputError, match="No complete shards"):
        Bench(tmp_path, TINY, images.simulated(tmp_path))
