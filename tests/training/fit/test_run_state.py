# SPDX-License-Identifier: GPL-2.0-or-later
"""The moving average of a network's weights."""

import pytest
import torch
from metocean.training.fit.run_state import moving_average

pytestmark = pytest.mark.usefixtures("one_thread")


def test_average_follows_fast_at_first():
    network = torch.nn.Linear(1, 1, bias=False)
    average = moving_average(network, 0.995)
    network.weight.data.fill_(0.0)
    average.update_parameters(network)
    network.weight.data.fill_(1.0)
    average.update_parameters(network)
    first = 1 - 2 / 11  # of the decay, after one step
    assert float(average.module.weight.detach()) == pytest.approx(first)
    average.n_averaged.fill_(10**6)
    average.update_parameters(network)
    assert float(average.module.weight.detach()) == pytest.approx(first + 0.005 * (1 - first))


def test_average_of_a_normalised_network_has_its_statistics():
    network = torch.nn.BatchNorm2d(2)
    average = moving_average(network, 0.0)
    for _ in range(3):
        network(torch.randn(4, 2, 5, 5) + 3)
        average.update_parameters(network)
    for name, value in network.state_dict().items():
        torch.testing.assert_close(average.module.state_dict()[name], value)
