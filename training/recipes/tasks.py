"""What sets the models apart in training: the one table that is asked instead of their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Literal, Union

import numpy as np

from ...core.classes import CODES, class_index
from ..metrics.dice import PooledDice
from ..metrics.tag_scores import TagScores

Scores = Union[PooledDice, TagScores]


@dataclass(frozen=True)
class Task:
    """What a network learns from images with labels (N, L, L) and tags (N,), and how it is judged.

    Attributes
    ----------
    network : str
        A key of `metocean.models.networks.registry.NETWORKS`.
    by : "labels" or "tags"
        What makes an image one of a class when images are drawn.
    cells : callable
        (labels, tags) -> (N, L, L) label cells that are moved with the image.
    truth : callable
        (labels, tags) -> what images are scored against.
    losses : dict of callable
        The keys of `metocean.training.recipes.losses.LOSSES` that make sense, the first ours; what they
        compare the logits with, of (moved cells, tags).
    scores : type
        Collects probabilities and truth image by image.
    headline : str
        Which of its scores is shown first.
    """

    network: str
    by: Literal["labels", "tags"]
    cells: Callable[[np.ndarray, np.ndarray], np.ndarray]
    truth: Callable[[np.ndarray, np.ndarray], np.ndarray]
    losses: dict[str, Callable[[Any, Any], Any]]
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


def without(labels: np.ndarray, exclude: tuple[str, ...]) -> np.ndarray:
    """Return labels or tags with the classes ``exclude`` unlabelled."""
    known = np.arange(len(CODES) + 1, dtype=np.uint8)
    for code in exclude:
        known[class_index(code) + 1] = 0
    return known[labels]


def everywhere(labels: np.ndarray, tags: np.ndarray) -> np.ndarray:
    """Return cells that all have the tag of their image."""
    return tags[:, None, None].repeat(labels.shape[1], 1).repeat(labels.shape[2], 2)


def labels_or_tag(labels: np.ndarray, tags: np.ndarray) -> np.ndarray:
    """Return the labels, or `everywhere` the tag of an image without any."""
    unlabelled = ~labels.any(axis=(1, 2), keepdims=True)
    return np.where(unlabelled, everywhere(labels, tags), labels)


# By the names of the models, which are those of their weight files.
TASKS = {
    "unet": Task(
        network="unet",
        by="labels",
        cells=cells_as_target,
        truth=cells_as_target,
        losses=dict.fromkeys(
            ("cross-entropy-dice", "cross-entropy", "wbce", "wbce-printed"), cells_as_target
        ),
        scores=PooledDice,
        headline="argmax",
    ),
    "categorizer": Task(
        network="inception",
        by="tags",
        cells=cells_as_target,
        truth=tags_as_target,
        losses={"names-and-places": cells_and_tags_as_target, "cross-entropy": tags_as_target},
        scores=TagScores,
        headline="recall",
    ),
    "im2px": Task(
        network="im2px",
        by="tags",
        cells=everywhere,
        truth=labels_or_tag,
        losses=dict.fromkeys(("cross-entropy", "squared-error"), cells_as_target),
        scores=PooledDice,
        headline="argmax",
    ),
}
