# SPDX-License-Identifier: GPL-2.0-or-later
import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from metocean.core.errors import OptionError
from metocean.models.methods.base import Predictor
from metocean.models.networks.im2px import Im2px, Im2pxConfig
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise


@pytest.fixture
def network():
    made = Im2px(Im2pxConfig(width=2))
    initialise(made, 0)
    return made.eval()


def test_images_are_scaled_and_clipped(network, card_of):
    roughness = np.array([[0.0, 0.5], [2.0, 7.0]], np.float32).repeat(4, axis=0).repeat(4, axis=1)
    images = Predictor(network, card_of(network)).tensor(np.stack([roughness, roughness]))
    assert images.dtype == torch.float32 and images.shape == (2, 1, 8, 8)
    np.testing.assert_array_equal(images[1, 0, ::4, ::4], [[0, 0.25], [1, 1]])


def test_low_precision_is_that_of_autocast(network, card_of):
    """The weights of convolutions are rounded once, to what autocast makes of them batch after batch."""
    images = torch.rand(3, 1, 16, 24, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        expected = copy.deepcopy(network).folded()(images).float().softmax(dim=1)
    exact = network(images).softmax(dim=1)
    found = Predictor(network, card_of(network), dtype=torch.bfloat16).probabilities(images)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)
    assert (found - exact).abs().max() > 1e-5


def test_probabilities_are_the_softened_softmax(network, card_of):
    images = torch.rand(5, 1, 16, 24, generator=torch.Generator().manual_seed(0))
    found = Predictor(network, card_of(network, 2.5)).probabilities(images).numpy()
    assert found.shape == (5, 10, 2, 3) and found.dtype == np.float32
    for image, probabilities in zip(images, found):
        with torch.no_grad():
            powers = np.exp(network(image[None])[0].double().numpy() / 2.5)
        np.testing.assert_allclose(probabilities, powers / powers.sum(axis=0), atol=1e-6)


@pytest.fixture
def independent(network, card_of):
    """The card of weights that score each class by itself."""
    return replace(card_of(network, 2.5), independent=True)


@pytest.mark.parametrize("exclusive", [True, False])
def test_what_was_trained_by_sigmoids_is_scored_by_them(network, independent, exclusive):
    images = torch.rand(5, 1, 16, 24, generator=torch.Generator().manual_seed(0))
    found = Predictor(network, independent, exclusive=exclusive).probabilities(images).numpy()
    with torch.no_grad():
        sigmoids = 1 / (1 + np.exp(-network(images).double().numpy() / 2.5))
    expected = sigmoids / sigmoids.sum(axis=1, keepdims=True) if exclusive else sigmoids
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_what_shares_one_probability_cannot_be_independent(network, card_of):
    with pytest.raises(OptionError, match="leave them exclusive"):
        Predictor(network, card_of(network), exclusive=False)


def test_another_way_through_the_network(card_of):
    network = Inception(InceptionConfig(width=0.01))
    initialise(network, 0)
    predictor = Predictor(network.eval(), card_of(network, 0.5))
    image = torch.rand(1, 1, 107, 107)
    maps = predictor.probabilities(image, network.maps)
    assert maps.shape == (1, 10, 2, 2)
    torch.testing.assert_close(maps, (network.maps(image) / 0.5).softmax(1).detach())
