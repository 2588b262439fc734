# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
import torch
from metocean.core.errors import OptionError
from metocean.models.networks.blocks import NormedConv
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.receptive_field import receptive_field
from metocean.models.networks.registry import initialise


def small(seed: int = 0) -> Inception:
    """A network of 8 channels throughout, with statistics as if trained."""
    network = Inception(InceptionConfig(width=0.01))
    initialise(network, seed)
    generator = torch.Generator().manual_seed(5)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.bias.data.normal_(0.1, 0.2, generator=generator)
            module.running_mean.normal_(0.1, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 2.0, generator=generator)
    return network.eval()


def on_paper(width: float = 1.0) -> Inception:
    with torch.device("meta"):
        return Inception(InceptionConfig(width=width)).eval()


def test_number_of_parameters():
    # Published: 23,834,568 with 1000 classes and without the auxiliary head.
    assert sum(p.numel() for p in on_paper().parameters()) == 23_834_568 - 990 * (2048 + 1)
    assert sum(p.numel() for p in on_paper(0.5).parameters()) == pytest.approx(5.5e6, rel=0.01)


@pytest.mark.parametrize(
    ("side", "cells", "gmac"),
    [(75, 1, 0.201), (129, 2, 0.734), (256, 6, 3.85), (299, 8, 5.71), (512, 14, 17.5)],
)
def test_maps_and_work_of_the_published_layout(side, cells, gmac):
    network, products = on_paper(), []
    x = torch.empty(2, 1, side, side, device="meta")
    assert network(x).shape == (2, 10)

    def count(layer, inputs, output):
        products.append(layer.weight[0].numel() * output[0].numel())

    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(count)
    assert network.maps(x).shape == (2, 10, cells, cells)
    assert sum(products) / 1e9 == pytest.approx(gmac, rel=0.003)


def test_narrow_networks_have_multiples_of_eight_channels():
    filters = {
        width: [m.conv.out_channels for m in on_paper(width).modules() if isinstance(m, NormedConv)]
        for width in (1.0, 0.5, 0.3, 0.01)
    }
    assert len(filters[1.0]) == 94
    assert all(n % 8 == 0 for row in filters.values() for n in row)
    assert set(filters[0.01]) == {8}
    for wide, half, third in zip(filters[1.0], filters[0.5], filters[0.3]):
        assert half == wide // 2
        assert abs(third - 0.3 * wide) <= 4 or third == 8


@pytest.mark.parametrize("width", [0, -1.0, 3.0, float("nan"), "1", True, None])
def test_absurd_widths_are_refused(width):
    with pytest.raises(OptionError, match="width"):
        InceptionConfig(width=width)


def test_grey_is_repeated_and_the_mean_over_the_maps_is_the_image():
    network, x = small(), torch.rand(2, 1, 107, 139, generator=torch.Generator().manual_seed(0))
    weight, bias = network.dense.weight.detach(), network.dense.bias.detach()
    with torch.no_grad():
        features = network.layers(torch.cat([x, x, x], dim=1))
        logits, maps = network(x), network.maps(x)
    torch.testing.assert_close(logits, features.mean(dim=(2, 3)) @ weight.T + bias, rtol=1e-5, atol=1e-5)
    for line, sample in np.ndindex(*maps.shape[2:]):
        expected = features[:, :, line, sample] @ weight.T + bias
        torch.testing.assert_close(maps[:, :, line, sample], expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(maps.mean(dim=(2, 3)), logits, rtol=1e-5, atol=1e-5)


def test_folded_network_equals_the_one_with_batch_normalisation():
    network, x = small(), torch.rand(2, 1, 107, 107, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        before = network(x)
        after = network.folded()(x)
    assert before.std() > 0.01
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in network.modules())
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)


def test_dense_layer_is_exact_where_layers_run_in_half_precision():
    network, x = small().folded(), torch.rand(1, 1, 75, 75, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        features = network.layers(x.expand(-1, 3, -1, -1)).float()
        logits = network(x)
    assert features.dtype == logits.dtype == torch.float32
    expected = features.mean(dim=(2, 3)).double() @ network.dense.weight.T.double() + network.dense.bias
    torch.testing.assert_close(logits.double(), expected, rtol=1e-6, atol=1e-6)


def test_receptive_field_is_what_the_gradient_reaches():
    field = receptive_field(small().layers)
    assert (field.size_px, field.stride_px) == (1311, 32)
    assert receptive_field(on_paper().layers) == field
    network = small().folded().double()
    for layer in network.modules():  # all positive: nothing cancels and no ReLU closes
        if isinstance(layer, torch.nn.Conv2d):
            layer.weight.data.uniform_(0.5, 1.0, generator=torch.Generator().manual_seed(0))
            layer.weight.data /= layer.weight[0].numel()
            layer.bias.data.zero_()
    for parent in list(network.modules()):
        for name, child in parent.named_children():
            if isinstance(
                child, torch.nn.MaxPool2d
            ):  # gives the gradient to one input; a mean, to all of them
                setattr(parent, name, torch.nn.AvgPool2d(child.kernel_size, child.stride))
    length, cell = 1440, 21
    x = torch.rand(1, 1, 75, length, dtype=torch.float64, requires_grad=True)
    network.maps(x)[..., cell].sum().backward()
    touched = np.flatnonzero(x.grad[0, 0].abs().sum(0).numpy())
    centre = field.centre_px + cell * field.stride_px
    assert touched[0] == centre - field.size_px // 2
    assert touched[-1] == centre + field.size_px // 2


def test_equals_torchvision():
    torchvision = pytest.importorskip("torchvision")
    theirs = torchvision.models.inception_v3(num_classes=10, transform_input=False, init_weights=False).eval()
    generator = torch.Generator().manual_seed(3)
    for module in theirs.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5, generator=generator)
            module.bias.data.normal_(0.1, 0.2, generator=generator)
            module.running_mean.normal_(0.0, 0.1, generator=generator)
            module.running_var.uniform_(0.1, 0.3, generator=generator)
    values = [v for name, v in theirs.state_dict().items() if not name.startswith("AuxLogits")]
    ours = Inception(InceptionConfig()).eval()
    assert len(values) == len(ours.state_dict())
    ours.load_state_dict(dict(zip(ours.state_dict(), values)))
    x = torch.rand(1, 1, 299, 299, generator=generator)
    with torch.inference_mode():
        expected = theirs(x.repeat(1, 3, 1, 1))
        found = ours(x)
    assert 0.01 < expected.std() < 10
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
