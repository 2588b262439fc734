# SPDX-License-Identifier: GPL-2.0-or-later
"""Dice of the seven methods with the weights that come with the plugin."""

from __future__ import annotations

from pathlib import Path

from . import report, table2
from .bench import Bench
from .methods import BENCHMARKED_METHODS
from .settings import Bundled, Settings
from .works import ImageSet, Use, Work

TITLE = "The bundled weights: argmax Dice by method and class"
NOTE = (
    "In %, pooled over the test images: B on {} of them, the others on {}. The weights that come with the "
    "plugin were trained for longer than those of Table 2, and all of them learnt from masks, too.\n\n"
)


def uses(settings: Settings, method: str) -> list[Use]:
    """Return a method with the weights that come with the plugin, if they do."""
    # Not all of them need be installed: the page then has the rows that can be measured.
    entry = BENCHMARKED_METHODS[method]
    weights = Bundled(getattr(settings, entry.training).recipe.model)
    return (
        [Use(method, weights, ImageSet.FEW if entry.masking else ImageSet.TEST)]
        if weights.path.exists()
        else []
    )


def works(bench: Bench) -> list[Work]:
    """Return what `write` asks for."""
    return [use for method in BENCHMARKED_METHODS for use in uses(bench.settings, method)]


def write(bench: Bench, out: Path) -> None:
    """Write bundled.md and bundled.csv."""
    asked = {method: uses(bench.settings, method) for method in BENCHMARKED_METHODS}
    scores = {method: [bench.scores(use) for use in chosen] for method, chosen in asked.items() if chosen}
    trainings = dict.fromkeys(use.training for chosen in asked.values() for use in chosen)
    body = NOTE.format(*table2.image_counts(bench)) + table2.block(scores, "argmax")
    page = report.page(bench, TITLE, body, list(trainings))
    (out / "bundled.md").write_text(page, encoding="utf-8")
    table2.write_numbers(bench, out / "bundled.csv", scores)
