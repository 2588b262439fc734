"""A run's state on disk: written atomically, enough to go on as if it had never stopped."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from ..core.errors import ModelError


@dataclass
class Progress:
    """How far a run is. Random draws depend on seed and step alone, so no generator needs keeping."""

    step: int = 0
    seconds: float = 0.0
    images: int = 0
    best_loss: float = math.inf


@dataclass(frozen=True)
class Run:
    """What changes during a run."""

    network: nn.Module
    average: nn.Module
    optimiser: torch.optim.Optimizer
    progress: Progress

    def save(self, path: Path) -> None:
        """Write the state to ``path`` in one step, so that a kill leaves the earlier one."""
        state = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        write_atomically({**state, "progress": vars(self.progress)}, path)

    def load(self, path: Path) -> None:
        """Go back to the state in ``path``."""
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
            for name in ("network", "average", "optimiser"):
                getattr(self, name).load_state_dict(state[name])
            vars(self.progress).update(state["progress"])
        except Exception as error:  # among them pickle's, whose module shipped code had better not import
            raise ModelError(f"{path} is damaged or of another run; use another output folder.") from error


def write_atomically(content: object, path: Path) -> None:
    """``torch.save`` to a temporary file beside ``path``, then rename."""
    temporary = path.with_suffix(".tmp")
    torch.save(content, temporary)
    os.replace(temporary, path)
