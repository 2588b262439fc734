import numpy as np
import pytest
import torch
from metocean.models.im2px import Im2px, Im2pxConfig
from metocean.models.inception import Inception, InceptionConfig
from metocean.models.networks import initialise
from metocean.models.predictor import Predictor


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


def test_probabilities_are_the_softened_softmax(network, card_of):
    images = torch.rand(5, 1, 16, 24, generator=torch.Generator().manual_seed(0))
    found = Predictor(network, card_of(network, 2.5)).probabilities(images).numpy()
    assert found.shape == (5, 10, 2, 3) and found.dtype == np.float32
    for image, probabilities in zip(images, found):
        with torch.no_grad():
            powers = np.exp(network(image[None])[0].double().numpy() / 2.5)
        np.testing.assert_allclose(probabilities, powers / powers.sum(axis=0), atol=1e-6)


def test_another_way_through_the_network(card_of):
    network = Inception(InceptionConfig(width=0.01))
    initialise(network, 0)
    predictor = Predictor(network.eval(), card_of(network, 0.5))
    image = torch.rand(1, 1, 107, 107)
    maps = predictor.probabilities(image, network.maps)
    assert maps.shape == (1, 10, 2, 2)
    torch.testing.assert_close(maps, (network.maps(image) / 0.5).softmax(1).detach())
