# SPDX-License-Identifier: GPL-2.0-or-later
"""The card of a set of weights: what they are, how they came to be, and what they are worth.

A card may come from anywhere, so every field of it is checked before anything is made of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

from ..core.classes import CODES
from ..core.errors import ModelError
from ..core.quantity import QUANTITY

# The bundled cards have some kilobytes. What is much larger is no card, and is not even parsed.
LARGEST_CARD_BYTES = 1_000_000


@dataclass(frozen=True)
class Card:
    """What is known about a set of weights.

    Attributes
    ----------
    architecture : dict
        As `metocean.models.networks.registry.describe` has it:
        ``{"name": "unet", "width": 16, "norm": True, "classes": 10}``.
    classes : tuple of str
        Codes in the order of the output channels.
    resolution_m : float
        Ground spacing of the input: as `metocean.models.networks.registry.resolution_m` has it.
    temperature : float
        Logits are divided by it, so that probabilities mean what they say.
    model_id : str
        For logs and metadata: method, date or version.
    sha256 : str
        Of the safetensors file.
    training, scores : dict
        For the reader: data, recipe, steps, minutes, seed, commit; scores per class.
    independent : bool
        The network scores each class by itself: its probability is the sigmoid of its logit. Otherwise the
        classes share one probability, the softmax of all logits. Which of the two depends on the loss it was
        trained with, and cannot be seen in the weights.
    input_quantity : str
        What the pixels of its input are: `metocean.core.quantity.QUANTITY`.
    weaknesses : str
        For the reader: what the weights are known to get wrong.
    """

    classes: tuple[str, ...]
    resolution_m: float
    temperature: float
    model_id: str
    training: dict[str, Any]
    scores: dict[str, Any]
    independent: bool
    input_quantity: str = QUANTITY
    architecture: dict[str, Any] = field(default_factory=dict)
    sha256: str = ""
    weaknesses: str = ""


def read_card(path: Path) -> Card:
    """Return the card in ``path``, every field checked."""
    try:
        # A pipe would be waited for without end.
        if path.exists() and not path.is_file():
            raise ValueError("no file")
        if path.stat().st_size > LARGEST_CARD_BYTES:
            raise ValueError("too large")
        content = json.loads(path.read_text(encoding="utf-8"))
        card = Card(**{**content, "classes": tuple(content["classes"])})
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelError(
            f"The card {path} of the weights is missing or damaged ({error}); install them again."
        ) from error
    _refuse_foreign(card, path)
    return card


def _refuse_foreign(card: Card, path: Path) -> None:
    # Functions, as a value of the wrong type can fail in the comparison itself, and is as foreign then.
    checks: list[tuple[Callable[[], bool], str]] = [
        (lambda: card.classes == CODES, f"its classes are not {', '.join(CODES)}"),
        (lambda: card.input_quantity == QUANTITY, f"its input is not {QUANTITY}"),
        (lambda: isinstance(card.architecture, dict), "its architecture describes no network"),
        (lambda: _is_number(card.resolution_m), "its resolution_m is no number"),
        (
            lambda: _is_number(card.temperature) and 0.05 <= card.temperature <= 20,
            "its temperature is not between 0.05 and 20",
        ),
        (
            lambda: isinstance(card.model_id, str) and len(card.model_id) < 200,
            "its model_id is not a short text",
        ),
        (lambda: isinstance(card.training, dict), "its training is no table"),
        (lambda: isinstance(card.scores, dict), "its scores are no table"),
        (lambda: isinstance(card.independent, bool), "its independent is neither true nor false"),
        (lambda: isinstance(card.sha256, str), "its sha256 is no text"),
        (lambda: isinstance(card.weaknesses, str), "its weaknesses are no text"),
    ]
    for holds, reason in checks:
        try:
            fits = holds()
        except (TypeError, ValueError, RecursionError):
            fits = False
        if not fits:
            raise ModelError(
                f"The weights of {path} do not fit this plugin: {reason}; use weights made for it."
            )


def _is_number(value: Any) -> bool:
    # To Python true and false are numbers, too. Text that holds one would fail when it is divided by.
    return isinstance(value, (int, float)) and not isinstance(value, bool)
