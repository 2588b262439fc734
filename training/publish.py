"""The end of a run: temperature, scores, and weights with their card."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

from ..core.classes import CODES
from ..models.checkpoint import Card, save_weights
from ..models.unet import UNet
from .dataset import Shard, origin
from .evaluate import fit_temperature, report, score
from .recipe import Job
from .state import Progress

RESOLUTION_M = 100.0


@dataclass(frozen=True)
class Data:
    """The shards a run used: to train on, to watch it by and fit the temperature, and for scores alone."""

    trained: list[Shard]
    validation: list[Shard]
    test: list[Shard]


def publish(job: Job, network: UNet, progress: Progress, data: Data) -> Path:
    """Write ``unet.safetensors``, its card and ``scores.md`` to the run's folder; return the first's path."""
    temperature = fit_temperature(network, data.validation) if data.validation else 1.0
    card = Card(
        classes=CODES,
        resolution_m=RESOLUTION_M,
        temperature=round(temperature, 4),
        model_id=f"unet-{job.recipe.network.width}-{job.recipe.preset}-{progress.step}",
        training=_training(job, progress, data.trained),
        scores=_scores(job, network, temperature, data),
    )
    path = job.out / "unet.safetensors"
    save_weights(path, network, card)
    return path


def _scores(job: Job, network: UNet, temperature: float, data: Data) -> dict[str, Any]:
    shards = data.test or data.validation
    if not shards:
        return {}
    name = f"{origin(shards)}, " + (
        "used for nothing else" if data.test else "used to fit the temperature, too"
    )
    dice = score(network, shards, temperature)
    (job.out / "scores.md").write_text(report(dice, name))
    return {"test_set": name, "images": len(dice.image_scores), **_rounded(dice.scores())}


def _training(job: Job, progress: Progress, shards: list[Shard]) -> dict[str, Any]:
    return {
        "data": f"{origin(shards)} scenes",
        "images_in_pool": sum(len(shard.images) for shard in shards),
        "recipe": asdict(job.recipe),
        "steps": progress.step,
        "images": progress.images,
        "minutes": round(progress.seconds / 60, 1),
        "commit": job.commit,
    }


def _rounded(scores: dict[str, dict[str, float]]) -> dict[str, dict[str, Optional[float]]]:
    # JSON has no NaN: a class without score is null.
    return {
        variant: {code: round(value, 4) if math.isfinite(value) else None for code, value in row.items()}
        for variant, row in scores.items()
    }
