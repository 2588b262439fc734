# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
from metocean.training.metrics.calibration import (
    BINS,
    Reliability,
    draw_reliability,
    fit_temperature,
    probabilities,
)
from scipy.special import expit, softmax


def drawn(temperature: float, count: int = 20_000):
    """Logits and labels that follow softmax(logits / temperature)."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (10, count))
    cumulated = softmax(logits / temperature, axis=0).cumsum(axis=0)
    return logits, (rng.random(count) > cumulated).sum(axis=0).clip(max=9) + 1


def error_by_loops(probabilities, labels):
    bins = [[] for _ in range(BINS)]
    for column, label in zip(probabilities.T, labels):
        if label > 0:
            confidence = column.max()
            bins[min(int(confidence * BINS), BINS - 1)].append((confidence, column.argmax() + 1 == label))
    total = sum(len(members) for members in bins)
    distances = [abs(np.mean([c - r for c, r in members])) * len(members) for members in bins if members]
    return sum(distances) / total


def test_calibration_error_by_loops():
    logits, labels = drawn(2.0, 500)
    labels[::7] = 0
    found = probabilities(logits)
    whole, parts = Reliability(), Reliability()
    whole.add(found.reshape(10, 20, 25), labels.reshape(20, 25))
    for i in range(500):
        parts.add(found[:, i], labels[i])
    assert whole.error() == pytest.approx(error_by_loops(found, labels))
    assert parts.error() == pytest.approx(whole.error())


def test_certain_and_right_or_wrong():
    certain = np.eye(10)
    right, wrong = Reliability(), Reliability()
    right.add(certain, np.arange(1, 11))
    wrong.add(certain, np.roll(np.arange(1, 11), 1))
    assert (right.error(), wrong.error()) == (0.0, 1.0)
    assert Reliability().error() == 0.0


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_temperature_is_found_and_repairs_calibration(temperature):
    logits, labels = drawn(temperature)
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.03)
    calibrated = Reliability()
    calibrated.add(probabilities(logits, temperature), labels)
    assert calibrated.error() < 0.02


def test_independent_classes_have_the_shares_of_their_sigmoids():
    logits = np.random.default_rng(1).normal(0, 4, (10, 7))
    logits[2] = -np.inf
    sigmoids = expit(logits / 1.7)
    np.testing.assert_allclose(probabilities(logits, 1.7, independent=True), sigmoids / sigmoids.sum(axis=0))


def test_the_temperature_of_independent_classes_is_found():
    rng = np.random.default_rng(0)
    logits = rng.normal(-1, 3, (10, 20_000))
    cumulated = probabilities(logits, 2.0, independent=True).cumsum(axis=0)
    labels = (rng.random(20_000) > cumulated).sum(axis=0).clip(max=9) + 1
    assert fit_temperature(logits, labels, independent=True) == pytest.approx(2.0, rel=0.05)


def test_an_excluded_class_does_not_upset_the_temperature():
    logits, labels = drawn(2.0)
    excluded = labels == 3
    logits[2] = -np.inf
    found = fit_temperature(logits[:, ~excluded], labels[~excluded])
    assert found == pytest.approx(2.0, rel=0.1)


def test_diagram_is_a_picture(tmp_path):
    from matplotlib.image import imread

    logits, labels = drawn(2.0, 300)
    before = Reliability()
    before.add(probabilities(logits), labels)
    draw_reliability(tmp_path / "diagram.png", before, Reliability(), "title")
    picture = imread(tmp_path / "diagram.png")
    assert picture.shape[0] > picture.shape[1] > 300 and picture[..., :3].std() > 0.05
