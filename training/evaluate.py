"""Score weights on labelled shards: ``python -m metocean.training.evaluate --weights W --data DIR``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch import nn

from ..core.classes import CODES
from ..core.dice import PooledDice
from ..models.checkpoint import load_weights
from .dataset import Shard, open_folders, origin

BATCH = 16
SIZE_PX = 256


def predict(network: nn.Module, shards: list[Shard]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (10, H, W) logits and (H, W) labels by image; of larger images their middle 256 px."""
    network.eval()
    for shard in shards:
        yield from _predict_shard(network, shard)


def _predict_shard(network: nn.Module, shard: Shard) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    margin = max(shard.images.shape[-1] - SIZE_PX, 0) // 2 // 4 * 4
    inner, cells = slice(margin, margin + SIZE_PX), slice(margin // 4, (margin + SIZE_PX) // 4)
    for start in range(0, len(shard.images), BATCH):
        images = np.array(shard.images[start : start + BATCH, inner, inner])
        with torch.inference_mode():
            batch = torch.from_numpy(images).unsqueeze(1).float() / 255
            logits = network(batch.to(memory_format=torch.channels_last)).float().numpy()
        yield from zip(logits, shard.labels[start : start + BATCH, cells, cells])


def score(network: nn.Module, shards: list[Shard], temperature: float = 1.0) -> PooledDice:
    """Return the Dice sums of ``network`` on ``shards``."""
    dice = PooledDice()
    for logits, labels in predict(network, shards):
        dice.add(softmax(logits / temperature), labels)
    return dice


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the first axis."""
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


def fit_temperature(network: nn.Module, shards: list[Shard]) -> float:
    """Return the T that makes softmax(logits / T) likeliest (Guo et al. 2017, arXiv:1706.04599)."""
    rows, truth = [], []
    for logits, labels in predict(network, shards):
        # Neighbouring cells say the same: one in eight is plenty.
        labelled = np.flatnonzero(labels.ravel())[::8]
        rows.append(logits.reshape(len(CODES), -1)[:, labelled])
        truth.append(labels.ravel()[labelled].astype(int) - 1)
    logits, labels = np.concatenate(rows, axis=1), np.concatenate(truth)

    def surprise(log_temperature: float) -> float:
        probabilities = softmax(logits / np.exp(log_temperature))
        return -float(np.log(probabilities[labels, np.arange(len(labels))] + 1e-12).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(np.log(0.25), np.log(4)), method="bounded").x))


def report(dice: PooledDice, test_set: str) -> str:
    """Return scores and confusion as Markdown; ``test_set`` says what they were measured on."""
    scores = dice.scores()
    count, accuracy = len(dice.image_scores), 100 * dice.accuracy()
    lines = [f"Dice in % on {count} images, {test_set}; pixel accuracy {accuracy:.1f} %."]
    lines += ["", "| | " + " | ".join([*CODES, "mean"]) + " |", "|---" * (len(CODES) + 2) + "|"]
    for variant, row in scores.items():
        lines.append(f"| {variant} | " + " | ".join(f"{100 * value:.1f}" for value in row.values()) + " |")
    lines += ["", f"Confusion in % of the true class (rows), {test_set}:", ""]
    lines += ["| | " + " | ".join(CODES) + " |", "|---" * (len(CODES) + 1) + "|"]
    shares = 100 * dice.confusion / np.maximum(dice.confusion.sum(axis=1, keepdims=True), 1)
    lines += [f"| {code} | " + " | ".join(f"{v:.0f}" for v in row) + " |" for code, row in zip(CODES, shares)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Print the report; write it as Markdown and JSON when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of shards, or shards")
    parser.add_argument("--out", type=Path, help="folder for scores.json and scores.md")
    options = parser.parse_args(arguments)
    network, card = load_weights(options.weights)
    shards = open_folders(options.data)
    dice = score(network.folded(), shards, card.temperature)
    text = report(dice, origin(shards))
    print(text)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        content = {"test_set": origin(shards), "scores": dice.scores(), "confusion": dice.confusion.tolist()}
        (options.out / "scores.json").write_text(json.dumps(content, indent=1) + "\n")
        (options.out / "scores.md").write_text(text)


if __name__ == "__main__":
    main()
