# SPDX-License-Identifier: GPL-2.0-or-later
"""The images of the benchmark: which they are, and how they are told apart."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
from metocean.training.benchmark import images
from metocean.training.benchmark.settings import Counts
from metocean.training.data.pool import open_folders
from metocean.training.simulator.scenes.shard_writer import Order


def test_images_are_told_apart_by_what_they_hold(simulated):
    shards = open_folders([simulated / "train"])
    labels = np.array(shards[0].labels)
    assert images.identity([replace(shards[0], labels=labels, path=simulated)]) == images.identity(shards)
    labels[5, 3, 3] = 9
    assert images.identity([replace(shards[0], labels=labels)]) != images.identity(shards)


def test_the_first_images_of_each_class_are_taken_across_shards(tmp_path, write_textures):
    for i in range(3):
        write_textures(tmp_path / f"shard-00{i}", count=3, seed=i)
    shards = open_folders([tmp_path])
    wanted, left = [], {1: 2, 7: 2}
    for shard in shards:
        for image, tag in zip(shard.images, shard.tags):
            if left[tag]:
                left[tag] -= 1
                wanted.append(image.tobytes())
    chosen = images.first_of_each_class(shards, 2)
    assert [image.tobytes() for shard in chosen for image in shard.images] == wanted
    assert images.count(chosen) == 4


def test_images_are_simulated_once_with_a_held_out_test_set(tmp_path, monkeypatch, write_textures):
    asked = []

    def simulate(out, order):
        asked.append(order)
        write_textures(out / "shard-000", order.count)

    monkeypatch.setattr(images, "write_shards", simulate)
    for _ in range(2):
        found = images.simulate_images(tmp_path, Counts(4, 2, 3))
    assert asked == [Order(4, seed=1), Order(2, seed=2), Order(3, seed=3, held_out=True)]
    assert found.tagged == found.masks and found.test == (tmp_path / "test",)
    assert images.describe(found.test) == "3 simulated images"
    path = tmp_path / "test" / "shard-000" / "meta.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "generator": 5, "held_out": True}))
    said = (
        "3 simulated images (simulator's version 5), "
        "their parameters from parts of each range that training never saw"
    )
    assert images.describe(found.test) == said
