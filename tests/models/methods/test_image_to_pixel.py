# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import torch
from metocean.core.feedback import Silent
from metocean.core.methods.image import Image
from metocean.models.methods.image_to_pixel import ImageToPixel
from metocean.models.networks.im2px import Im2px, Im2pxConfig
from metocean.models.networks.registry import initialise


def test_it_is_the_softmax_of_the_network(card_of):
    network = Im2px(Im2pxConfig(width=2, norm=True))
    initialise(network, 1)
    roughness = np.random.default_rng(0).uniform(0, 2, (64, 40)).astype(np.float32)
    with torch.no_grad():
        logits = network.eval()(torch.from_numpy(roughness)[None, None] / 2)[0].double().numpy()
    powers = np.exp(logits / 3.0)
    found = ImageToPixel(network, card_of(network, 3.0)).predict(Image.from_array(roughness, 8), Silent())
    assert found.shape == (10, 8, 5) and found.dtype == np.float32
    np.testing.assert_allclose(found, powers / powers.sum(axis=0), atol=1e-5)
