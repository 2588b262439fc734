# SPDX-License-Identifier: GPL-2.0-or-later
"""The end of a run: temperature, scores, and weights with their card."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...core.classes import CODES
from ...models.card import Card, read_card
from ...models.checkpoint import save_weights
from ...models.networks.blocks import Network
from ...models.networks.registry import resolution_m
from ..data.pool import made_by, origin
from ..data.shards import Shard
from ..metrics.calibration import draw_reliability
from ..metrics.tag_scores import TagScores
from .evaluation import Judge
from .job import Job
from .run_state import Progress
from .splits import Data, held, with_one_process

ALONE = "of one process each"
HOLDS = "It names something the image holds, or plain waves where there is nothing else, in {:.1f} % of them."


def publish(path: Path, network: Network, job: Job, data: Data, training: dict[str, Any]) -> None:
    """Write weights to ``path``; beside it their card, scores and reliability diagram.

    Parameters
    ----------
    path : Path
        Of the safetensors file.
    network : Network
        With the weights that are kept.
    job : Job
    data : Data
        The temperature is fitted to its validation images, scores are of its test images.
    training : dict
        For the card, see `training_facts`.
    """
    recipe = job.recipe
    judge = Judge.from_recipe(recipe)
    # Rounded here, so that scores are those of the temperature in the card.
    judge = replace(judge, temperature=round(judge.temperature_of(network, data.validation), 4))
    card = Card(
        classes=CODES,
        resolution_m=resolution_m(network),
        temperature=judge.temperature,
        model_id=f"{recipe.model}-{recipe.network.width:g}-{recipe.preset}-{training['steps']}",
        training=training,
        scores=_scores(path, network, judge, data),
        independent=recipe.independent,
    )
    save_weights(path, network, card)


def training_facts(job: Job, progress: Progress, data: Data) -> dict[str, Any]:
    """Return what the card says of how the weights came to be."""
    return {
        "data": f"{origin(data.pool.shards)} scenes{made_by(data.pool.shards)}",
        "images_in_pool": data.pool.count,
        # A card names the weights before it: what came of which can be followed back.
        "begun_with": read_card(job.init.with_suffix(".json")).model_id if job.init else "random weights",
        "recipe": asdict(job.recipe),
        "steps": progress.step,
        "images": progress.images,
        "minutes": round(progress.seconds / 60, 1),
        "commit": job.commit,
    }


def naming(scores: TagScores, shards: list[Shard]) -> float:
    """Return the share of images that hold what was named; which of several that is, is chance to any eye."""
    found = np.concatenate([held(shard) for shard in shards])
    return float(found[np.arange(len(found)), scores.named].mean())


def _scores(path: Path, network: Network, judge: Judge, data: Data) -> dict[str, Any]:
    """Score a network, write report and diagram, and return what the card says.

    Parameters
    ----------
    path : Path
        Of the weights; report and diagram lie beside them.
    network : Network
    judge : Judge
        With the temperature that is in the card.
    data : Data
    """
    used = "used for nothing else" if data.test else "used to fit the temperature, too"
    # Without images for that alone, those for validation are scored; the card then says so.
    shards = data.test or data.validation
    name = f"{origin(shards)}{made_by(shards)}, {used}"
    result = judge.evaluate(network, shards)
    facts, report = {"test_set": name, **result.as_json()}, result.report(name)
    # Of an image with several processes, which one it was named for is chance: recall alone says too little.
    if isinstance(result.scores, TagScores):
        alone, right = judge.evaluate(network, with_one_process(shards)), naming(result.scores, shards)
        facts = {**facts, "holds_what_is_named": round(right, 4), "alone": alone.as_json()}
        report = f"{report}\n{HOLDS.format(100 * right)}\n\n{alone.report(f'{name}, {ALONE}')}"
    path.with_name("scores.md").write_text(report)
    diagram = path.with_name(f"{path.stem}-reliability.png")
    draw_reliability(diagram, result.before, result.after, f"{path.stem}: {name}")
    return facts
