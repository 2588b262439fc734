# SPDX-License-Identifier: GPL-2.0-or-later
"""What training images have: ranges of their blocks' statistics, against which scenes are held.

``python -m metocean.training.statistics --data DIR`` writes models/weights/statistics.json, which belongs to
weights that were trained on DIR. See `metocean.core.results.familiarity`.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..core.arrays import Array
from ..core.methods.training_ranges import STATISTICS
from ..core.quantity import LARGEST
from ..core.results.familiarity import texture_blocks
from ..models.networks.registry import CELL_M
from ..models.registry import STATISTICS_FILE
from .data.augment import augment
from .data.crops import Crops
from .data.pool import open_folders, origin
from .data.shards import STEPS, Shard
from .recipes.augmentation import PAPER, Augmentation

# One block in a hundred of training images themselves lies outside, of each statistic.
PERCENTILES = (0.5, 99.5)
# What the networks learn: images as they are, and as published quick-looks of them would be.
KINDS = {"calibrated": PAPER, "quick-look": replace(PAPER, stretch_chance=1.0)}


def ranges(shards: list[Shard], count: int, seed: int) -> dict[str, Any]:
    """Return, by resolution and kind of image, the `PERCENTILES` of the statistics of ``count`` images."""
    return {
        f"{CELL_M / step:g}": {kind: _range(shards, step, kind, count, seed) for kind in KINDS}
        for step in STEPS
        # Nothing is known of what would only be interpolated.
        if all(shard.step >= step for shard in shards)
    }


def _range(shards: list[Shard], step: int, kind: str, count: int, seed: int) -> dict[str, list[float]]:
    """Return the lowest and highest value, see `PERCENTILES`, of each statistic.

    Parameters
    ----------
    shards : list of Shard
    step : int
        Pixels of a label cell: 4 (of 100 m) or 8 (of 50 m).
    kind : str
        A key of `KINDS`.
    count, seed : int
        So many images are drawn, the same ones for each step and kind.
    """
    rng = np.random.default_rng(seed)
    images = (_augmented(*drawn, step, KINDS[kind], rng) for drawn in _drawn(shards, count, rng))
    # Blocks as scenes are cut into: a statistic of other areas would have another spread.
    statistics = np.concatenate([texture_blocks(image, step).statistics for image in images])
    low, high = np.percentile(statistics, PERCENTILES, axis=0).round(4)
    return {name: [float(low[i]), float(high[i])] for i, name in enumerate(STATISTICS)}


def _drawn(shards: list[Shard], count: int, rng: np.random.Generator) -> list[tuple[Shard, int]]:
    """Return ``count`` images, or all there are, in the order in which they are stored."""
    stored = [(shard, number) for shard in shards for number in range(len(shard.images))]
    chosen = rng.choice(len(stored), min(count, len(stored)), replace=False)
    return [stored[position] for position in sorted(chosen)]


def _augmented(
    shard: Shard, number: int, step: int, options: Augmentation, rng: np.random.Generator
) -> Array:
    """Return an image as (S, S) sqrt roughness, turned or mirrored somehow, and what ``options`` says.

    Parameters
    ----------
    shard : Shard
    number : int
        Of the image in it.
    step : int
        Pixels of a label cell: 4 (of 100 m) or 8 (of 50 m).
    options : Augmentation
    rng : numpy.random.Generator
    """
    image, labels = (torch.from_numpy(np.array(a))[None] for a in shard.read(number, step, shard.cells))
    seen, _ = augment(image, labels, Crops(image.shape[-1]), options, rng)
    return seen[0, 0].numpy() * LARGEST


def main(arguments: list[str] | None = None) -> None:
    """Write the ranges of the images in some folders of shards."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of shards")
    parser.add_argument("--images", type=int, default=300, help="so many, drawn from all shards")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=STATISTICS_FILE)
    options = parser.parse_args(arguments)
    shards = open_folders(options.data)
    content = {
        "images": f"{options.images} {origin(shards)}, seed {options.seed}",
        "percentiles": PERCENTILES,
        "ranges": ranges(shards, options.images, options.seed),
    }
    options.out.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
