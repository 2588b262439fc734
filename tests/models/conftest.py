# SPDX-License-Identifier: GPL-2.0-or-later
"""Weights of a small network."""

import pytest
from metocean.models.checkpoint import save_weights
from metocean.models.networks.unet import UNet, UNetConfig
from weights import CARD, ready


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "unet.safetensors"
    save_weights(path, ready(UNet(UNetConfig(width=2, norm=True))), CARD)
    return path
