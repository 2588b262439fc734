# SPDX-License-Identifier: GPL-2.0-or-later
from dataclasses import replace

import numpy as np
import pytest
import torch
from metocean.core.classes import CODES
from metocean.core.errors import ModelError
from metocean.core.feedback import Silent
from metocean.core.methods.image import Image
from metocean.models import registry
from metocean.models.card import Card
from metocean.models.checkpoint import save_weights
from metocean.models.device import has_fast_bf16
from metocean.models.methods.supervised import Supervised
from metocean.models.networks.im2px import Im2px, Im2pxConfig
from metocean.models.networks.registry import initialise
from metocean.models.networks.unet import UNet, UNetConfig
from metocean.models.registry import load_method

CARD = Card(
    classes=CODES,
    resolution_m=100.0,
    temperature=2.0,
    model_id="test-unet",
    training={},
    scores={},
    independent=False,
)


@pytest.fixture
def weights(tmp_path, monkeypatch):
    network = UNet(UNetConfig(width=2, norm=True))
    initialise(network, 1)
    save_weights(tmp_path / "unet.safetensors", network.eval(), CARD)
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path)
    return network


def scene(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 2, shape).astype(np.float32)


def predict(method, roughness):
    return method.predict(Image.from_array(roughness, method.output_stride), Silent())


def test_it_is_the_network_scaled_softened_and_folded(weights):
    method = load_method("unet", "cpu")
    roughness = scene(32, 64)
    with torch.inference_mode():
        logits = weights(torch.from_numpy(roughness)[None, None] / 2)[0]
    found = predict(method, roughness)
    assert found.shape == (10, 8, 16) and found.dtype == np.float32
    np.testing.assert_allclose(
        found, (logits / 2.0).softmax(0).numpy(), atol=0.005
    )  # weights kept in 16 bits
    np.testing.assert_allclose(found.sum(0), 1, atol=1e-5)


def test_it_tells_the_pipeline_what_it_needs(weights):
    method = load_method("unet", "cpu")
    assert (method.resolution_m, method.output_stride, method.device) == (100.0, 4, "cpu")
    assert (method.model_id, method.training) == ("test-unet", "unknown")


@pytest.mark.skipif(not has_fast_bf16(torch.device("cpu")), reason="this processor does not compute in bf16")
def test_bf16_is_close(weights):
    roughness = scene(64, 64)
    exact, fast = (
        predict(load_method("unet", "cpu", precision), roughness) for precision in ("fp32", "bf16")
    )
    assert 0 < np.abs(exact - fast).max() < 0.05


def test_weights_of_another_network_are_refused(weights, tmp_path):
    save_weights(tmp_path / "unet.safetensors", Im2px(Im2pxConfig(width=2)), replace(CARD, resolution_m=50.0))
    with pytest.raises(ModelError, match=r"another kind \(im2px\)"):
        load_method("unet", "cpu")


def test_values_beyond_two_count_as_two(weights):
    method = load_method("unet", "cpu")
    roughness = scene(32, 32)
    bright = np.where(roughness > 1.5, np.float32(2.0), roughness)
    over = np.where(roughness > 1.5, np.float32(9.0), roughness)
    np.testing.assert_array_equal(predict(method, over), predict(method, bright))


def test_shipped_weights_load_and_see_more_than_one_class():
    folder = registry.WEIGHTS
    method = Supervised.load(folder / "unet.safetensors", "cpu", "auto")
    rng = np.random.default_rng(0)
    flat = 0.7 + rng.normal(0, 0.02, (256, 256)).astype(np.float32)
    blobs = np.where(rng.random((256, 256)) > 0.999, np.float32(2), flat)
    answers = [predict(method, block).mean((1, 2)).argmax() for block in (flat, blobs, 0.05 * flat, flat)]
    assert answers[0] == answers[-1] and len(set(answers)) > 1
