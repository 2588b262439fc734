# SPDX-License-Identifier: GPL-2.0-or-later
"""Table 2: Dice of the seven methods for the ten classes, over several trainings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...core.classes import CODES
from ...models import registry
from ..metrics import markdown
from . import paper, report
from .bench import Bench
from .images import count
from .methods import BENCHMARKED_METHODS
from .settings import Settings
from .works import ImageSet, Use, Work

Scores = dict[str, list[dict[str, Any]]]  # of each training, by method

TITLE = "Table 2: Dice by method and class"
COLUMNS = (*CODES, "mean")
MEANING = {
    "soft": "Soft: the maps as they are",
    "hard": "Hard: what reaches 0.5",
    "argmax": "Argmax: the largest of the ten",
    "image_mean": "Mean over images of their argmax Dice",
}
NOTE = (
    "In %, pooled over the test images; mean ± deviation over {} trainings. Probabilities are at the "
    "temperature fitted to the validation images. B is scored on {} images, the others on {}; its maps are "
    "drops of probability, for each class by itself, and taken as they are. B to E learnt from names of "
    "images alone.\n\n"
)
PAPERS = "The paper's own, on its real test set, over ten trainings; the mean's deviation is the mean of ten"


def uses(settings: Settings, method: str) -> list[Use]:
    """Return a method with its training for each seed."""
    entry = BENCHMARKED_METHODS[method]
    # B asks the network 257 times for an image: it is scored on a few of each class.
    training, images = getattr(settings, entry.training), ImageSet.FEW if entry.masking else ImageSet.TEST
    return [Use(method, training.changed(seed=seed), images) for seed in settings.seeds]


def works(bench: Bench) -> list[Work]:
    """Return what `write` asks for."""
    return [use for method in BENCHMARKED_METHODS for use in uses(bench.settings, method)]


def write(bench: Bench, out: Path) -> None:
    """Write table2.md and table2.csv."""
    settings = bench.settings
    scores = {method: [bench.scores(use) for use in uses(settings, method)] for method in BENCHMARKED_METHODS}
    blocks = [NOTE.format(len(settings.seeds), *image_counts(bench))]
    blocks += [f"## {meaning}\n\n{block(scores, variant)}\n" for variant, meaning in MEANING.items()]
    blocks.append(f"## {PAPERS}\n\n{_papers()}")
    trainings = dict.fromkeys(
        use.training for method in BENCHMARKED_METHODS for use in uses(settings, method)
    )
    page = report.page(bench, TITLE, "".join(blocks), list(trainings))
    (out / "table2.md").write_text(page, encoding="utf-8")
    write_numbers(bench, out / "table2.csv", scores)


def write_numbers(bench: Bench, path: Path, scores: Scores) -> None:
    """Write the ``scores`` of the trainings of each method as CSV, mean and deviation."""
    # One number a line, as programs read it; the page has the same as a table.
    few, every = image_counts(bench)
    header = ("method", "variant", "class", "dice", "deviation", "trainings", "images", "test_set")
    rows = [
        (*row, few if BENCHMARKED_METHODS[row[0]].masking else every, bench.test_set)
        for row in _numbers(scores)
    ]
    report.write_csv(path, header, rows)


def block(scores: Scores, variant: str) -> str:
    """Return a ``variant``, a key of `MEANING`, of `write_numbers`'s scores as Markdown."""
    rows = []
    for method, trained in scores.items():
        cells = (report.spread([each[variant][column] for each in trained]) for column in COLUMNS)
        rows.append((registry.METHODS[method].title, *(markdown.percent(*cell) for cell in cells)))
    return markdown.table(("", *COLUMNS), rows)


def _papers() -> str:
    rows = []
    for method, means in paper.TABLE_2.items():
        cells = zip(means, paper.TABLE_2_DEVIATIONS[method])
        rows.append((registry.METHODS[method].title, *(f"{mean} ± {deviation}" for mean, deviation in cells)))
    return markdown.table(("", *COLUMNS), rows)


def image_counts(bench: Bench) -> tuple[int, int]:
    """Return how many images B is scored on, and how many the others are."""
    few, every = (count(bench.shards(uses(bench.settings, method)[0])) for method in ("mask_mean", "unet"))
    return few, every


def _numbers(scores: Scores) -> Iterator[tuple[Any, ...]]:
    for method, trained in scores.items():
        for variant in MEANING:
            for column in COLUMNS:
                mean, deviation = report.spread([each[variant][column] for each in trained])
                yield method, variant, column, mean, deviation, len(trained)
