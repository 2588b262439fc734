# SPDX-License-Identifier: GPL-2.0-or-later
"""What sets the models apart in training: the one table that is asked instead of their names.

A fourth model is one more row of `TASKS`, and its recipes in `metocean.training.recipes.presets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Union

import numpy as np

from ...core.arrays import Array
from ...core.classes import CLASS_VALUES, UNDECIDED, value_of
from ..metrics.dice import PooledDice
from ..metrics.tag_scores import TagScores
from .choice import Choice
from .losses import Loss

Scores = Union[PooledDice, TagScores]


class Annotation(Choice):
    """What people said of images: the class of each pixel, or of the whole."""

    LABELS = "labels"
    TAGS = "tags"


@dataclass(frozen=True)
class Task:
    """What a network learns from images with labels (N, L, L) and tags (N,), and how it is judged.

    Attributes
    ----------
    network : str
        A key of `metocean.models.networks.registry.NETWORKS`.
    by : Annotation
        What makes an image one of a class when images are drawn.
    cells : callable
        (labels, tags) -> (N, L, L) label cells that are moved with the image.
    truth : callable
        (labels, tags) -> what images are scored against.
    losses : dict of Loss to callable
        Those that make sense, the first ours; what they compare the logits with, of (moved cells, tags).
    scores : type
        Collects probabilities and truth image by image.
    headline : str
        Which of its scores is shown first.
    """

    network: str
    by: Annotation
    cells: Callable[[Array, Array], Array]
    truth: Callable[[Array, Array], Array]
    losses: dict[Loss, Callable[[Any, Any], Any]]
    scores: Callable[[], Scores]
    headline: str


def cells_as_target(cells: Any, tags: Any) -> Any:
    """Return the cells."""
    return cells


def tags_as_target(cells: Any, tags: Any) -> Any:
    """Return the tags."""
    return tags


def cells_and_tags_as_target(cells: Any, tags: Any) -> Any:
    """Return cells and tags."""
    return cells, tags


def unlabel(labels: Array, exclude: tuple[str, ...]) -> Array:
    """Return labels or tags with the classes ``exclude`` unlabelled."""
    # A table from value to value: all but the excluded ones stay what they are.
    known = np.arange(CLASS_VALUES.stop, dtype=np.uint8)
    known[[value_of(code) for code in exclude]] = UNDECIDED
    remaining: Array = known[labels]
    return remaining


def everywhere(labels: Array, tags: Array) -> Array:
    """Return cells that all have the tag of their image."""
    return tags[:, None, None].repeat(labels.shape[1], 1).repeat(labels.shape[2], 2)


def labels_or_tag(labels: Array, tags: Array) -> Array:
    """Return the labels, or `everywhere` the tag of an image without any."""
    unlabelled = ~labels.any(axis=(1, 2), keepdims=True)
    return np.where(unlabelled, everywhere(labels, tags), labels)


# By the names of the models, which are those of their weight files.
TASKS = {
    "unet": Task(
        network="unet",
        by=Annotation.LABELS,
        cells=cells_as_target,
        truth=cells_as_target,
        losses=dict.fromkeys(
            (
                Loss.CROSS_ENTROPY_DICE,
                Loss.CROSS_ENTROPY,
                Loss.WEIGHTED_BCE,
                Loss.WEIGHTED_BCE_PRINTED,
            ),
            cells_as_target,
        ),
        scores=PooledDice,
        headline="argmax",
    ),
    "categorizer": Task(
        network="inception",
        by=Annotation.TAGS,
        cells=cells_as_target,
        truth=tags_as_target,
        # The paper's learns from names alone; ours from masks, too: what there is, and where.
        losses={Loss.LOCALISED: cells_and_tags_as_target, Loss.CROSS_ENTROPY: tags_as_target},
        scores=TagScores,
        headline="recall",
    ),
    "im2px": Task(
        network="im2px",
        by=Annotation.TAGS,
        # Section 3.5 of the paper: the class of an image taken for that of each of its pixels, as noisy
        # labels.
        cells=everywhere,
        # Scored against masks where there are some, though it never learns from them.
        truth=labels_or_tag,
        losses=dict.fromkeys((Loss.CROSS_ENTROPY, Loss.SQUARED_ERROR), cells_as_target),
        scores=PooledDice,
        headline="argmax",
    ),
}
