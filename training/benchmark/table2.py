"""Table 2: Dice of the seven methods for the ten classes, over several trainings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...core.classes import CODES
from ...models import registry
from . import paper, report
from .bench import FEW, TEST, Bench, Use, Work
from .images import count
from .methods import METHODS
from .settings import Bundled, Settings

TITLE = "Table 2: Dice by method and class"
COLUMNS = (*CODES, "mean")
MEANING = {
    "soft": "Soft: the maps as they are",
    "hard": "Hard: what reaches 0.5",
    "argmax": "Argmax: the largest of the ten",
    "image_mean": "Mean over images of their argmax Dice",
}
SHIPPED = "The weights that come with the plugin, which were trained for longer: argmax"
NOTE = (
    "In %, pooled over the test images; mean ± deviation over {} trainings. Probabilities are at the "
    "temperature fitted to the validation images. B is scored on {} images, the others on {}; its maps are "
    "drops of probability, for each class by itself, and taken as they are. B to E learnt from names of "
    "images alone; those that come with the plugin learnt from masks, too.\n\n"
)
PAPERS = "The paper's own, on its real test set, over ten trainings; the mean's deviation is the mean of ten"


def uses(settings: Settings, method: str) -> list[Use]:
    """Return a method with its training for each seed."""
    entry = METHODS[method]
    training, images = getattr(settings, entry.training), FEW if entry.masking else TEST
    return [Use(method, training.of(seed=seed), images) for seed in settings.seeds]


def bundled(settings: Settings, method: str) -> list[Use]:
    """Return a method with the weights that come with the plugin, if they do."""
    entry = METHODS[method]
    weights = Bundled(getattr(settings, entry.training).recipe.model)
    return [Use(method, weights, FEW if entry.masking else TEST)] if weights.path.exists() else []


def works(bench: Bench) -> list[Work]:
    """Return what `write` asks for."""
    return [use for method in METHODS for of in (uses, bundled) for use in of(bench.settings, method)]


def write(bench: Bench, out: Path) -> None:
    """Write table2.md and table2.csv."""
    settings = bench.settings
    trained, shipped = (
        {method: [bench.scores(use) for use in of(settings, method)] for method in METHODS}
        for of in (uses, bundled)
    )
    shipped = {method: scores for method, scores in shipped.items() if scores}
    few, every = (count(bench.shards(uses(settings, method)[0])) for method in ("mask_mean", "unet"))
    blocks = [NOTE.format(len(settings.seeds), few, every)]
    blocks += [f"## {meaning}\n\n{_block(trained, variant)}\n" for variant, meaning in MEANING.items()]
    blocks.append(f"## {SHIPPED}\n\n{_block(shipped, 'argmax')}\n")
    blocks.append(f"## {PAPERS}\n\n{_papers()}")
    trainings = dict.fromkeys(
        use.training for of in (uses, bundled) for method in METHODS for use in of(settings, method)
    )
    page = report.page(bench, TITLE, "".join(blocks), list(trainings))
    (out / "table2.md").write_text(page, encoding="utf-8")
    header = ("weights", "method", "variant", "class", "dice", "deviation", "trainings", "images", "test_set")
    rows = [
        (weights, *row, few if METHODS[row[0]].masking else every, bench.test_set)
        for weights, scores in (("trained for this", trained), ("bundled", shipped))
        for row in _numbers(scores)
    ]
    report.write_csv(out / "table2.csv", header, rows)


def _block(scores: dict[str, list[dict[str, Any]]], variant: str) -> str:
    rows = []
    for method, trained in scores.items():
        cells = (report.spread([each[variant][column] for each in trained]) for column in COLUMNS)
        rows.append((registry.METHODS[method].title, *(report.percent(*cell) for cell in cells)))
    return report.table(("", *COLUMNS), rows)


def _papers() -> str:
    rows = []
    for method, means in paper.TABLE_2.items():
        cells = zip(means, paper.TABLE_2_DEVIATIONS[method])
        rows.append((registry.METHODS[method].title, *(f"{mean} ± {deviation}" for mean, deviation in cells)))
    return report.table(("", *COLUMNS), rows)


def _numbers(scores: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[Any, ...]]:
    for method, trained in scores.items():
        for variant in MEANING:
            for column in COLUMNS:
                mean, deviation = report.spread([each[variant][column] for each in trained])
                yield method, variant, column, mean, deviation, len(trained)
