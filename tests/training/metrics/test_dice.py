# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
from metocean.core.classes import CODES, class_index
from metocean.training.metrics.dice import PooledDice

AF, BS = class_index("AF"), class_index("BS")


def two_pixels(first: float, second: float) -> np.ndarray:
    """(10, 1, 2): probabilities of AF; the rest goes to BS."""
    probabilities = np.zeros((10, 1, 2), np.float32)
    probabilities[AF, 0] = first, second
    probabilities[BS] = 1 - probabilities[AF]
    return probabilities


def test_scores_by_hand():
    dice = PooledDice()
    dice.add(two_pixels(0.75, 0.25), np.array([[AF + 1, AF + 1]]))
    scores = dice.scores()
    assert scores["soft"]["AF"] == pytest.approx(2 * 1.0 / (1.0 + 2))
    assert scores["hard"]["AF"] == scores["argmax"]["AF"] == pytest.approx(2 * 1 / (1 + 2))
    assert scores["soft"]["BS"] == scores["argmax"]["BS"] == 0.0
    assert np.isnan(scores["soft"]["SI"])
    assert scores["argmax"]["mean"] == pytest.approx((2 / 3 + 0) / 2)
    assert dice.accuracy() == 0.5


def test_hard_needs_half_but_argmax_does_not():
    probabilities = np.full((10, 1, 1), 0.05)
    probabilities[AF] = 0.4
    dice = PooledDice()
    dice.add(probabilities, np.array([[AF + 1]]))
    assert dice.scores()["hard"]["AF"] == 0.0
    assert dice.scores()["argmax"]["AF"] == 1.0


def test_unlabelled_pixels_change_nothing():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(10), (8, 8)).transpose(2, 0, 1)
    labels = rng.integers(0, 11, (8, 8))
    scores = []
    for noise in (0.0, 1.0):
        altered = probabilities.copy()
        altered[:, labels == 0] = noise
        dice = PooledDice()
        dice.add(altered, labels)
        scores.append(dice.scores())
        assert dice.confusion.sum() == (labels > 0).sum()
    assert scores[0] == scores[1]


def test_pooled_is_not_the_mean_over_images():
    dice = PooledDice()
    dice.add(two_pixels(1.0, 1.0), np.array([[AF + 1, AF + 1]]))
    dice.add(two_pixels(0.0, 0.0), np.array([[AF + 1, BS + 1]]))
    scores = dice.scores()
    assert scores["argmax"]["AF"] == pytest.approx(2 * 2 / (2 + 3))
    assert scores["image_mean"]["AF"] == pytest.approx((1 + 0) / 2)
    assert scores["image_mean"]["BS"] == pytest.approx(2 * 1 / (2 + 1))  # only where the image has some


def test_confusion_has_truth_in_rows():
    dice = PooledDice()
    dice.add(two_pixels(0.9, 0.1), np.array([[AF + 1, AF + 1]]))
    assert dice.confusion[AF, AF] == 1
    assert dice.confusion[AF, BS] == 1
    assert dice.confusion.sum() == 2


def test_agrees_with_a_plain_loop():
    rng = np.random.default_rng(1)
    dice, xs, ys = PooledDice(), [], []
    for _ in range(3):
        x = rng.dirichlet(np.ones(10), (4, 5)).transpose(2, 0, 1)
        y = rng.integers(0, 11, (4, 5))
        dice.add(x, y)
        xs.append(x[:, y > 0])
        ys.append(y[y > 0])
    x, y = np.concatenate(xs, 1), np.concatenate(ys)
    for k, code in enumerate(CODES):
        truth = (y == k + 1).astype(float)
        assert dice.scores()["soft"][code] == pytest.approx(
            2 * (x[k] * truth).sum() / (x[k].sum() + truth.sum())
        )


def test_mismatched_shapes_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        PooledDice().add(np.zeros((10, 2, 2)), np.zeros((3, 3), int))
