# SPDX-License-Identifier: GPL-2.0-or-later
import pytest
import torch
from metocean.core.errors import ModelError
from metocean.models.networks.im2px import Im2px, Im2pxConfig
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import NETWORKS, build, describe, initialise, resolution_m
from metocean.models.networks.unet import UNet, UNetConfig

SMALL = [
    UNet(UNetConfig(width=8)),
    UNet(UNetConfig(width=8, norm=True)),
    Inception(InceptionConfig(width=0.25)),
    Im2px(Im2pxConfig(width=8)),
    Im2px(Im2pxConfig(width=8, norm=True)),
]


def test_names_are_fixed():
    assert list(NETWORKS) == ["unet", "inception", "im2px"]


@pytest.mark.parametrize("network", SMALL, ids=lambda n: str(n.config))
def test_description_builds_the_same_network(network):
    description = describe(network)
    again = build(description)
    assert type(again) is type(network) and again.config == network.config
    assert description["name"] in NETWORKS and describe(again) == description


def test_label_cells_are_400_m_wide():
    spacings = {describe(network)["name"]: resolution_m(network) for network in SMALL}
    assert spacings == {"unet": 100.0, "inception": 50.0, "im2px": 50.0}
    for network in SMALL:
        if not isinstance(network, Inception):
            assert network(torch.zeros(1, 1, 64, 64)).shape[-1] == 64 // network.STEP


@pytest.mark.parametrize("network", SMALL, ids=lambda n: str(n.config))
def test_the_logit_layer_makes_the_logits(network):
    image, layer = torch.rand(1, 1, 80, 80), network.eval().logit_layer
    assert layer.weight.shape[0] == network.config.classes
    with torch.inference_mode():
        before = network(image)
        layer.bias[3] += 5
        change = network(image) - before
        layer.bias[3] -= 5
    expected = torch.zeros(10)
    expected[3] = 5
    torch.testing.assert_close(change.movedim(1, -1), expected.expand_as(change.movedim(1, -1)))


@pytest.mark.parametrize(
    "description",
    [
        None,
        3,
        "unet",
        ["unet"],
        [["name", "unet"]],
        {},
        {"name": "segformer"},
        {"name": ["unet"]},
        {"name": None, "width": 2},
        {"name": "unet"},
        {"name": "unet", "width": 2, "norm": True},
        {"name": "unet", "width": 2, "norm": True, "classes": 10, "depth": 3},
        {"name": "unet", "width": 2.0, "norm": True, "classes": 10},
        {"name": "unet", "width": 10**30, "norm": True, "classes": 10},
        {"name": "unet", "width": 2, "norm": 1, "classes": 10},
        {"name": "unet", "width": 2, "norm": None, "classes": 10},
        {"name": "unet", "width": 2, "norm": True, "classes": "ten"},
        {"name": "unet", "width": 2, "norm": True, "classes": 10**9},
        {"name": "inception", "width": 2, "norm": True, "classes": 10},
        {"name": "inception", "width": 10**400, "classes": 10},
        {"name": "inception", "width": [1.0], "classes": 10},
        {"name": "inception", "width": float("inf"), "classes": 10},
        {"name": "im2px", "width": 1e9, "norm": False, "classes": 10},
        {"name": "im2px", "width": -3, "norm": False, "classes": 10},
    ],
    ids=str,
)
def test_foreign_descriptions_are_refused(description):
    with pytest.raises(ModelError):
        build(description)


@pytest.mark.parametrize("network", SMALL, ids=lambda n: str(n.config))
def test_initialisation_repeats_and_keeps_the_signal(network):
    initialise(network, 3)
    again = build(describe(network))
    initialise(again, 3)
    first = {name: value.clone() for name, value in network.named_parameters()}
    assert all(torch.equal(first[name], value) for name, value in again.named_parameters())
    initialise(again, 4)
    changed = [name for name, value in again.named_parameters() if not torch.equal(first[name], value)]
    assert all(value.ndim == 1 or name in changed for name, value in first.items())
    x = torch.rand(4, 1, 128, 128, generator=torch.Generator().manual_seed(0))
    # Logits still have a useful size after all layers: neither vanished nor exploded.
    with torch.no_grad():
        assert 0.05 < float(network.train()(x).std()) < 20


def test_weights_are_he_normal():
    network, unet = Inception(InceptionConfig(width=0.5)), UNet(UNetConfig(width=8))
    initialise(network, 0)
    initialise(unet, 0)
    conv, up = network.layers[4].conv, unet.up[0]
    inputs = {
        network.dense: 1024,
        conv: conv.in_channels,
        unet.down[1].convs[0]: 8 * 9,
        up: up.in_channels * 9 / 4,  # at stride 2 a quarter of the products meets each output cell
    }
    for layer, count in inputs.items():
        assert float(layer.weight.detach().std()) == pytest.approx((2 / count) ** 0.5, rel=0.1)
    assert not network.dense.bias.any() and not up.bias.any()
