# SPDX-License-Identifier: GPL-2.0-or-later
"""The network a run begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import torch

from ...core.classes import class_index
from ...core.errors import ModelError
from ...models.checkpoint import load_weights
from ...models.networks.blocks import Network
from ...models.networks.registry import NETWORKS, initialise
from ...models.registry import WEIGHTS
from .recipe import Recipe

BUNDLED = "bundled"
# A logit that no probability is left of. Not minus infinity: float16, whose largest number is 65,504, has to
# hold it, and zero times infinity would be NaN in a loss.
NEVER = -1e4


def weights_path(model: str, wanted: str) -> Path:
    """Return the file of weights ``wanted``: `BUNDLED`, or a path."""
    return WEIGHTS / f"{model}.safetensors" if wanted == BUNDLED else Path(wanted)


def first_network(recipe: Recipe, init: Optional[Path]) -> Network:
    """Return the network of ``recipe`` with random weights, or those of the file ``init``.

    Random ones depend on the recipe's seed alone, so that every process of a run begins with the same.

    Raises
    ------
    ModelError
        The file is damaged, or of another network than the recipe's.
    """
    if init is None:
        network = NETWORKS[recipe.task.network][0](recipe.network)
        initialise(network, recipe.seed)
    else:
        network, _ = load_weights(init)
        if network.config != recipe.network:
            raise ModelError(
                f"{init} holds {network.config}, and {recipe.network} was to be trained; set --width and "
                "--preset to fit the weights, or begin without them."
            )
    # Also where the weights come from a file: they may have learnt the classes that are now left out.
    silence(network, recipe.exclude)
    return network


@torch.no_grad()
def silence(network: Network, codes: tuple[str, ...]) -> None:
    """Make ``network`` never predict some classes: they get no gradient and no probability from here on."""
    layer = network.logit_layer
    for channel in map(class_index, codes):
        layer.weight[channel] = 0.0
        layer.bias[channel] = NEVER  # type: ignore[index]
