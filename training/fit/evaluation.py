# SPDX-License-Identifier: GPL-2.0-or-later
"""What a network is worth on labelled images: scores, and calibration with and without its temperature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

import numpy as np
import torch
from torch import nn

from ...core.arrays import Array
from ...core.classes import CODES, class_index
from ...core.quantity import LARGEST_UINT8
from ...models.networks.blocks import Network
from ...models.networks.registry import describe
from ..data.augment import coarsened
from ..data.shards import Shard
from ..metrics.calibration import Reliability, fit_temperature, probabilities
from ..metrics.tag_scores import as_json, as_markdown
from ..recipes.recipe import Recipe
from ..recipes.tasks import TASKS, Scores, Task, cells_as_target, unlabel

# Memory of a batch; 16 images of 256 x 256.
BATCH_PX = 16 * 256**2
# Of label cells along a side, which all networks take.
CELL_MULTIPLE = 4
# Neighbouring cells say much the same: one in so many is plenty for a temperature.
CELLS_APART = 8


@dataclass
class Evaluation:
    """What a network is worth on some images: scores, and calibration without and with its temperature."""

    scores: Scores
    before: Reliability = field(default_factory=Reliability)
    after: Reliability = field(default_factory=Reliability)
    losses: list[float] = field(default_factory=list)
    images: int = 0

    @property
    def loss(self) -> float:
        """The mean loss of a batch."""
        return float(np.mean(self.losses))

    def add(self, as_trained: Array, calibrated: Array, truth: Array) -> None:
        """Add an image: (10, …) probabilities without and with temperature, and (…) truth, 0 unlabelled."""
        self.scores.add(calibrated, truth)
        self.before.add(as_trained, truth)
        self.after.add(calibrated, truth)
        self.images += 1

    def report(self, name: str) -> str:
        """Return everything as Markdown; ``name`` says of which images it is."""
        head = (
            f"Scores in % on {self.images} images, {name}; accuracy {100 * self.scores.accuracy():.1f} %, "
            f"calibration error {100 * self.after.error():.1f} %."
        )
        return f"{head}\n\n{as_markdown(self.scores.scores(), self.scores.confusion)}"

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        return {
            "images": self.images,
            "accuracy": round(self.scores.accuracy(), 4),
            "calibration_error": {
                "as_trained": round(self.before.error(), 4),
                "with_temperature": round(self.after.error(), 4),
            },
            **as_json(self.scores.scores()),
            "confusion": self.scores.confusion.tolist(),
        }


@dataclass(frozen=True)
class Judge:
    """How a network is scored.

    Attributes
    ----------
    task : Task
        As what.
    temperature : float
        That logits are divided by for the scores.
    exclude : tuple of str
        Classes that count as unlabelled, and are never predicted.
    coarser : float
        See `Recipe.coarser`.
    loss : nn.Module, optional
        That is computed, too, on the CPU.
    target : callable
        See `Recipe.target`.
    independent : bool
        See `Recipe.independent`.
    """

    task: Task
    temperature: float = 1.0
    exclude: tuple[str, ...] = ()
    coarser: float = 1.0
    loss: Optional[nn.Module] = None
    target: Callable[[Any, Any], Any] = cells_as_target
    independent: bool = False

    @classmethod
    def from_recipe(cls, recipe: Recipe, temperature: float = 1.0, loss: Optional[nn.Module] = None) -> Judge:
        """Return the judge of what is trained by a recipe."""
        return cls(
            recipe.task,
            temperature,
            recipe.exclude,
            recipe.coarser,
            loss,
            recipe.target,
            recipe.independent,
        )

    def evaluate(self, network: Network, shards: list[Shard]) -> Evaluation:
        """Score ``network`` on all images of ``shards``, which may be of different sizes."""
        result = Evaluation(self.task.scores())
        for logits, labels, tags in self._predict(network, shards):
            truth = self.task.truth(labels, tags)
            # Image by image, as scores also have a mean over images; in batches only the network computes.
            for image_logits, image_truth in zip(logits, truth):
                as_trained = probabilities(image_logits, 1.0, self.independent)
                calibrated = probabilities(image_logits, self.temperature, self.independent)
                result.add(as_trained, calibrated, image_truth)
            if self.loss:
                cells = self.task.cells(labels, tags)
                target = self.target(torch.from_numpy(cells), torch.from_numpy(tags))
                result.losses.append(float(self.loss(torch.from_numpy(logits), target)))
        return result

    def temperature_of(self, network: Network, shards: list[Shard]) -> float:
        """Return the temperature that fits ``shards`` best; 1 where nothing is labelled."""
        columns, rows = [], []
        for logits, labels, tags in self._predict(network, shards):
            truth = self.task.truth(labels, tags)
            labelled = np.flatnonzero(truth)[:: CELLS_APART if truth.ndim > 1 else 1]
            # Classes first, then all cells of all images in one row, as `truth` has them.
            columns.append(np.moveaxis(logits, 1, 0).reshape(len(CODES), -1)[:, labelled])
            rows.append(truth.ravel()[labelled])
        chosen = np.concatenate(rows)
        if not len(chosen):
            return 1.0
        return fit_temperature(np.concatenate(columns, axis=1), chosen, self.independent)

    def _predict(self, network: Network, shards: list[Shard]) -> Iterator[tuple[Array, Array, Array]]:
        """Yield (N, 10, …) float32 logits, (N, L, L) labels and (N,) tags."""
        network.eval()
        excluded = [class_index(code) for code in self.exclude]
        for shard in shards:
            for images, labels, tags in _batches(shard, network.STEP):
                logits = _infer(network, images, self.coarser)
                # Also where a network was not made to leave them out: both kinds are scored alike.
                logits[:, excluded] = -np.inf
                yield logits, unlabel(labels, self.exclude), unlabel(tags, self.exclude)


def _batches(shard: Shard, step: int) -> Iterator[tuple[Array, Array, Array]]:
    """Yield whole images (N, S, S), at ``step`` pixels a label cell, their labels and tags."""
    # What is left over at the edges is not seen, a few cells of images of an odd size.
    cells = shard.cells // CELL_MULTIPLE * CELL_MULTIPLE
    count = max(1, BATCH_PX // (cells * step) ** 2)
    for start in range(0, len(shard.images), count):
        numbers = range(start, min(start + count, len(shard.images)))
        images, labels = zip(*(shard.read(i, step, cells) for i in numbers))
        yield np.stack(images), np.stack(labels), shard.tags[start : start + count]


def _infer(network: Network, images: Array, coarser: float) -> Array:
    device = next(network.parameters()).device
    with torch.inference_mode():
        grey = torch.from_numpy(images).to(device).unsqueeze(1).float()
        # Divided as in training, see `augment`.
        batch = coarsened(grey / LARGEST_UINT8, coarser)
        logits: torch.Tensor = network(batch.contiguous(memory_format=torch.channels_last))
        return logits.float().cpu().numpy()


def model_of(network: Network) -> str:
    """Return the name of the model that ``network`` is."""
    name = describe(network)["name"]
    return next(model for model, task in TASKS.items() if task.network == name)
