# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated images on disk: shards, each of which a training can use as soon as it is complete."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ....core.errors import InputError
from ...data.shards import write_shard
from .training_images import SimulatedShard

# Seeds of images that one seed of an order may use: two orders share none.
SEEDS_EACH = 10_000_000


@dataclass(frozen=True)
class Order:
    """Which images are wanted.

    Attributes
    ----------
    count : int
        Images in all.
    seed : int
        Another one gives other images.
    shard_images : int
        Images in each shard; fewer in the last.
    held_out : bool
        Parameters come from slices of their ranges that training never sees.
    wide : bool
        Images are cut out of scenes several times as wide.
    """

    count: int
    seed: int = 1
    shard_images: int = 250
    held_out: bool = False
    wide: bool = False

    def batch(self, first: int) -> SimulatedShard:
        """Return the images of the shard that begins with image number ``first``."""
        count = min(self.shard_images, self.count - first)
        return SimulatedShard(self.seed * SEEDS_EACH + first, count, self.held_out, self.wide)


def write_shards(out: Path, order: Order, workers: Optional[int] = None) -> None:
    """Simulate images into ``out``/shard-000, …; those that are complete are kept.

    Parameters
    ----------
    out : Path
        Folder, made where there is none.
    order : Order
    workers : int, optional
        Processes; by default one for each core.

    Raises
    ------
    InputError
        The folder holds other images.
    """
    out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    # One thread a worker: the images themselves are what runs side by side.
    os.environ["OMP_NUM_THREADS"] = "1"
    # Spawned, not forked: libraries that have threads already do not survive a fork on every system.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for number, first in enumerate(range(0, order.count, order.shard_images)):
            folder, batch = out / f"shard-{number:03d}", order.batch(first)
            if _is_complete(folder, batch):
                continue
            write_shard(folder, batch.content(pool), batch.meta)
            done = first + batch.count
            rate = done / (time.monotonic() - started)
            print(f"{done} of {order.count} images, {rate:.1f} images/s", flush=True)


def _is_complete(folder: Path, batch: SimulatedShard) -> bool:
    path = folder / "meta.json"
    if not path.exists():
        return False
    # Of another seed, count or version of the simulator: they would be taken for what was asked for.
    if json.loads(path.read_text()) != batch.meta:
        raise InputError(f"{folder} holds other images than these ({batch.meta}); use another folder.")
    return True
