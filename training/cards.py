# SPDX-License-Identifier: GPL-2.0-or-later
"""The cards of the bundled weights, for people.

``python -m metocean.training.cards`` writes docs/models.md.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Optional

from ..core.classes import CODES
from ..models.card import Card, read_card
from ..models.registry import WEIGHTS
from .fit.publish import HOLDS
from .metrics import markdown

# In the order of the page; the names are those of the files.
TITLES = {
    "unet": "U-Net (method A)",
    "categorizer": "Categorizer (InceptionV3, for methods B, C and D)",
    "im2px": "IM2PX (method E)",
}
PAGE = Path(__file__).parents[1] / "docs" / "models.md"
HEAD = """# The bundled models

Written from the cards in `models/weights` by `python -m metocean.training.cards`. Every score here is on
**simulated** images; what the models do on real ones is for you to see. The test images come from slices of
the simulator's parameters that no training image was drawn from, and were used for nothing else.
"""


def page(folder: Path = WEIGHTS) -> str:
    """Return all cards of a folder as Markdown."""
    # Not all folders have all three: what is there is shown.
    cards = {name: folder / f"{name}.json" for name in TITLES}
    parts = [card_text(name, read_card(path)) for name, path in cards.items() if path.exists()]
    return "\n".join([HEAD, *parts])


def card_text(name: str, card: Card) -> str:
    """Return a card as Markdown: what the weights are, how they came to be, scores, weaknesses."""
    training, recipe = card.training, card.training["recipe"]
    architecture = ", ".join(f"{key} {value}" for key, value in card.architecture.items())
    lines = [
        f"## {TITLES[name]}",
        "",
        f"`{name}.safetensors`, {card.model_id}: {architecture}; input at {card.resolution_m:g} m.",
        "",
        f"- Trained on {training['images_in_pool']:,} images of {training['data']}: "
        f"{training['images']:,} seen in {training['steps']:,} steps, {training['minutes']:g} minutes "
        f"on {training['device']}; begun with {training['begun_with']}; "
        f"seed {recipe['seed']}, commit {training['commit']}.",
        f"- Recipe `{recipe['preset']}`: {recipe['optimiser']} {recipe['learning_rate']:g}, "
        f"{recipe['loss']}, batch {recipe['batch']}; "
        f"classes left out: {', '.join(recipe['exclude']) or 'none'}.",
        f"- Temperature {card.temperature:g}; {_calibration(card.scores)}.",
        "",
        *_scores(card.scores),
    ]
    # Written by hand after looking at maps: not every card has some.
    if card.weaknesses:
        lines += ["", f"Known weaknesses: {card.weaknesses}"]
    if (PAGE.parent / f"{name}-reliability.png").exists():
        lines += ["", f"![Accuracy over confidence]({name}-reliability.png)"]
    return "\n".join(lines) + "\n"


def _calibration(scores: dict[str, Any]) -> str:
    error = scores["calibration_error"]
    return (
        f"expected calibration error {100 * error['as_trained']:.1f} % as trained, "
        f"{100 * error['with_temperature']:.1f} % with it"
    )


def _scores(scores: dict[str, Any]) -> list[str]:
    lines = _table(scores, f"Scores in % on {scores['images']} images, {scores['test_set']}")
    if "alone" in scores:
        alone = scores["alone"]
        lines += ["", HOLDS.format(100 * scores["holds_what_is_named"])]
        lines += ["", *_table(alone, f"On the {alone['images']} of them that hold one process each")]
    return lines


def _table(scores: dict[str, Any], title: str) -> list[str]:
    # Variants of Dice, or recall and precision, whichever the card has; other entries are no rows of classes.
    rows = {name: row for name, row in scores.items() if isinstance(row, dict) and "mean" in row}
    columns = (*CODES, "mean")
    cells = [(name, *(_percent(row[column]) for column in columns)) for name, row in rows.items()]
    table = markdown.table(("", *columns), cells)
    return [f"{title}, accuracy {100 * scores['accuracy']:.1f}:", "", *table.splitlines()]


def _percent(score: Optional[float]) -> str:
    # JSON has no NaN: a class without a score is null in the card.
    return markdown.percent(math.nan if score is None else score)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
