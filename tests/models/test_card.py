# SPDX-License-Identifier: GPL-2.0-or-later
"""The card beside the weights: what it may say, and that people can read it."""

import json
import os

import pytest
from metocean.core.classes import CODES
from metocean.core.errors import ModelError
from metocean.models.card import read_card
from metocean.models.checkpoint import load_weights
from weights import change_card


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"classes": list(reversed(CODES))}, "classes"),
        ({"classes": [*CODES, "EDDY"]}, "classes"),
        ({"input_quantity": "sigma0_db"}, "input"),
        ({"resolution_m": "fine"}, "resolution_m"),
        ({"resolution_m": 0}, "resolution_m"),
        ({"resolution_m": 50.0}, "resolution_m of 100"),
        ({"temperature": float("nan")}, "temperature"),
        ({"temperature": 0}, "temperature"),
        ({"model_id": ["x"]}, "model_id"),
        ({"training": None}, "training"),
        ({"scores": [1]}, "scores"),
        ({"sha256": None}, "sha256"),
        ({"architecture": {"name": "segformer"}}, "network"),
        ({"architecture": None}, "network"),
        ({"architecture": {"name": "inception", "width": 1.0, "classes": 10}}, "resolution_m of 50"),
        ({"architecture": {"name": "inception", "width": 1e300, "classes": 10}}, "width"),
        ({"architecture": {"name": "im2px", "width": 10**9, "norm": True, "classes": 10}}, "width"),
        (
            {"architecture": {"name": "unet", "width": 2, "norm": True, "classes": 10, "x" * 900_000: 1}},
            "network",
        ),
        ({"architecture": {"name": "unet", "width": 10**9, "norm": True, "classes": 10}}, "network"),
        ({"architecture": {"name": "unet", "width": True, "norm": True, "classes": 10}}, "network"),
        ({"architecture": {"name": "unet", "width": 2, "norm": True, "classes": 12}}, "network"),
        ({"architecture": {"name": "unet", "width": 4, "norm": True, "classes": 10}}, "shape"),
        ({"architecture": {"name": "unet", "width": 2, "norm": False, "classes": 10}}, "other tensors"),
        ({"sha256": "0" * 64}, "not the file its card describes"),
        ({"surprise": 1}, "damaged"),
        ({"temperature": "1.5"}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"temperature": 10**400}, "temperature"),
        ({"resolution_m": True}, "resolution_m"),
        ({"resolution_m": "100"}, "resolution_m"),
        ({"architecture": [["name", "unet"]]}, "network"),
        ({"architecture": {"name": ["unet"], "width": 2, "norm": True, "classes": 10}}, "network"),
        ({"classes": 3}, "damaged"),
        ({"classes": [[], {}]}, "classes"),
        ({"weaknesses": {"LWA": "dark"}}, "weaknesses"),
    ],
)
def test_foreign_or_absurd_cards_are_refused(saved, changes, reason):
    change_card(saved, **changes)
    with pytest.raises(ModelError, match=reason) as caught:
        load_weights(saved)
    assert str(caught.value).count("\n") == 0 and len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '{"classes": 3}',
        "\x00\x01",
        "x" * 2_000_000,
        "[" * 100_000,
        '{"a":' * 9000,
    ],
)
def test_damaged_cards_are_refused(saved, content):
    saved.with_suffix(".json").write_text(content)
    with pytest.raises(ModelError, match="missing or damaged"):
        load_weights(saved)


def test_pipes_are_not_waited_for(saved):
    for path in (saved, saved.with_suffix(".json")):
        path.unlink()
        os.mkfifo(path)
        with pytest.raises(ModelError, match=r"damaged \(no file\)"):
            load_weights(saved)


def test_card_is_json_for_people(saved):
    card = json.loads(saved.with_suffix(".json").read_text())
    assert card["classes"] == list(CODES)
    assert read_card(saved.with_suffix(".json")).sha256 == card["sha256"]
