# SPDX-License-Identifier: GPL-2.0-or-later
"""Users who cancel are heard between the layers of a network."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from feedback import CancelAfter, Recorder
from metocean.core.errors import Cancelled
from metocean.core.methods.image import Image
from metocean.models.methods.looking import looking
from metocean.models.methods.mask import Mask
from metocean.models.methods.part import TileByTile
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise
from torch import nn

# Of InceptionV3 without its auxiliary head.
CONVOLUTIONS = 94


@pytest.fixture
def network(one_thread):
    made = Inception(InceptionConfig(width=0.01))
    initialise(made, 0)
    return made


def looks_of(method, image):
    """Return at how many shares of the work a method looked, and how often at each."""
    recorder = Recorder()
    method.predict(Image.from_array(image, 8), recorder)
    assert recorder.fractions == sorted(recorder.fractions)
    return [recorder.fractions.count(share) for share in dict.fromkeys(recorder.fractions)]


def test_mask_looks_before_each_layer_of_each_batch(network, card_of):
    method = Mask(network, card_of(network), batch=4, fill="mean", side_px=33, stride_px=16)
    image = np.random.default_rng(0).random((80, 80), np.float32)
    counts = looks_of(method, image)
    # 25 masks, 4 at a time along 5 samples: no batch is computed without a look between its layers.
    assert len(counts) >= 7 and min(counts) >= CONVOLUTIONS


def test_tiles_look_before_each_layer_of_each_batch(network, card_of):
    method = TileByTile(network, card_of(network), batch=4, side_px=75, stride_px=25)
    counts = looks_of(method, np.random.default_rng(0).random((96, 96), np.float32))
    assert len(counts) >= 4 and min(counts) >= CONVOLUTIONS


@pytest.mark.parametrize("looks", [1, 50, 150])
def test_a_user_is_heard_within_a_batch_and_nothing_stays_behind(network, card_of, looks):
    method = Mask(network, card_of(network), batch=64, fill="mean", side_px=33, stride_px=16)
    with pytest.raises(Cancelled):
        method.predict(Image.from_array(np.ones((80, 80), np.float32), 8), CancelAfter(looks=looks))
    assert not any(module._forward_pre_hooks for module in network.modules())


def test_each_run_asks_its_own_user():
    layer, mine, others = nn.Linear(2, 2), Recorder(), Recorder()
    with looking(layer, mine):
        thread = threading.Thread(target=_run_once, args=(layer, others))
        thread.start()
        thread.join()
        assert (mine.fractions, others.fractions) == ([], [0.0])
        layer(torch.ones(2))
    assert (mine.fractions, others.fractions) == ([0.0], [0.0])


def _run_once(layer, feedback):
    with looking(layer, feedback):
        layer(torch.ones(2))
