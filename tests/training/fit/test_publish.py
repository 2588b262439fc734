# SPDX-License-Identifier: GPL-2.0-or-later
"""What a training leaves behind: weights, card, scores, log and curves."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from metocean.models.checkpoint import load_weights
from small_training import ENCODER, TINY, trainer

pytestmark = pytest.mark.usefixtures("one_thread")


def row_count(path: Path) -> int:
    return path.read_text().count("\n") - 1


def test_run_leaves_weights_card_scores_log_and_curves(data, tmp_path, capsys):
    folders = {"validation": (data / "shard-001",), "test": (data / "shard-002",)}
    run = trainer(data, tmp_path, **folders, log_s=0.0, commit="abc123")
    network, card = load_weights(run.run())
    assert card.training["steps"] == 4 and card.training["images"] == 16
    assert card.training["commit"] == "abc123" and card.training["data"] == "simulated scenes"
    assert card.training["begun_with"] == "random weights" and "cpu" in card.training["device"]
    assert card.scores["test_set"] == "real, used for nothing else"
    assert card.scores["images"] == 12 and set(card.scores["argmax"]) >= {"AF", "WS", "mean"}
    assert 0 <= card.scores["calibration_error"]["with_temperature"] <= 1
    assert 0.25 <= card.temperature <= 4
    assert network.config == TINY.network
    assert row_count(tmp_path / "log.csv") == 4 and row_count(tmp_path / "validation.csv") == 5
    assert "12 images, real, used for nothing else" in (tmp_path / "scores.md").read_text()
    assert "simulated, validation" in (tmp_path / "validation.md").read_text()
    assert len(capsys.readouterr().out.splitlines()) == 4 + 5
    for picture in ("curves.png", "unet-reliability.png"):
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
    json.loads((tmp_path / "unet.json").read_text(), parse_constant=pytest.fail)  # no NaN in JSON


@pytest.mark.parametrize(("loss", "independent"), [("cross-entropy", False), ("squared-error", True)])
def test_a_card_says_whether_the_loss_made_the_classes_independent(data, tmp_path, loss, independent):
    _, card = load_weights(trainer(data, tmp_path, replace(ENCODER, loss=loss), steps=1).run())
    assert card.independent is independent
