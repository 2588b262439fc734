# SPDX-License-Identifier: GPL-2.0-or-later
"""Batches by step: drawn, read ahead of the device, and augmented on it.

What a batch holds depends on the recipe's seed, the step and the process alone.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric

from ...core.arrays import Array
from ...models.networks.registry import NETWORKS
from ..recipes.recipe import Recipe, TrainingStage
from ..recipes.tasks import unlabel
from .augment import augment, coarsened
from .crops import Crops
from .pool import Batch, Pool

# Steps read before they are asked for, where an accelerator computes. A network on CPU needs all cores
# itself.
PREFETCH = 2


class Batches:
    """The batches of one process, on its device."""

    def __init__(self, pool: Pool, recipe: Recipe, fabric: Fabric) -> None:
        self.pool, self.recipe, self.fabric = pool, recipe, fabric
        self.pixels_per_cell = NETWORKS[recipe.task.network][0].STEP
        self.prefetch = 0 if fabric.device.type == "cpu" else PREFETCH
        # One thread, so that the pool is never read and refreshed at once.
        self._thread = ThreadPoolExecutor(1)
        self._reading: dict[tuple[int, TrainingStage], Future[tuple[Batch, Crops]]] = {}

    def read(self, step: int, stage: TrainingStage) -> tuple[torch.Tensor, Any]:
        """Return the images (N, 1, H, W) float32, 0..1, and the target of ``step``."""
        wanted = [(later, stage) for later in range(step, step + self.prefetch + 1)]
        # Where a stage has just ended, what was read for the one before is dropped and read anew.
        self._reading = {
            key: self._reading.get(key) or self._thread.submit(self._draw, *key) for key in wanted
        }
        batch, crops = self._reading.pop((step, stage)).result()
        # The device gets bytes, a quarter of what floats would take, and augments on its own.
        arrays = (batch.images, self.recipe.task.cells(batch.labels, batch.tags), batch.tags)
        images, cells, tags = self.fabric.to_device([torch.from_numpy(array) for array in arrays])
        images, cells = augment(images, cells, crops, self.recipe.augmentation, self._rng(step, 1))
        # Convolutions are fastest with channels last; with one channel that is a matter of strides alone.
        images = coarsened(images, self.recipe.coarser).contiguous(memory_format=torch.channels_last)
        return images, self.recipe.target(cells, tags)

    def refresh(self) -> None:
        """Use shards that have appeared."""
        self._thread.submit(self.pool.refresh).result()  # not while it is read from
        self._reading.clear()

    def _draw(self, step: int, stage: TrainingStage) -> tuple[Batch, Crops]:
        # A generator of its own for each step: a run that was interrupted goes on with the same draws,
        # without having saved any generator, and what is drawn here does not shift what augmentation draws.
        rng = self._rng(step, 0)
        numbers = self.pool.draw(self.recipe.batch_in(stage), self.recipe.balance, rng)
        drawn, exclude = self.pool.read(numbers, self.pixels_per_cell), self.recipe.exclude
        batch = Batch(drawn.images, unlabel(drawn.labels, exclude), unlabel(drawn.tags, exclude))
        # Of an image that is larger than the crop, a random part would often not hold what its tag says.
        centres = phenomenon_centres(batch, rng) if stage.on_phenomenon else None
        return batch, Crops(stage.size_px, centres)

    def _rng(self, step: int, stream: int) -> np.random.Generator:
        return np.random.default_rng([self.recipe.seed, step, self.fabric.global_rank, stream])


def phenomenon_centres(batch: Batch, rng: np.random.Generator) -> Array:
    """Return the centres of crops that show what each image is named for.

    Returns
    -------
    (N, 2) float
        (x, y), from -1 to 1, of a random cell of the tag's class; NaN where no cell is of it.
    """
    centres = np.full((len(batch.tags), 2), np.nan)
    cells = batch.labels.shape[-1]
    for i in np.flatnonzero(batch.tags):
        rows, columns = np.nonzero(batch.labels[i] == batch.tags[i])
        if len(rows):
            chosen = rng.integers(len(rows))
            centres[i] = (2 * np.array([columns[chosen], rows[chosen]]) + 1) / cells - 1
    return centres
