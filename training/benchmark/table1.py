# SPDX-License-Identifier: GPL-2.0-or-later
"""Table 1: how often the categorizer is right, by the resolution of the images it sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...models.networks.registry import CELL_M, NETWORKS
from ..metrics import markdown
from . import paper, report
from .bench import Bench
from .settings import Settings, Training
from .works import CATEGORIZER, ImageSet, Use, Work

TITLE = "Table 1: accuracy of the categorizer by resolution"
NOTE = (
    "In %; one training a resolution, on names alone, all of as many images and begun with the bundled "
    'weights, which learnt at 50 m, and from masks, too. "Alone" are the images that hold one process and '
    "plain waves: of several, the one an image is named for is chance. The last two columns are the paper's "
    "own, of real images.\n\n"
)
PARTS = (ImageSet.VALIDATION, ImageSet.TEST)
WHICH = {"accuracy": "all", "alone": "alone"}
HEADER = (
    "resolution",
    *(f"{part}, {which}" for part in PARTS for which in WHICH.values()),
    *(f"paper: {part}" for part in PARTS),
)


def trainings(settings: Settings) -> dict[float, Training]:
    """Return the training at each resolution in m."""
    training = settings.by_resolution
    finest_m = CELL_M / NETWORKS[training.recipe.task.network][0].STEP
    coarser = {resolution_m: resolution_m / finest_m for resolution_m in settings.resolutions_m}
    # A coarser image has fewer pixels to compute: so many minutes less are expected.
    return {
        resolution_m: replace(training.changed(coarser=factor), minutes=training.minutes / factor)
        for resolution_m, factor in coarser.items()
    }


def works(bench: Bench) -> list[Work]:
    """Return what `write` asks for."""
    return [
        Use(CATEGORIZER, training, part) for training in trainings(bench.settings).values() for part in PARTS
    ]


def write(bench: Bench, out: Path) -> None:
    """Write table1.md and table1.csv."""
    chosen, rows, numbers = trainings(bench.settings), [], []
    for resolution_m, training in chosen.items():
        scores = {part: bench.scores(Use(CATEGORIZER, training, part)) for part in PARTS}
        # The paper has four resolutions; others are shown without its numbers beside them.
        ours = [(part, which, scores[part][which]) for part in PARTS for which in WHICH]
        theirs = paper.TABLE_1.get(round(resolution_m), ("–", "–"))
        rows.append((f"{resolution_m:g} m", *(markdown.percent(value) for *_, value in ours), *theirs))
        numbers += [(resolution_m, part, WHICH[which], value, bench.test_set) for part, which, value in ours]
    body = NOTE + markdown.table(HEADER, rows)
    page = report.page(bench, TITLE, body, list(chosen.values()))
    (out / "table1.md").write_text(page, encoding="utf-8")
    header = ("resolution_m", "images", "which", "accuracy", "test_set")
    report.write_csv(out / "table1.csv", header, numbers)
