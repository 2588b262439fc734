# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of a training, to the `Job` it asks for."""

from __future__ import annotations

import argparse
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Optional

from ...core.classes import CODES
from ...models.registry import DEVICES
from ..recipes.initial_weights import BUNDLED, weights_path
from ..recipes.losses import Loss
from ..recipes.presets import PRESETS, RECIPES
from ..recipes.recipe import Recipe
from ..recipes.tasks import TASKS
from .devices import FABRIC_PRECISIONS, Hardware
from .job import Job


def parse(arguments: Optional[list[str]], description: Optional[str]) -> Job:
    """Return what ``arguments``, by default those of the process, ask for."""
    options = _parser(description).parse_args(arguments)
    return Job(
        _recipe(options),
        data=tuple(options.data),
        validation=tuple(options.validation),
        test=tuple(options.test),
        out=options.out,
        minutes=options.minutes,
        steps=options.steps,
        init=weights_path(options.model, options.init) if options.init else None,
        hardware=Hardware(options.device, options.devices, options.nodes, options.precision),
        commit=options.commit or commit(),
    )


def _recipe(options: argparse.Namespace) -> Recipe:
    # A preset, changed by what was typed: the card shows the outcome, not the way to it.
    recipe = RECIPES[options.model, options.preset]
    if options.whole:
        recipe = recipe.only_stage(recipe.stages[-1])
    if options.width:
        # A whole number stays one, as it stands in the card: filters of the U-Net, but a factor of
        # InceptionV3.
        width = int(options.width) if options.width.is_integer() else options.width
        recipe = replace(recipe, network=replace(recipe.network, width=width))
    return replace(
        recipe,
        batch=options.batch or recipe.batch,
        loss=Loss(options.loss) if options.loss else recipe.loss,
        seed=options.seed,
        # Sorted: in whatever order classes are named, it is the same run.
        exclude=tuple(sorted(options.exclude)),
    )


def _parser(description: Optional[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--model", choices=TASKS, default="unet")
    add("--data", type=Path, nargs="+", required=True, help="shards, or published data sets, to train on")
    add("--validation", type=Path, nargs="+", default=[], help="by default what the data bring, or a tenth")
    add("--test", type=Path, nargs="+", default=[], help="for the card's scores alone")
    add("--out", type=Path, required=True, help="folder of the run")
    add("--minutes", type=float, default=Job.minutes, help="wall-clock budget, earlier parts included")
    add("--steps", type=int, help="budget in steps instead")
    add("--preset", choices=PRESETS, default=PRESETS[0])
    add("--init", help=f"weights to begin with: {BUNDLED}, or a file")
    add("--width", type=float, help="filters of the first level; categorizer: factor on InceptionV3's")
    add("--batch", type=int, help="images a step and device")
    add("--loss", choices=Loss.words())
    add("--whole", action="store_true", help="no parts of images first, as for weights that learnt from them")
    add("--exclude", nargs="+", choices=CODES, default=[], help="classes the network is never to predict")
    add("--seed", type=int, default=0)
    add("--device", choices=DEVICES, default=Hardware.device)
    add("--devices", default=Hardware.devices, help="processes on this machine, each with a device")
    add("--nodes", type=int, default=Hardware.nodes, help="machines")
    add("--precision", choices=FABRIC_PRECISIONS, default=Hardware.precision)
    add("--commit", help="of the code, for the card; by default what git says")
    return parser


def commit() -> str:
    """Return the commit of the code, "-dirty" if it was changed since; "unknown" where git does not know."""
    # An installed package is in no repository, and git may not be there at all: neither ends a training.
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
