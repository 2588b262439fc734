"""Speed of the training loop: ``python -m metocean.training.throughput --model unet``.

The loop as it is (draw, augmentation, network, loss, moving average, Fabric) beside the least there can be:
the same network and optimiser in the same precision, on one batch of random numbers. The two take turns, so
that whatever else the machine does slows both alike; it is their ratio that counts.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from torch.nn import functional

from ..core.classes import CLASSES
from ..models.registry import DEVICES
from .data.shards import Content, write_shard
from .fit.devices import PRECISIONS, Hardware, describe, launch
from .fit.job import Job
from .fit.trainer import Trainer
from .recipes.initial_weights import first_network
from .recipes.optimiser import build_optimiser
from .recipes.presets import PRESETS, RECIPES
from .recipes.recipe import Recipe
from .recipes.tasks import TASKS

IMAGES, IMAGE_PX, CELLS = 40, 512, 64
ENDLESS = 10**9  # steps


def measure(recipe: Recipe, fabric: Fabric, rounds: int) -> tuple[float, float]:
    """Return images a second of the training loop and of the bare one, in the first stage of ``recipe``."""
    with tempfile.TemporaryDirectory() as folder:
        write_random(Path(folder) / "shard-000")
        job = Job(recipe, data=(Path(folder),), out=Path(folder) / "run", steps=ENDLESS)
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
        functional.cross_entropy(logits.float(), target).backward()
        optimiser.step()

    return step


def timed(step: Callable[[], None], fabric: Fabric) -> float:
    """Return the seconds that ``step`` takes."""
    start = time.perf_counter()
    step()
    if fabric.device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def write_random(path: Path) -> None:
    """Write a shard of noise."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (IMAGES, IMAGE_PX, IMAGE_PX), dtype=np.uint8)
    labels = rng.integers(0, len(CLASSES) + 1, (IMAGES, CELLS, CELLS), dtype=np.uint8)
    tags = (np.arange(IMAGES) % len(CLASSES) + 1).astype(np.uint8)
    write_shard(path, Content(images, labels, tags), {"simulated": True})


def main(arguments: list[str] | None = None) -> None:
    """Print a line for each stage of each model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", choices=TASKS, nargs="+", default=list(TASKS))
    parser.add_argument("--preset", choices=PRESETS, default=PRESETS[0])
    parser.add_argument("--batch", type=int)
    parser.add_argument("--rounds", type=int, default=5, help="steps that are timed (default %(default)s)")
    parser.add_argument("--device", choices=DEVICES, default=Hardware.device)
    parser.add_argument("--precision", choices=PRECISIONS, default=Hardware.precision)
    options = parser.parse_args(arguments)
    fabric = launch(Hardware(options.device, devices=1, precision=options.precision))
    print(describe(fabric))
    for model in options.model:
        recipe = RECIPES[model, options.preset]
        recipe = replace(recipe, batch=options.batch or recipe.batch)
        for part in map(recipe.only_stage, recipe.stages):
            loop, bare = measure(part, fabric, options.rounds)
            print(
                f"{model} width {part.network.width:g}, {part.batch} images of {part.stages[0].size_px} px: "
                f"{loop:.1f} images/s, bare {bare:.1f}, ratio {bare / loop:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
