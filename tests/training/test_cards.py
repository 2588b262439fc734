# SPDX-License-Identifier: GPL-2.0-or-later
"""What the cards say to people is what is in them."""

from __future__ import annotations

import json

import pytest
from metocean.core.classes import CODES
from metocean.models.card import read_card
from metocean.models.registry import WEIGHTS
from metocean.training.cards import PAGE, page
from metocean.training.recipes.losses import INDEPENDENT_LOSSES

TRAINING = {
    "data": "simulated scenes",
    "images_in_pool": 6750,
    "begun_with": "unet-16-ours-3790",
    "recipe": {
        "preset": "ours",
        "optimiser": "AdamW",
        "learning_rate": 0.001,
        "loss": "cross-entropy-dice",
        "batch": 16,
        "seed": 7,
        "exclude": ["SI"],
    },
    "steps": 1234,
    "images": 98765,
    "minutes": 66.0,
    "device": "1 x cpu",
    "commit": "abc123",
}


@pytest.fixture
def folder(tmp_path):
    card = json.loads((WEIGHTS / "unet.json").read_text())
    card["training"] = TRAINING
    card["scores"] = {
        "test_set": "simulated, used for nothing else",
        "images": 500,
        "accuracy": 0.8123,
        "calibration_error": {"as_trained": 0.031, "with_temperature": 0.012},
        "argmax": {**{code: 0.5 for code in CODES}, "RC": None, "mean": 0.512},
        "confusion": [[0] * 10] * 10,
    }
    card["weaknesses"] = "Ships look like icebergs."
    (tmp_path / "unet.json").write_text(json.dumps(card))
    return tmp_path


def test_a_card_says_how_the_weights_came_to_be_and_what_they_are_worth(folder):
    text = page(folder)
    for part in ("6,750 images", "98,765 seen in 1,234 steps", "66 minutes", "seed 7, commit abc123"):
        assert part in text
    assert "begun with unet-16-ours-3790" in text and "classes left out: SI" in text
    assert "3.1 % as trained, 1.2 % with it" in text and "accuracy 81.2" in text
    assert "| argmax | " + " | ".join(["50.0"] * 7 + ["–"] + ["50.0"] * 2 + ["51.2"]) + " |" in text
    assert "Ships look like icebergs." in text
    assert "Categorizer" not in text  # its card is not there


def test_a_card_says_what_images_of_one_process_are_worth(folder):
    card = json.loads((folder / "unet.json").read_text())
    recall = {**{code: 0.9 for code in CODES}, "mean": 0.905}
    card["scores"] |= {
        "holds_what_is_named": 0.855,
        "alone": {"images": 297, "accuracy": 0.9, "recall": recall},
    }
    (folder / "categorizer.json").write_text(json.dumps(card))
    text = page(folder)
    assert "plain waves where there is nothing else, in 85.5 % of them." in text
    assert "On the 297 of them that hold one process each, accuracy 90.0:" in text
    assert "| recall | " + " | ".join(["90.0"] * 10 + ["90.5"]) + " |" in text


def test_the_page_in_docs_is_that_of_the_bundled_cards():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m metocean.training.cards"


@pytest.mark.parametrize("name", ["unet", "categorizer", "im2px"])
def test_bundled_cards_say_of_the_classes_what_their_loss_made_of_them(name):
    card = read_card(WEIGHTS / f"{name}.json")
    assert card.independent == (card.training["recipe"]["loss"] in INDEPENDENT_LOSSES)
