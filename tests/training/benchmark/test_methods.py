# SPDX-License-Identifier: GPL-2.0-or-later
"""How a method is scored."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.quantity import to_uint8
from metocean.training.benchmark.methods import dice
from metocean.training.data.shards import Content, open_shard, write_shard
from metocean.training.metrics.dice import PooledDice


class Sure:
    """Gives 0.91 to the class of the grey level, 20 x class."""

    output_stride = 4

    def predict(self, image, feedback):
        grey = to_uint8(image.read(slice(0, image.shape[0]), slice(0, image.shape[1]))[::4, ::4])
        return (np.round(grey / 20) - 1 == np.arange(10)[:, None, None]) * np.float32(0.9) + np.float32(0.01)


def test_a_method_is_scored_on_labelled_cells_of_all_images(tmp_path):
    labels = np.random.default_rng(0).integers(1, 11, (5, 4, 4), dtype=np.uint8)
    images = (labels * 20).repeat(4, 1).repeat(4, 2)
    labels[:, 1] = labels[:, 1] % 10 + 1  # wrong
    labels[:, 0] = 0
    write_shard(tmp_path, Content(images, labels, None), {})
    expected = PooledDice()
    for image, truth in zip(images, labels):
        probabilities = np.full((10, 4, 4), 0.01)
        for line, sample in np.ndindex(4, 4):
            probabilities[image[4 * line, 4 * sample] // 20 - 1, line, sample] = 0.91
        expected.add(probabilities, truth)
    found = dice(Sure(), [open_shard(tmp_path)])
    for variant, row in expected.scores().items():
        for code, value in row.items():
            assert found[variant][code] == pytest.approx(value, rel=1e-4, nan_ok=True)
