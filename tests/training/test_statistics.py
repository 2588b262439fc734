# SPDX-License-Identifier: GPL-2.0-or-later
"""The ranges of training images: written, read back, and what they say of the images they are of."""

from __future__ import annotations

import json

import numpy as np
import pytest
from metocean.core.methods.training_ranges import STATISTICS, TrainingRanges
from metocean.core.results.familiarity import texture_blocks
from metocean.training import statistics
from metocean.training.data.pool import open_folders
from metocean.training.data.shards import Content, write_shard


@pytest.fixture
def shard(tmp_path):
    """Four noisy images, 16 cells wide, of 50 m pixels."""
    rng = np.random.default_rng(0)
    images = (
        rng.normal(np.array([60, 90, 120, 150])[:, None, None], 12, (4, 128, 128))
        .clip(1, 255)
        .astype(np.uint8)
    )
    labels = np.full((4, 16, 16), 7, np.uint8)
    write_shard(tmp_path / "data" / "shard-000", Content(images, labels, None), {"simulated": True})
    return tmp_path / "data"


def test_written_and_read_back(shard, tmp_path):
    out = tmp_path / "s.json"
    statistics.main(["--data", str(shard), "--images", "3", "--out", str(out)])
    assert json.loads(out.read_text())["images"] == "3 simulated, seed 0"
    assert {metres: boxes.shape for metres, boxes in TrainingRanges.read(out).boxes.items()} == {
        100.0: (2, 4, 2),
        50.0: (2, 4, 2),
    }


def test_ranges_are_percentiles_of_what_networks_are_shown(shard, monkeypatch):
    shards = open_folders([shard])
    shown = [image / 255 * 2.0 for image in shards[0].images]
    unseen = iter(shown)
    monkeypatch.setattr(statistics, "_augmented", lambda *_: next(unseen))
    found = statistics._range(shards, 8, "calibrated", 4, 0)
    values = np.concatenate([texture_blocks(image, 8).statistics for image in shown])
    for index, name in enumerate(STATISTICS):
        low, high = found[name]
        assert values[:, index].min() - 1e-4 <= low < high <= values[:, index].max() + 1e-4
    assert found["mean"] == pytest.approx(np.percentile(values[:, 0], [0.5, 99.5]), abs=1e-4)


def test_quick_looks_have_a_spread_of_their_own(shard):
    ranges = statistics.ranges(open_folders([shard]), 4, seed=0)["50"]
    assert ranges["quick-look"]["variation"][0] > ranges["calibrated"]["variation"][0]


def test_images_at_100_m_say_nothing_of_50_m(tmp_path):
    images, tags = np.full((1, 64, 64), 100, np.uint8), np.array([7], np.uint8)
    write_shard(tmp_path / "shard-000", Content(images, None, tags), {"step": 4, "simulated": False})
    shards = open_folders([tmp_path])
    assert list(statistics.ranges(shards, 1, seed=0)) == ["100"]
