# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
import torch
from metocean.core.errors import OptionError
from metocean.core.methods.tiling import round_up
from metocean.models.networks.registry import initialise
from metocean.models.networks.unet import UNet, UNetConfig, reach

# Colin et al.'s network as their code builds it; the number is that of the built model.
PAPER_PARAMETERS = 12_281_802


def small(norm: bool = False, seed: int = 0) -> UNet:
    network = UNet(UNetConfig(width=2, norm=norm))
    initialise(network, seed)
    return network


def with_statistics(network: UNet) -> UNet:
    generator = torch.Generator().manual_seed(5)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for tensor in (module.running_mean, module.bias, module.weight):
                tensor.data.normal_(0.3, 0.2, generator=generator)
            module.running_var.uniform_(0.3, 2.0, generator=generator)
    return network.eval()


def test_paper_network_has_the_published_number_of_parameters():
    with torch.device("meta"):
        network = UNet(UNetConfig())
    assert sum(p.numel() for p in network.parameters()) == PAPER_PARAMETERS


@pytest.mark.parametrize("shape", [(256, 256), (16, 16), (48, 112)])
def test_output_is_a_quarter_of_the_input(shape):
    logits = small()(torch.zeros(2, 1, *shape))
    assert logits.shape == (2, 10, shape[0] // UNet.STEP, shape[1] // UNet.STEP)


@pytest.mark.parametrize("fields", [{"width": 0}, {"width": 65}, {"width": 2.0}, {"norm": 1}, {"classes": 0}])
def test_absurd_configurations_are_refused(fields):
    with pytest.raises(OptionError, match=next(iter(fields))):
        UNetConfig(**fields)


def test_folded_network_equals_the_one_with_batch_normalisation():
    network = with_statistics(small(norm=True))
    x = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        before = network(x)
        after = network.folded()(x)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in network.modules())
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)


def measured_reach() -> tuple[int, int]:
    """How far the gradient of the cells of a block reaches beyond it, left and right."""
    network = UNet(UNetConfig(width=1)).double()
    for parameter in network.parameters():  # all positive: nothing cancels and no ReLU closes
        parameter.data.uniform_(0.5, 1.0, generator=torch.Generator().manual_seed(0))
    length, start, stop = 544, 256, 288
    x = torch.rand(1, 1, UNet.MULTIPLE, length, dtype=torch.float64, requires_grad=True)
    # A max-pool passes the gradient of its largest input alone, so smooth maxima stand in for it.
    pooled = torch.max_pool2d
    torch.max_pool2d = lambda y, _: torch.nn.functional.avg_pool2d(y, 2)
    try:
        network(x)[..., start // UNet.STEP : stop // UNet.STEP].sum().backward()
    finally:
        torch.max_pool2d = pooled
    touched = np.flatnonzero(x.grad[0, 0].abs().sum(0).numpy())
    return start - touched[0], touched[-1] + 1 - stop


def test_reach_is_what_the_gradient_reaches():
    assert reach() == max(measured_reach())


def test_block_with_halo_equals_the_whole_scene():
    network = small(seed=4).double().eval()
    halo, size = round_up(reach(), UNet.MULTIPLE), 64
    x = torch.rand(1, 1, UNet.MULTIPLE, 2 * halo + size + 96, dtype=torch.float64)
    with torch.inference_mode():
        whole = network(x)
        part = network(x[..., 48 : 48 + 2 * halo + size])
    inner = slice(halo // UNet.STEP, (halo + size) // UNet.STEP)
    shifted = slice((48 + halo) // UNet.STEP, (48 + halo + size) // UNet.STEP)
    torch.testing.assert_close(part[..., inner], whole[..., shifted], rtol=0, atol=1e-12)
