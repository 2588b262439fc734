# SPDX-License-Identifier: GPL-2.0-or-later
"""The loss that asks where in an image its classes are, and the head that answers."""

import math

import torch
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.receptive_field import receptive_field
from metocean.models.networks.registry import initialise
from metocean.training.recipes.localisation_head import WithLocalisation
from metocean.training.recipes.localised_loss import MAP_FIRST, MAP_STEP, LocalisedCrossEntropy, besides_waves


def test_what_there_is_besides_waves():
    found = torch.zeros(4, 10)
    found[0, 6], found[0, 0], found[0, 3] = 50, 1, 3  # waves, a front and low wind
    found[1, 6] = 9
    found[2, 8] = 0.5
    shares = besides_waves(found)
    assert shares[0].tolist() == [0.5, 0, 0, 0.5, 0, 0, 0, 0, 0, 0]
    assert shares[1, 6] == shares[2, 8] == 1
    assert shares[3].sum() == 0  # nothing labelled


def test_names_and_places_by_hand():
    """Images of 15 label cells: two lines of two cells of the map, from the fourth label cell on."""
    labels = torch.full((2, 15, 15), 7, dtype=torch.uint8)
    labels[0, 4, 8] = 3  # an iceberg in the upper right cell of the map
    labels[0, 11, 3:7] = 0
    labels[0, :3] = 9  # ice that no cell of the map looks at
    labels[1] = 0
    tags = torch.tensor([3, 10], dtype=torch.uint8)
    whole, places = torch.randn(2, 10), torch.randn(2, 10, 2, 2)
    names, cells = whole.log_softmax(1), places.log_softmax(1)
    image = -((names[0, 2] + names[0, 8]) / 2 + names[1, 9]) / 2
    where = -(cells[0, 6, 0, 0] + cells[0, 2, 0, 1] + cells[0, 6, 1, 0] + cells[0, 6, 1, 1]) / 4
    loss = LocalisedCrossEntropy()
    torch.testing.assert_close(loss(whole, (labels, tags)), image)
    torch.testing.assert_close(loss((whole, places), (labels, tags)), image + where)
    whole[:, 0] = -math.inf  # a class that the network does without
    assert math.isfinite(loss(whole, (labels, tags)))


def test_cells_of_the_map_are_where_the_network_looks():
    network = Inception(InceptionConfig(width=0.01)).eval()
    field = receptive_field(network.layers)
    assert field.stride_px == network.STEP * MAP_STEP
    assert abs(network.STEP * (MAP_FIRST + MAP_STEP / 2) - field.centre_px) < network.STEP / 2
    for side in (75, 256, 512):
        cells = network.maps(torch.zeros(1, 1, side, side)).shape[-1]
        assert MAP_FIRST + cells * MAP_STEP <= side // network.STEP


def test_a_second_head_leaves_the_network_as_it_is():
    network = Inception(InceptionConfig(width=0.01)).eval()
    initialise(network, 0)
    images = torch.rand(2, 1, 107, 107)
    whole, places = WithLocalisation(network).eval()(images)
    torch.testing.assert_close(whole, network(images))
    assert places.shape == (2, 10, 2, 2) and not places.any()


def test_a_second_head_is_found_under_its_former_name():
    """Runs that were begun before it was renamed go on."""
    network = WithLocalisation(Inception(InceptionConfig(width=0.01)))
    torch.nn.init.ones_(network.localisation.weight)
    state = {
        name.replace("localisation.", "places."): value.clone()
        for name, value in network.state_dict().items()
    }
    other = WithLocalisation(Inception(InceptionConfig(width=0.01)))
    other.load_state_dict(state)
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in network.state_dict().items())
