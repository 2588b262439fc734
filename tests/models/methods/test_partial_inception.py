# SPDX-License-Identifier: GPL-2.0-or-later
from itertools import product

import numpy as np
import pytest
import torch
from metocean.models.device import autocast
from metocean.models.methods.partial_inception import PartialInception
from metocean.models.methods.patches import Intervals
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise
from torch.utils.flop_counter import FlopCounterMode


@pytest.fixture
def network():
    made = Inception(InceptionConfig(width=0.01))
    initialise(made, 0)
    for module in made.modules():  # statistics that change something, as after a training
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=torch.Generator().manual_seed(1))
            module.bias.data.normal_(0, 0.3, generator=torch.Generator().manual_seed(2))
    return made.double().eval()


def changed(image: torch.Tensor, rows: Intervals, columns: Intervals) -> torch.Tensor:
    """The image once for each of the rows with each of the columns, with other values there."""
    images = image.repeat(len(rows.starts) * len(columns.starts), 1, 1, 1)
    for one, (y, x) in zip(images, product(rows.starts, columns.starts)):
        one[:, y : y + rows.size, x : x + columns.size] = 1 - one[:, y : y + rows.size, x : x + columns.size]
    return images


def scene(lines: int, samples: int) -> torch.Tensor:
    return torch.rand(1, 1, lines, samples, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("kernel", [1, 2, 3, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 3])
def test_outputs_that_see_a_cell_are_in_the_window_and_no_others(kernel, stride, padding):
    for length, size in product([11, 16, 20], [1, 2, 5, 11]):
        outputs = range(0, length + 2 * padding - kernel + 1, stride)  # where each begins in the padded map
        for start in range(length - size + 1):
            cells = set(range(start + padding, start + padding + size))
            influenced = [n for n, at in enumerate(outputs) if cells & set(range(at, at + kernel))]
            found = Intervals((start,), size, length).padded(padding).through(kernel, stride)
            assert found.length == len(outputs)
            if influenced:  # else any will do: a stride can leave cells out
                assert found.slices() == [slice(influenced[0], influenced[-1] + 1)]
            assert found.size >= 1 and 0 <= found.starts[0] <= found.length - found.size


def test_several_windows_have_the_size_of_the_largest_and_stay_within_the_map():
    assert Intervals.from_limits([-3, 4, 9], [2, 8, 12], 11) == Intervals((0, 4, 7), 4, 11)
    assert Intervals.from_union([Intervals((0, 5), 2, 9), Intervals((1, 2), 3, 9)]) == Intervals((0, 2), 5, 9)


def test_overlaps_are_the_cells_of_both():
    mine, other = Intervals((0, 4, 6), 3, 12), Intervals((2, 0, 10), 2, 12)
    assert mine.overlaps(other)[0] == (slice(2, 3), slice(0, 1))
    for (here, there), a, b in zip(mine.overlaps(other), mine.starts, other.starts):
        cells = sorted(set(range(a, a + 3)) & set(range(b, b + 2)))
        assert list(range(a, a + 3))[here] == cells and list(range(b, b + 2))[there] == cells


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (Intervals((0,), 1, 75), Intervals((74,), 1, 75)),
        (Intervals((0, 3, 90), 5, 104), Intervals((0, 50, 100, 183), 17, 200)),
        (Intervals((7, 100, 222), 10, 232), Intervals((0, 1, 61, 75), 5, 80)),
        (Intervals((0, 101, 373), 27, 400), Intervals((5, 210, 351), 33, 384)),
        (Intervals((0,), 96, 96), Intervals((40, 70), 9, 200)),
        (Intervals((0,), 80, 80), Intervals((0,), 88, 88)),
    ],
)
@pytest.mark.parametrize("folded", [False, True])
@torch.inference_mode()
def test_equals_the_network_on_each_image(network, rows, columns, folded):
    network = network.folded().to(memory_format=torch.channels_last) if folded else network
    image = scene(rows.length, columns.length)
    images = changed(image, rows, columns)
    incremental = PartialInception(network)
    whole = incremental.whole(image)
    torch.testing.assert_close(whole, network(image), rtol=0, atol=1e-12)
    expected = network(images)
    assert (expected - whole).abs().amax(dim=1).min() > 1e-8  # each change counts, else nothing is tested
    for _ in range(2):  # what is remembered stays as it is
        torch.testing.assert_close(incremental.changed(images, rows, columns), expected, rtol=0, atol=1e-12)


@torch.inference_mode()
def test_a_map_too_large_to_be_reached_as_a_whole(network):
    """A long image, whose last map stays a window: the rest of the mean comes from what is remembered."""
    rows, columns = Intervals((30,), 3, 80), Intervals((0, 1200, 2380), 3, 2400)
    image = scene(80, 2400)
    incremental, counter = PartialInception(network), FlopCounterMode(display=False)
    whole = incremental.whole(image)
    images = changed(image, rows, columns)
    with counter:
        found = incremental.changed(images, rows, columns)
    expected = network(images)
    assert (expected - whole).abs().amax(dim=1).min() > 1e-8
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    assert counter.get_total_flops() < 0.7 * products(network, images)


def products(network, images) -> int:
    with FlopCounterMode(display=False) as counter:
        network(images)
    return counter.get_total_flops()


@torch.inference_mode()
def test_less_is_computed(network):
    image = scene(512, 512)
    middle, border = Intervals((219,), 75, 512), Intervals((0,), 75, 512)
    incremental = PartialInception(network.folded())
    incremental.whole(image)
    shares = []
    for windows in (middle, border):
        images = changed(image, windows, windows)
        with FlopCounterMode(display=False) as counter:
            incremental.changed(images, windows, windows)
        shares.append(counter.get_total_flops() / products(network, images))
    assert shares[0] < 0.4 and shares[1] < 0.75 * shares[0]


@torch.inference_mode()
def test_in_lower_precision_the_dense_layer_is_exact_and_the_body_as_close_as_its_own_rounding(network):
    network = network.folded().float()
    rows, columns = Intervals((0, 60), 40, 120), Intervals((20, 90), 40, 136)
    image = scene(120, 136).float()
    images = changed(image, rows, columns)
    exact = network(images)
    incremental = PartialInception(network)
    with autocast(torch.device("cpu"), torch.bfloat16):
        incremental.whole(image)
        found, naive = incremental.changed(images, rows, columns), network(images)
    assert found.dtype == torch.float32
    rounding = (naive - exact).abs().max()
    assert 0 < rounding < 0.05 * (exact - exact.mean()).abs().max()
    assert (found - naive).abs().max() < 0.5 * rounding


def test_one_axis_does_not_care_about_the_other():
    assert np.shape(Intervals((1, 2), 3, 9).whole_map().slices()) == (2,)
