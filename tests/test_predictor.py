import numpy as np
import pytest
import torch
from metocean.models.im2px import Im2px, Im2pxConfig
from metocean.models.inception import Inception, InceptionConfig
from metocean.models.networks import initialise
from metocean.models.predictor import Predictor, interpolation
from metocean.models.unet import UNet, UNetConfig
from scipy.interpolate import RegularGridInterpolator


@pytest.fixture
def network():
    made = Im2px(Im2pxConfig(width=2))
    initialise(made, 0)
    return made.eval()


def test_image_is_scaled_and_clipped(network):
    roughness = np.array([[0.0, 0.5], [2.0, 7.0]], np.float32).repeat(4, axis=0).repeat(4, axis=1)
    image = Predictor(network).image(roughness)
    assert image.dtype == torch.float32 and image.shape == (1, 1, 8, 8)
    np.testing.assert_array_equal(image[0, 0, ::4, ::4], [[0, 0.25], [1, 1]])


@pytest.mark.parametrize("shape", [(8, 12), (0, 8), (8, 8, 1), (8,)])
def test_wrong_sides_are_a_mistake_of_the_caller(network, shape):
    with pytest.raises(ValueError, match="multiple of 8"):
        Predictor(network).image(np.zeros(shape, np.float32))


@pytest.mark.parametrize("batch", [1, 2, 16])
def test_probabilities_are_the_softened_softmax_whatever_the_batch(network, batch):
    images = torch.rand(5, 1, 16, 24, generator=torch.Generator().manual_seed(0))
    found = Predictor(network, temperature=2.5, batch=batch).probabilities(images).numpy()
    assert found.shape == (5, 10, 2, 3) and found.dtype == np.float32
    for image, probabilities in zip(images, found):
        with torch.no_grad():
            powers = np.exp(network(image[None])[0].double().numpy() / 2.5)
        np.testing.assert_allclose(probabilities, powers / powers.sum(axis=0), atol=1e-6)


def test_another_way_through_the_network():
    network = Inception(InceptionConfig(width=0.01))
    initialise(network, 0)
    predictor, image = Predictor(network.eval(), temperature=0.5), torch.rand(1, 1, 107, 107)
    maps = predictor.probabilities(image, network.maps)
    assert maps.shape == (1, 10, 2, 2)
    torch.testing.assert_close(maps, (network.maps(image) / 0.5).softmax(1).detach())


def test_cells_lie_where_the_pixels_they_stand_for_do(network):
    np.testing.assert_array_equal(Predictor(network).cell_centres(24), [3.5, 11.5, 19.5])
    np.testing.assert_array_equal(Predictor(UNet(UNetConfig(width=1))).cell_centres(8), [1.5, 5.5])


def test_interpolation_equals_scipy():
    rng = np.random.default_rng(0)
    y, x, maps = np.array([12.0, 37, 62]), np.array([21.0, 64, 107, 150]), rng.random((2, 3, 4))
    lines, samples = np.arange(14.0, 60, 8), np.arange(22.0, 150, 8)
    found = interpolation(y, lines) @ maps @ interpolation(x, samples).T
    for band, values in zip(found, maps):
        exact = RegularGridInterpolator((y, x), values)(
            np.stack(np.meshgrid(lines, samples, indexing="ij"), -1)
        )
        np.testing.assert_allclose(band, exact, atol=1e-6)


def test_interpolation_goes_on_beyond_what_is_known():
    weights = interpolation(np.array([10.0, 20]), np.array([0.0, 10, 13, 20, 99]))
    np.testing.assert_allclose(weights, [[1, 0], [1, 0], [0.7, 0.3], [0, 1], [0, 1]], atol=1e-7)
    np.testing.assert_array_equal(interpolation(np.array([37.0]), np.array([0.0, 74])), [[1], [1]])
