# SPDX-License-Identifier: GPL-2.0-or-later
"""What annotators leave out, and the cells of labels that networks see."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import value_of
from metocean.training.data.label_cells import network_labels
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.scenes.labels import leave_unlabelled


def bordered():
    """Plain water, streaks from the middle on, icebergs at their border."""
    labels = np.full((256, 256), value_of("POW"), np.uint8)
    labels[:, 128:] = value_of("WS")
    labels[96:160, 120:136] = value_of("IB")
    return labels


@pytest.mark.parametrize("seed", range(5))
def test_part_of_an_image_is_left_unlabelled(seed):
    labels = bordered()
    leave_unlabelled(Draws(seed), labels, 0.2)
    assert (labels == 0).mean() == pytest.approx(0.2, abs=0.06)
    assert (labels[96:160, 120:136] == value_of("IB")).all()


def test_what_is_left_unlabelled_lies_where_classes_meet_and_spares_what_is_thin():
    near, spared = [], []
    for seed in range(20):
        labels = bordered()
        labels[40:56] = value_of("OF")
        leave_unlabelled(Draws(seed), labels, 0.3)
        left = labels == 0
        near.append(left[:, 96:160].mean() > left[:, :32].mean())
        spared.append((labels == value_of("OF")).any())
    assert np.mean(near) > 0.6 and np.mean(spared) > 0.6


def test_network_labels_by_hand():
    labels = np.zeros((8, 32), np.uint8)
    labels[:, :8] = value_of("POW")
    labels[0, 0] = value_of("IB")  # one pixel is enough
    labels[:, 8:10] = value_of("OF")  # a quarter of the cell
    labels[:, 10:16] = value_of("POW")
    labels[:, 16:19] = value_of("RC")  # three eighths and the rest unlabelled
    labels[:4, 24:] = value_of("WS")  # exactly half
    expected = [[value_of("IB"), value_of("OF"), 0, value_of("WS")]]
    np.testing.assert_array_equal(network_labels(labels, 8), expected)
