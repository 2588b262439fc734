# SPDX-License-Identifier: GPL-2.0-or-later
"""Agreement of class maps, against loops over the cells."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from metocean.core.classes import CODES
from metocean.core.results.agreement import Agreement, CellMap, agreements, write_agreements

CELL_M = (400.0, 400.0)


@pytest.fixture
def maps(rng):
    values = [0, 0, 1, 1, 1, 7, 7, 10, 255]
    return {name: CellMap(rng.choice(values, (9, 14)).astype(np.uint8), CELL_M) for name in "ab"}


def test_shares_are_those_of_a_loop(maps):
    pairs = [(a, b) for a, b in zip(*(each.classes.ravel() for each in maps.values())) if 255 not in (a, b)]
    decided = [(a, b) for a, b in pairs if a and b]
    agreement = Agreement.from_maps("a", "b", maps)
    assert agreement.counts.sum() == len(pairs)
    assert agreement.percent == pytest.approx(100 * sum(a == b for a, b in pairs) / len(pairs))
    assert agreement.decided_percent == pytest.approx(100 * len(decided) / len(pairs))
    assert agreement.agree_decided_percent == pytest.approx(
        100 * sum(a == b for a, b in decided) / len(decided)
    )
    for value in (1, 7, 10):
        ours, theirs = sum(a == value for a, _ in pairs), sum(b == value for _, b in pairs)
        both = sum(a == b == value for a, b in pairs)
        assert agreement.dice_percent[value - 1] == pytest.approx(200 * both / (ours + theirs))
    assert np.isnan(agreement.dice_percent[1])


def test_maps_with_nothing_in_common_have_no_shares(tmp_path):
    known = CellMap(np.ones((2, 2), np.uint8), CELL_M)
    maps = {"a": known, "b": CellMap(np.full((2, 2), 255, np.uint8), CELL_M)}
    write_agreements(str(tmp_path / "a.csv"), agreements(maps))
    (row,) = csv.DictReader((tmp_path / "a.csv").read_text().splitlines())
    assert (row.pop("first"), row.pop("second"), row.pop("cells")) == ("a", "b", "0")
    assert set(row.values()) == {""} and "dice_WS_percent" in row


def test_each_two_are_compared_once(maps):
    pairs = [(found.first, found.second) for found in agreements({**maps, "c": maps["a"]})]
    assert pairs == [("a", "b"), ("a", "c"), ("b", "c")]


def test_cells_of_another_size_are_met_in_their_middles():
    coarse = CellMap(np.arange(1, 7, dtype=np.uint8).reshape(2, 3), (600.0, 400.0))
    fine = CellMap(np.zeros((7, 4), np.uint8), (200.0, 300.0))
    # Middles along samples: 150, 450, 750 and 1050 m; the seventh line begins where the coarse map ends.
    rows = [[1, 2, 2, 3]] * 3 + [[4, 5, 5, 6]] * 3 + [[255] * 4]
    assert coarse.on_cells_of(fine).tolist() == rows


def test_a_map_agrees_with_itself(maps):
    agreement = Agreement.from_maps("a", "c", {**maps, "c": maps["a"]})
    assert (agreement.percent, agreement.agree_decided_percent) == (100, 100)
    seen = [value in maps["a"].classes for value in range(1, len(CODES) + 1)]
    assert (agreement.dice_percent[seen] == 100).all() and np.isnan(
        agreement.dice_percent[~np.array(seen)]
    ).all()
