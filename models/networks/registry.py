# SPDX-License-Identifier: GPL-2.0-or-later
"""The networks by name, their first weights, and the way to and from a description that fits a card.

To add a network: a module beside this one with a subclass of `Network` (``STEP``, ``MULTIPLE``, ``config``,
``forward`` and ``logit_layer``) and its configuration, and a line in `NETWORKS`. Its name goes into cards,
and stays. Its training wants a row in `metocean.training.recipes.tasks.TASKS`.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any, Union

import torch
from torch import nn

from ...core.errors import ModelError, OptionError
from .blocks import Network
from .im2px import Im2px, Im2pxConfig
from .inception import Inception, InceptionConfig
from .unet import UNet, UNetConfig

NETWORKS: dict[str, tuple[type[Network], type]] = {
    "unet": (UNet, UNetConfig),
    "inception": (Inception, InceptionConfig),
    "im2px": (Im2px, Im2pxConfig),
}
# Side of a label cell on the ground, whatever the network: borders that people draw are no sharper (Colin et
# al. 2022, Section 2).
CELL_M = 400.0


def resolution_m(network: Network) -> float:
    """Return the ground spacing of the input: 100 m for the U-Net, 50 m for the others."""
    return CELL_M / network.STEP


def describe(network: Network) -> dict[str, Any]:
    """Return name and configuration, such as ``{"name": "inception", "width": 0.5, "classes": 10}``."""
    name = next(name for name, (kind, _) in NETWORKS.items() if type(network) is kind)
    return {"name": name, **asdict(network.config)}


def build(description: Any) -> Network:
    """Return the network that `describe` described, with any weights.

    Nothing in ``description`` is believed: a `ModelError` names what is wrong before anything is built.
    """
    try:
        fields = dict(description)
        network, configure = NETWORKS[fields.pop("name")]
        config = configure(**fields)
    except OptionError as error:
        raise ModelError(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"A network is one of {', '.join(NETWORKS)} with all of its fields.") from error
    if asdict(config) != fields:
        raise ModelError(f"Fields of the network are {', '.join(asdict(config))}, and none may be missing.")
    return network(config)


def initialise(network: Network, seed: int) -> None:
    """Draw He-normal weights for ReLU, zero biases; the same for the same ``seed``.

    He et al. 2015, "Delving Deep into Rectifiers" (ICCV): with a variance of 2 over the number of inputs
    signals neither grow nor vanish from layer to layer, which counts where no batch normalisation sets them
    right.
    """
    # A generator of its own: whatever else draws random numbers, the weights are the seed's.
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            with torch.no_grad():
                module.weight.normal_(0.0, math.sqrt(2.0 / _fan_in(module)), generator=generator)
                if module.bias is not None:
                    module.bias.zero_()


def _fan_in(layer: Union[nn.Conv2d, nn.ConvTranspose2d, nn.Linear]) -> float:
    """Return how many products make one value of the output."""
    if isinstance(layer, nn.ConvTranspose2d):
        # At stride 2 only a quarter of the kernel's weights meets each cell of the output.
        return layer.in_channels * math.prod(layer.kernel_size) / math.prod(layer.stride)
    return layer.weight[0].numel()
