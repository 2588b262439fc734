"""The end of a run: temperature, scores, and weights with their card."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any, Optional

from ..core.classes import CODES
from ..models.checkpoint import Card, save_weights
from ..models.unet import UNet
from .dataset import Shard
from .evaluate import fit_temperature, report, score
from .recipe import Job
from .state import Progress

RESOLUTION_M = 100.0
DATA = "simulated scenes only (metocean.training.simulator); no real scene was used"


def publish(job: Job, network: UNet, progress: Progress, held_out: list[Shard]) -> Path:
    """Write ``unet.safetensors``, its card and ``scores.md`` to the run's folder; return the first's path."""
    temperature = fit_temperature(network, held_out) if held_out else 1.0
    scores: dict[str, Any] = {}
    if held_out:
        dice = score(network, held_out, temperature)
        (job.out / "scores.md").write_text(report(dice))
        scores = {
            "test_set": "simulated, held out",
            "images": len(dice.image_scores),
            **_rounded(dice.scores()),
        }
    card = Card(
        classes=CODES,
        resolution_m=RESOLUTION_M,
        temperature=round(temperature, 4),
        model_id=f"unet-{job.recipe.network.width}-{job.recipe.preset}-{progress.step}",
        training=_training(job, progress),
        scores=scores,
    )
    path = job.out / "unet.safetensors"
    save_weights(path, network, card)
    return path


def _training(job: Job, progress: Progress) -> dict[str, Any]:
    return {
        "data": DATA,
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
