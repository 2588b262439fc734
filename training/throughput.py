# SPDX-License-Identifier: GPL-2.0-or-later
"""Speed of the training loop: ``python -m metocean.training.throughput --model unet``.

The loop as it is (draw, augmentation, network, loss, moving average, Fabric) beside the least there can be:
the same network and optimiser in the same precision, on one batch of random numbers. The two take turns, so
that whatever else the machine does slows both alike; it is their ratio that counts.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from ..models.registry import DEVICES
from .fit.devices import FABRIC_PRECISIONS, Hardware, describe, launch
from .recipes.presets import PRESETS, RECIPES
from .recipes.tasks import TASKS
from .speed.training_loop import measure


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
    parser.add_argument("--precision", choices=FABRIC_PRECISIONS, default=Hardware.precision)
    options = parser.parse_args(arguments)
    fabric = launch(Hardware(options.device, devices=1, precision=options.precision))
    print(describe(fabric))
    for model in options.model:
        recipe = RECIPES[model, options.preset]
        # Stages differ in size and batch, and so in what the loop costs: each is measured by itself.
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
