# SPDX-License-Identifier: GPL-2.0-or-later
"""Classes that are left out have no probability from the first step on, whichever network it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from metocean.models.networks.im2px import Im2pxConfig
from metocean.models.networks.inception import InceptionConfig
from metocean.models.networks.unet import UNetConfig
from metocean.training.recipes.initial_weights import first_network
from metocean.training.recipes.presets import RECIPES

NETWORKS = {
    "unet": UNetConfig(width=2, norm=True),
    "categorizer": InceptionConfig(width=0.01),
    "im2px": Im2pxConfig(width=2, norm=True),
}


@pytest.mark.parametrize("model", NETWORKS)
def test_excluded_classes_are_never_predicted(model):
    recipe = replace(RECIPES[model, "ours"], network=NETWORKS[model], exclude=("AF", "SI"))
    network = first_network(recipe, None)
    probabilities = network.eval()(torch.rand(2, 1, 80, 80)).softmax(dim=1)
    assert (probabilities[:, [0, 8]] == 0).all()
    assert (probabilities[:, [1, 2, 3, 4, 5, 6, 7, 9]] > 0).any()
