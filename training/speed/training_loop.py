# SPDX-License-Identifier: GPL-2.0-or-later
"""The loop of a training against the same network and optimiser in plain torch, on random numbers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from torch.nn import functional

from ...core.classes import CLASS_VALUES, CLASSES, UNDECIDED, pixel_value
from ..data.shards import Content, write_shard
from ..fit.job import Job
from ..fit.trainer import Trainer
from ..recipes.initial_weights import first_network
from ..recipes.optimiser import build_optimiser
from ..recipes.recipe import Recipe

# Few images, read over and over: what is measured is the loop, not the disk.
IMAGES, IMAGE_PX, CELLS = 40, 512, 64
# A budget that is never used up, so that the first stage never ends.
ENDLESS_STEPS = 10**9


def measure(recipe: Recipe, fabric: Fabric, rounds: int) -> tuple[float, float]:
    """Return images a second of the training loop and of the bare one, in the first stage of ``recipe``."""
    # Medians of rounds in which both take their turn: a machine that is busy for a moment spoils one of them.
    with tempfile.TemporaryDirectory() as folder:
        write_random(Path(folder) / "shard-000")
        job = Job(recipe, data=(Path(folder),), out=Path(folder) / "run", steps=ENDLESS_STEPS)
        steps = (Trainer(job, fabric).step, bare_step(recipe, fabric))
        # The first round finds its memory.
        seconds = [[timed(step, fabric) for step in steps] for _ in range(rounds + 1)][1:]
    loop, bare = recipe.batch / np.median(seconds, axis=0)
    return loop, bare


def bare_step(recipe: Recipe, fabric: Fabric) -> Callable[[], None]:
    """Return a function that does a step of plain torch on random numbers."""
    network = first_network(recipe, None).to(fabric.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = build_optimiser(recipe, network)
    size_px = recipe.stages[0].size_px
    images = torch.rand(recipe.batch, 1, size_px, size_px, device=fabric.device)
    images = images.contiguous(memory_format=torch.channels_last)
    network.train()

    def step() -> None:
        with fabric.autocast():
            logits = network(images)
        target = torch.zeros(logits.shape[:1] + logits.shape[2:], dtype=torch.long, device=fabric.device)
        optimiser.zero_grad()
        functional.cross_entropy(logits.float(), target).backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return step


def timed(step: Callable[[], None], fabric: Fabric) -> float:
    """Return the seconds that ``step`` takes."""
    start = time.perf_counter()
    step()
    # Kernels of a GPU run on after the call that starts them.
    if fabric.device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def write_random(path: Path) -> None:
    """Write a shard of noise."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (IMAGES, IMAGE_PX, IMAGE_PX), dtype=np.uint8)
    labels = rng.integers(UNDECIDED, CLASS_VALUES.stop, (IMAGES, CELLS, CELLS), dtype=np.uint8)
    tags = pixel_value(np.arange(IMAGES) % len(CLASSES)).astype(np.uint8)
    write_shard(path, Content(images, labels, tags), {"simulated": True})
