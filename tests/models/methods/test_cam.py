# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
import torch
from metocean.core.feedback import Silent
from metocean.core.methods.image import Image
from metocean.models.methods.cam import Cam
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise
from scipy.interpolate import RegularGridInterpolator

TEMPERATURE = 0.2


@pytest.fixture
def network():
    made = Inception(InceptionConfig(width=0.01))
    initialise(made, 0)
    return made.eval()


def test_equals_the_dense_layer_on_every_cell(network, card_of):
    roughness = np.random.default_rng(1).uniform(0, 1, (144, 112)).astype(np.float32)
    roughness[40:80, 50:90] += 1
    with torch.no_grad():
        grey = torch.from_numpy(roughness)[None, None].repeat(1, 3, 1, 1) / 2
        features = network.layers(grey)[0].double().numpy()
    weight, bias = (p.detach().double().numpy() for p in (network.dense.weight, network.dense.bias))
    scores = np.zeros((10, 3, 2))
    for line, sample in np.ndindex(3, 2):
        powers = np.exp((weight @ features[:, line, sample] + bias) / TEMPERATURE)
        scores[:, line, sample] = powers / powers.sum()
    # Cells look at pixels 37, 69, 101, …: 75 px make one cell, 32 px more the next.
    positions = np.meshgrid(
        np.clip(np.arange(3.5, 144, 8), 37, 101), np.clip(np.arange(3.5, 112, 8), 37, 69), indexing="ij"
    )
    expected = [
        RegularGridInterpolator(([37, 69, 101], [37, 69]), band)(np.stack(positions, -1)) for band in scores
    ]
    found = Cam(network, card_of(network, TEMPERATURE)).predict(Image.from_array(roughness, 8), Silent())
    assert found.shape == (10, 18, 14) and found.dtype == np.float32
    assert np.ptp(scores, axis=(1, 2)).max() > 0.02
    np.testing.assert_allclose(found, expected, atol=2e-5)
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-5)


def test_imagette_gives_the_64_grid_and_tops_lie_where_the_cells_look(network, card_of, monkeypatch):
    maps = np.zeros((10, 14, 14), np.float32)
    maps[0, 5, 9] = 1
    monkeypatch.setattr(Cam, "maps", lambda *_: maps)
    image = Image.from_array(np.ones((512, 512), np.float32), 8)
    found = Cam(network, card_of(network)).predict(image, Silent())
    assert found.shape == (10, 64, 64)
    line, sample = np.unravel_index(found[0].argmax(), (64, 64))
    # Cell (5, 9) looks at pixel (37 + 32 * 5, 37 + 32 * 9).
    assert abs(8 * line + 3.5 - 197) < 4 and abs(8 * sample + 3.5 - 325) < 4
