# SPDX-License-Identifier: GPL-2.0-or-later
"""Weights that are damaged, foreign or replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_inputs import good
from metocean.models import registry
from refusals import check_clear, refusal
from weights import change_card


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network of random weights in the place of the bundled one."""
    from metocean.core.classes import CODES
    from metocean.models.card import Card
    from metocean.models.checkpoint import save_weights
    from metocean.models.networks.unet import UNet, UNetConfig

    path = tmp_path / "weights" / registry.METHODS["unet"].weights
    card = Card(tuple(CODES), 100.0, 1.0, "random", {}, {}, independent=False)
    save_weights(path, UNet(UNetConfig(width=4, norm=True)), card)
    monkeypatch.setattr(registry, "WEIGHTS", path.parent)
    return path


def cut_weights(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def other_weights(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(5000))


def no_weights(path: Path) -> None:
    path.unlink()


def no_card(path: Path) -> None:
    path.with_suffix(".json").unlink()


def broken_card(path: Path) -> None:
    path.with_suffix(".json").write_text("{")


def foreign_classes(path: Path) -> None:
    change_card(path, classes=["cat", "dog"])


def another_width(path: Path) -> None:
    change_card(path, architecture={"name": "unet", "width": 8, "norm": True, "classes": 10})


def no_training(path: Path) -> None:
    change_card(path, training=None)


def another_network(path: Path) -> None:
    change_card(path, architecture={"name": "transformer"})


DAMAGES = (
    cut_weights,
    other_weights,
    no_weights,
    no_card,
    broken_card,
    foreign_classes,
    another_width,
    no_training,
    another_network,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.__name__ for damage in DAMAGES])
def test_damaged_or_foreign_weights(run, source, weights, damage) -> None:
    damage(weights)
    message = refusal(run, source, good(source))
    check_clear(message)
    assert "install" in message or "weights" in message, message


def test_replaced_weights_are_loaded(run, source, weights) -> None:
    """One network is kept from run to run, but not when another lies in its place."""
    assert [run(**good(source))["MODEL"] for _ in range(2)] == ["random", "random"]
    change_card(weights, model_id="another")
    assert run(**good(source))["MODEL"] == "another"


def test_undamaged_weights_work(run, source, weights) -> None:
    """The counterpart of the damages above: they fail for their damage and for nothing else."""
    assert run(**good(source))["MODEL"] == "random"
