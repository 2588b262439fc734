# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of quick-looks: counted from maps and scores that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from metocean.core.classes import CODES, class_index
from metocean.models.methods.base import Predictor
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise
from metocean.models.networks.unet import UNet, UNetConfig
from metocean.training import judge
from metocean.training.data.quicklooks import QuickLook, read_quicklooks
from metocean.training.fit.verdicts import Verdict, largest, picture, table
from metocean.training.judge import network_view, stretch_agreement


def look(*codes):
    return QuickLook(Path("x.png"), np.full((480, 450), 100, np.uint8), (41.7, 44.4), frozenset(codes))


def verdict(shares, scores, *codes):
    """A verdict whose cells have the given shares, in rows of 64."""
    rows = np.concatenate([np.full(n, class_index(code)) for code, n in shares.items()])
    values = np.zeros(len(CODES))
    for code, value in scores.items():
        values[class_index(code)] = value
    return Verdict(look(*codes), rows[:, None].repeat(64, axis=1), values)


def test_plain_waves_do_not_count_among_the_largest():
    found = verdict({"POW": 40, "WS": 14, "SI": 10}, {"POW": 0.9, "MCC": 0.06, "RC": 0.04})
    assert largest(found.areas) == ["WS", "SI"]
    assert largest(found.scores) == ["MCC", "RC"]
    assert largest(verdict({"POW": 64}, {}).areas) == []
    assert found.cold == pytest.approx(10 / 64)


def test_table_counts_what_was_recognised():
    text = table(
        [
            verdict({"POW": 60, "WS": 4}, {"MCC": 0.7, "RC": 0.2, "WS": 0.1}, "WS"),
            verdict({"POW": 30, "SI": 34}, {"MCC": 1.0}, "MCC"),
            verdict({"POW": 64}, {"POW": 1.0}),
        ]
    )
    assert "Of 2 tagged WS or MCC" in text
    assert "1 by area of A, 1 by the categorizer" in text
    assert "over more than 10 %: 1 of 3" in text
    assert "| x | WS | POW 94, WS 6 | MCC 70, RC 20, WS 10 | 0.0 |" in text


def test_networks_see_grey_levels_at_their_own_size():
    view = network_view(look().grey / np.float32(255), UNet(UNetConfig(width=1)))
    assert view.shape == (256, 256)
    np.testing.assert_allclose(view, 2 * 100 / 255, atol=0.01)
    assert network_view(look().grey / np.float32(255), Inception(InceptionConfig(width=0.05))).shape == (
        512,
        512,
    )


def test_a_network_blind_to_brightness_agrees_with_itself(card_of):
    network = UNet(UNetConfig(width=1))
    initialise(network, 0)
    with torch.no_grad():
        network.head.weight.zero_()
        network.head.bias[3] = 1.0
    assert stretch_agreement(Predictor(network, card_of(network)), range(5, 7)) == 1.0


def test_real_imagettes_are_judged_by_networks_of_any_size(shared_data, card_of):
    networks = UNet(UNetConfig(width=1)), Inception(InceptionConfig(width=0.05))
    for network in networks:
        initialise(network, 0)
    torch.set_num_threads(1)
    first = read_quicklooks(shared_data / "wv_imagettes")[0]
    found = judge.judge(first, *(Predictor(network, card_of(network)) for network in networks))
    assert found.cells.shape == (64, 64) and found.areas.sum() == pytest.approx(1)
    assert found.scores.sum() == pytest.approx(1, abs=1e-4)
    assert picture([found]).shape == (2 * 448, 448 + 6, 3)
