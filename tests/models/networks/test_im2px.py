# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
import torch
from metocean.core.errors import OptionError
from metocean.models.networks.im2px import Im2px, Im2pxConfig
from metocean.models.networks.receptive_field import receptive_field
from metocean.models.networks.registry import initialise


def small(norm: bool = False) -> Im2px:
    network = Im2px(Im2pxConfig(width=2, norm=norm))
    initialise(network, 0)
    return network


def test_paper_network_has_the_filters_of_the_paper():
    network = Im2px(Im2pxConfig())
    convs = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert [m.out_channels for m in convs] == [32] * 3 + [64] * 3 + [128] * 3 + [256] * 3 + [10]
    assert [m.in_channels for m in convs] == [1, 32, 32, 32, 64, 64, 64, 128, 128, 128, 256, 256, 256]
    assert [m.kernel_size for m in convs] == [(3, 3)] * 12 + [(1, 1)]


@pytest.mark.parametrize("shape", [(512, 512), (8, 8), (24, 56)])
def test_output_is_an_eighth_of_the_input(shape):
    logits = small()(torch.zeros(2, 1, *shape))
    assert logits.shape == (2, 10, shape[0] // 8, shape[1] // 8)


def test_folded_network_equals_the_one_with_batch_normalisation():
    network = small(norm=True)
    generator = torch.Generator().manual_seed(5)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0.3, 0.2, generator=generator)
            module.running_var.uniform_(0.3, 2.0, generator=generator)
    x = torch.rand(1, 1, 64, 64, generator=generator)
    with torch.inference_mode():
        before = network.eval()(x)
        after = network.folded()(x)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in network.modules())
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)


def test_receptive_field_is_what_the_gradient_reaches():
    network = small().double()
    field = receptive_field(network)
    assert (field.size_px, field.stride_px, field.centre_px) == (98, 8, 3.5)
    for parameter in network.parameters():  # all positive: nothing cancels and no ReLU closes
        parameter.data.uniform_(0.5, 1.0, generator=torch.Generator().manual_seed(0))
    for i, layer in enumerate(
        network.layers
    ):  # a mean passes gradients to all of its inputs, a maximum to one
        if isinstance(layer, torch.nn.MaxPool2d):
            network.layers[i] = torch.nn.AvgPool2d(2)
    x = torch.rand(1, 1, 8, 256, dtype=torch.float64, requires_grad=True)
    network(x)[..., 15].sum().backward()
    touched = np.flatnonzero(x.grad[0, 0].abs().sum(0).numpy())
    assert touched[-1] + 1 - touched[0] == 98
    assert (touched[0] + touched[-1]) / 2 == 3.5 + 8 * 15


@pytest.mark.parametrize("fields", [{"width": 0}, {"width": 65}, {"width": 2.0}, {"norm": 1}, {"classes": 0}])
def test_absurd_configurations_are_refused(fields):
    with pytest.raises(OptionError, match=next(iter(fields))):
        Im2pxConfig(**fields)
