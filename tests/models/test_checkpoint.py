# SPDX-License-Identifier: GPL-2.0-or-later
"""Weights are saved and loaded as they were; damaged and foreign files are refused."""

from dataclasses import replace

import pytest
import torch
from metocean.core.errors import ModelError
from metocean.models.checkpoint import load_weights, save_weights
from metocean.models.networks.im2px import Im2px, Im2pxConfig
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import resolution_m
from metocean.models.networks.unet import UNet, UNetConfig
from metocean.models.registry import WEIGHTS
from safetensors.torch import load_file
from weights import CARD, change_tensors, ready

NETWORKS = [
    UNet(UNetConfig(width=2, norm=True)),
    UNet(UNetConfig(width=2, norm=False)),
    Inception(InceptionConfig(width=0.01)),
    Im2px(Im2pxConfig(width=2, norm=True)),
    Im2px(Im2pxConfig(width=2, norm=False)),
]


@pytest.mark.parametrize("made", NETWORKS, ids=lambda made: str(made.config))
def test_round_trip(tmp_path, made):
    path, before = tmp_path / "new" / "weights.safetensors", ready(made)
    written = save_weights(path, before, replace(CARD, resolution_m=resolution_m(before)))
    after, card = load_weights(path)
    assert card == written
    assert (card.temperature, card.training) == (1.25, {"steps": 3})
    assert type(after) is type(before) and not after.training and after.config == before.config
    assert card.architecture["width"] == before.config.width
    assert all(p.dtype == torch.float32 for p in after.parameters())
    x = torch.rand(1, 1, 80, 80, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected, found = before(x).softmax(1), after(x).softmax(1)
    # Matrices are stored in 16 bits: a rounding of at most 2^-11 in each weight.
    torch.testing.assert_close(found, expected, rtol=0, atol=0.01)
    statistics = [name for name in before.state_dict() if name.endswith(("running_mean", "running_var"))]
    assert len(statistics) == 2 * sum(isinstance(m, torch.nn.BatchNorm2d) for m in before.modules())
    assert all(torch.equal(after.state_dict()[name], before.state_dict()[name]) for name in statistics)


def test_weights_from_before_there_were_other_networks_load():
    network, card = load_weights(WEIGHTS / "unet.safetensors")
    assert (type(network), network.config) == (UNet, UNetConfig(width=16, norm=True))
    assert card.architecture == {"name": "unet", "width": 16, "norm": True, "classes": 10}


@pytest.mark.parametrize(("kind", "fits"), [(UNet, True), (Inception, False), (Im2px, False)])
def test_a_network_of_another_kind_is_refused(saved, kind, fits):
    if fits:
        assert isinstance(load_weights(saved, kind)[0], kind)
    else:
        with pytest.raises(ModelError, match=r"another kind \(unet\)"):
            load_weights(saved, kind)


def test_stored_matrices_take_two_bytes_each(saved):
    tensors = load_file(saved)
    matrices = sum(t.numel() for t in tensors.values() if t.ndim > 1)
    vectors = sum(t.numel() for t in tensors.values() if t.ndim <= 1)
    assert saved.stat().st_size < 2 * matrices + 4 * vectors + 20_000
    assert {t.dtype for t in tensors.values() if t.ndim > 1} == {torch.float16}


def test_missing_files_are_named(saved):
    saved.with_suffix(".json").rename(saved.with_suffix(".away"))
    with pytest.raises(ModelError, match=r"unet\.json"):
        load_weights(saved)
    saved.with_suffix(".away").rename(saved.with_suffix(".json"))
    saved.unlink()
    with pytest.raises(ModelError, match=r"unet\.safetensors"):
        load_weights(saved)


@pytest.mark.parametrize("size", [0, 4, 100, 5000])
def test_cut_weights_are_refused(saved, size):
    saved.write_bytes(saved.read_bytes()[:size])
    with pytest.raises(ModelError, match="missing or damaged"):
        load_weights(saved)


def test_header_that_promises_too_much_is_refused(saved):
    saved.write_bytes((2**60).to_bytes(8, "little") + saved.read_bytes()[8:])
    with pytest.raises(ModelError, match="missing or damaged"):
        load_weights(saved)


def test_a_flipped_byte_is_noticed(saved):
    content = bytearray(saved.read_bytes())
    content[-10] ^= 1
    saved.write_bytes(bytes(content))
    with pytest.raises(ModelError, match="not the file its card describes"):
        load_weights(saved)


def test_other_tensors_are_refused(saved):
    change_tensors(saved, lambda tensors: tensors.pop("head.bias"))
    with pytest.raises(ModelError, match="other tensors"):
        load_weights(saved)


def test_wrong_types_are_refused(saved):
    change_tensors(saved, lambda tensors: tensors.update({"head.bias": torch.zeros(10, dtype=torch.int64)}))
    with pytest.raises(ModelError, match=r"head\.bias.*shape or type"):
        load_weights(saved)


def test_values_that_are_not_finite_are_refused(saved):
    change_tensors(saved, lambda tensors: tensors["head.bias"].fill_(float("nan")))
    with pytest.raises(ModelError, match="finite"):
        load_weights(saved)
