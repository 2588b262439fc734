from dataclasses import replace

import numpy as np
import pytest
import torch
from metocean.core.classes import CODES
from metocean.core.errors import ModelError
from metocean.models import registry
from metocean.models.checkpoint import Card, save_weights
from metocean.models.device import has_fast_bf16
from metocean.models.im2px import Im2px, Im2pxConfig
from metocean.models.networks import initialise
from metocean.models.registry import load_method
from metocean.models.supervised import Supervised
from metocean.models.unet import UNet, UNetConfig

CARD = Card(classes=CODES, resolution_m=100.0, temperature=2.0, model_id="test-unet", training={}, scores={})


@pytest.fixture
def weights(tmp_path, monkeypatch):
    network = UNet(UNetConfig(width=2, norm=True))
    initialise(network, 1)
    save_weights(tmp_path / "unet.safetensors", network.eval(), CARD)
    monkeypatch.setattr(registry, "WEIGHTS", tmp_path)
    return network


def scene(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 2, shape).astype(np.float32)


def test_it_is_the_network_scaled_softened_and_folded(weights):
    method = load_method("unet", "cpu")
    roughness = scene(32, 64)
    with torch.inference_mode():
        logits = weights(torch.from_numpy(roughness)[None, None] / 2)[0]
    found = method.predict(roughness)
    assert found.shape == (10, 8, 16) and found.dtype == np.float32
    np.testing.assert_allclose(
        found, (logits / 2.0).softmax(0).numpy(), atol=0.005
    )  # weights kept in 16 bits
    np.testing.assert_allclose(found.sum(0), 1, atol=1e-5)


def test_it_tells_the_pipeline_what_it_needs(weights):
    method = load_method("unet", "cpu")
    assert (method.resolution_m, method.output_stride, method.multiple) == (100.0, 4, 16)
    assert method.halo % method.multiple == 0
    assert method.model_id == "test-unet"


def test_block_with_halo_equals_the_whole_scene(weights):
    method = load_method("unet", "cpu", "fp32")
    halo, size = method.halo, 48
    roughness = scene(32, 2 * halo + size + 64)
    whole = method.predict(roughness)
    part = method.predict(roughness[:, 32 : 32 + 2 * halo + size])
    inner = slice(halo // 4, (halo + size) // 4)
    np.testing.assert_allclose(part[:, :, inner], whole[:, :, inner.start + 8 : inner.stop + 8], atol=1e-6)


@pytest.mark.skipif(not has_fast_bf16(torch.device("cpu")), reason="this processor does not compute in bf16")
def test_bf16_is_close(weights):
    roughness = scene(64, 64)
    exact, fast = (load_method("unet", "cpu", precision).predict(roughness) for precision in ("fp32", "bf16"))
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
    np.testing.assert_array_equal(method.predict(over), method.predict(bright))


@pytest.mark.parametrize("shape", [(16, 17), (0, 16), (16, 16, 1)])
def test_wrong_sides_are_a_mistake_of_the_caller(weights, shape):
    with pytest.raises(ValueError, match="multiple of 16"):
        load_method("unet", "cpu").predict(np.zeros(shape, np.float32))


def test_too_little_memory_names_the_remedy(weights, monkeypatch):
    method = load_method("unet", "cpu")

    def exhausted(block):
        raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")

    monkeypatch.setattr(method, "_probabilities", exhausted)
    with pytest.raises(ModelError, match=r"too little memory.*another device"):
        method.predict(scene(16, 16))


def test_other_errors_are_not_hidden(weights, monkeypatch):
    method = load_method("unet", "cpu")

    def broken(block):
        raise RuntimeError("expected channels_last memory format")

    monkeypatch.setattr(method, "_probabilities", broken)
    with pytest.raises(RuntimeError, match="memory format"):
        method.predict(scene(16, 16))


def test_shipped_weights_load_and_see_more_than_one_class():
    folder = registry.WEIGHTS
    method = Supervised.load(folder / "unet.safetensors", "cpu", "auto")
    rng = np.random.default_rng(0)
    flat = 0.7 + rng.normal(0, 0.02, (256, 256)).astype(np.float32)
    blobs = np.where(rng.random((256, 256)) > 0.999, np.float32(2), flat)
    answers = [method.predict(block).mean((1, 2)).argmax() for block in (flat, blobs, 0.05 * flat, flat)]
    assert answers[0] == answers[-1] and len(set(answers)) > 1
