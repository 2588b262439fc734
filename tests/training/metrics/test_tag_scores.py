# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
from metocean.training.metrics.tag_scores import TagScores, as_json, as_markdown, name_of


def probabilities(first: int, second: int) -> np.ndarray:
    values = np.full(10, 0.01)
    values[[first - 1, second - 1]] = 0.6, 0.3
    return values


@pytest.fixture
def scores():
    """Two of AF, found and second; one of BS, called AF and AF again; one without a tag."""
    scores = TagScores()
    for tag, first, second in ((1, 1, 5), (1, 4, 1), (2, 1, 6), (0, 1, 2)):
        scores.add(probabilities(first, second), np.uint8(tag))
    return scores


def test_scores_by_hand(scores):
    table = scores.scores()
    assert scores.accuracy() == pytest.approx(1 / 3)
    assert (table["recall"]["AF"], table["recall"]["BS"]) == (0.5, 0.0)
    assert table["recall"]["mean"] == pytest.approx(0.25)
    assert (table["top_2"]["AF"], table["top_2"]["BS"]) == (1.0, 0.0)
    assert (table["precision"]["AF"], table["precision"]["LWA"]) == (0.5, 0.0)
    assert scores.named == [0, 3, 0, 0]
    assert np.isnan(table["recall"]["SI"]) and np.isnan(table["precision"]["BS"])
    expected = np.zeros((10, 10), int)
    expected[0, 0] = expected[0, 3] = expected[1, 0] = 1
    np.testing.assert_array_equal(scores.confusion, expected)


def test_plain_waves_are_named_where_they_are_likelier_than_all_else():
    probabilities = np.full(10, 0.02)
    probabilities[[6, 0, 4]] = 0.45, 0.25, 0.16
    assert name_of(probabilities) == 0
    probabilities[[6, 0]] = 0.55, 0.15
    assert name_of(probabilities) == 6
    scores = TagScores()
    scores.add(probabilities, np.uint8(5))
    assert scores.among_two[4] == 1 and scores.confusion[4, 6] == 1


def test_nothing_scored_is_no_score():
    table = TagScores().scores()
    assert np.isnan(table["recall"]["mean"]) and TagScores().accuracy() == 0.0
    assert as_json(table)["recall"]["mean"] is None


def test_markdown_has_the_numbers_in_percent(scores):
    lines = as_markdown(scores.scores(), scores.confusion).splitlines()
    assert lines[0].split("|")[2:4] == [" AF ", " BS "]
    assert lines[2].startswith("| recall | 50.0 | 0.0 | nan |")
    assert [line for line in lines if line.startswith("| AF |")] == [
        "| AF | 50 | 0 | 0 | 50 | 0 | 0 | 0 | 0 | 0 | 0 |"
    ]
