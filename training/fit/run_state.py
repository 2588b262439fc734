# SPDX-License-Identifier: GPL-2.0-or-later
"""A run's state on disk: written atomically, enough to go on as if it had never stopped."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from torch import nn
from torch.optim.swa_utils import AveragedModel

from ...core.errors import ModelError
from ...models.networks.blocks import Network


@dataclass
class Progress:
    """How far a run is. Draws depend on seed, step and process alone, so no generator needs keeping."""

    step: int = 0
    seconds: float = 0.0
    images: int = 0
    best_loss: float = math.inf


@dataclass(frozen=True)
class Run:
    """What changes during a run."""

    network: nn.Module
    average: AveragedModel
    optimiser: torch.optim.Optimizer
    progress: Progress

    @property
    def averaged(self) -> Network:
        """Return the network with the averaged weights."""
        return cast(Network, self.average.module)

    def save(self, fabric: Fabric, path: Path) -> None:
        """Write the state to ``path`` in one step, so that a kill leaves the earlier one."""
        save_atomically(fabric, path, self._parts(fabric))

    def load(self, fabric: Fabric, path: Path) -> None:
        """Go back to the state in ``path``."""
        # Only tensors and plain numbers are read: a state that came from elsewhere must not run code.
        try:
            parts = self._parts(fabric)
            fabric.load(path, parts, weights_only=True)
            # What torch knows was filled in place; numbers of a dictionary are new ones.
            vars(self.progress).update(parts["progress"])
        except Exception as error:  # among them pickle's, whose module shipped code had better not import
            raise ModelError(f"{path} is damaged or of another run; use another output folder.") from error

    def _parts(self, fabric: Fabric) -> dict[str, Any]:
        # Precision: float16 scales its gradients by what it learned from earlier steps.
        precision = fabric.strategy.precision
        return {**vars(self), "progress": dict(vars(self.progress)), "precision": precision}


def save_atomically(fabric: Fabric, path: Path, state: dict[str, Any]) -> None:
    """Save ``state`` beside ``path``, then rename; to be called by all processes."""
    # Saving takes seconds, in which a run may be killed; renaming within a folder is one step.
    temporary = path.with_suffix(".tmp")
    fabric.save(temporary, state)
    if fabric.is_global_zero:
        os.replace(temporary, path)


def moving_average(network: nn.Module, decay: float) -> AveragedModel:
    """Return the average of a network's weights and buffers, which follows fast in the first steps.

    Parameters
    ----------
    network : nn.Module
    decay : float
        Of the average for each step, once it has seen some 1,800; 0: the average is the last network.
    """

    @torch.no_grad()
    def update(averages: Any, values: Any, _: Any) -> None:
        if not averages[0].is_floating_point():  # counters
            torch._foreach_copy_(averages, values)
            return
        # Not the argument: that is on the accelerator, which would have to be waited for.
        steps = int(average.n_averaged)
        # (1 + n) / (10 + n), as TensorFlow's moving average has it: random weights are soon forgotten.
        current = min(decay, (1 + steps) / (10 + steps)) if decay else 0.0
        torch._foreach_lerp_(averages, values, 1 - current)

    # With its buffers: means and variances of a normalisation belong to the weights they were taken with.
    average = AveragedModel(network, multi_avg_fn=update, use_buffers=True)
    return average
